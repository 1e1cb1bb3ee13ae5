"""Compares values with type hints."""

from __future__ import annotations

import functools
import types
import typing
from typing import Any


@functools.cache
def fields_of(typed_dict: Any) -> dict[str, Any]:
    return typing.get_type_hints(typed_dict)


def mismatch(place: str, hint: Any, value: Any) -> str | None:
    """Returns where a value does not have the type of a hint, such as a time that was not decoded."""
    wrong = f"{place}: expected {hint}, found {type(value).__name__}"
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is object:
        return None
    if origin in (typing.Union, types.UnionType):
        found = [mismatch(place, one, value) for one in arguments]
        # For an optional type, the reason is why the value does not have the type that is not None.
        reasons = [why for one, why in zip(arguments, found) if one is not type(None)]
        return None if None in found else reasons[0] if len(reasons) == 1 else wrong
    if origin is typing.Literal:
        return None if value in arguments else wrong
    if origin is list:
        if not isinstance(value, list):
            return wrong
        return first(mismatch(f"{place}/{at}", arguments[0], one) for at, one in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            return wrong
        return first(mismatch(f"{place}/{key}", arguments[1], one) for key, one in value.items())
    if typing.is_typeddict(hint):
        if not isinstance(value, dict):
            return wrong
        known = fields_of(hint)
        others = (f"{place}/{key} is not a field of {hint.__name__}" for key in value if key not in known)
        absent = (f"{place}/{key} is missing" for key in hint.__required_keys__ if key not in value)
        inner = (mismatch(f"{place}/{key}", known[key], one) for key, one in value.items() if key in known)
        return first((*others, *absent, *inner))
    if hint is float:
        hint = (int, float)
    return None if isinstance(value, hint) and (hint is bool or not isinstance(value, bool)) else wrong


def first(reasons: Any) -> str | None:
    return next((why for why in reasons if why is not None), None)
