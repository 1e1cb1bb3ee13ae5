"""Decodes times and bytes in replies."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode
from typing import Any

# The fields that hold times, the fields that hold bytes, and the fields with nested plans.
Plan = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, "Plan"], ...]]


def decode(node: Any, plan: Plan) -> None:
    """Convert times and bytes in a reply in place; null and missing fields are unchanged."""
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
    for name, nested in children:
        child = node.get(name)
        if child is not None:
            decode(child, nested)


def _time(text: str) -> dt.datetime | str:
    """Parse a time; one that ``datetime`` cannot represent, such as the year 10000, stays a string."""
    if not text.endswith("Z"):
        return text
    # Python 3.10 accepts neither the Z nor a fraction without exactly three or six digits.
    whole, dot, fraction = text.removesuffix("Z").partition(".")
    try:
        return dt.datetime.fromisoformat(f"{whole}{dot}{fraction[:6]:0<{6 if dot else 0}}+00:00")
    except ValueError:
        return text
