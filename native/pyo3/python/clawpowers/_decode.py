"""Replies with times and bytes."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode
from typing import Any

# The fields that hold times, those that hold bytes, and those below which there are more.
Plan = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, "Plan"], ...]]


def decode(node: Any, plan: Plan) -> None:
    """Make times and bytes in a part of a reply, in place; what is null or missing stays so."""
    if isinstance(node, list):
        for item in node:
            decode(item, plan)
        return
    if not isinstance(node, dict):
        return
    times, blobs, children = plan
    for name in times:
        text = node.get(name)
        if text is not None:
            node[name] = _time(text)
    for name in blobs:
        text = node.pop(f"{name}_base64", None)
        if text is not None:
            node[name] = b64decode(text)
    for name, below in children:
        child = node.get(name)
        if child is not None:
            decode(child, below)


def _time(text: str) -> dt.datetime | str:
    """Return a time; one that Python cannot hold, after the year 9999 say, stays text."""
    if not text.endswith("Z"):
        return text
    # Python 3.10 knows neither the Z nor a fraction of another length than three or six.
    whole, dot, fraction = text.removesuffix("Z").partition(".")
    try:
        return dt.datetime.fromisoformat(f"{whole}{dot}{fraction[:6]:0<{6 if dot else 0}}+00:00")
    except ValueError:
        return text
