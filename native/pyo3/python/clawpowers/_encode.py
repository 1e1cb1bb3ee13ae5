"""Encodes requests as JSON text."""

from __future__ import annotations

import datetime as dt
import math
import os
from base64 import b64encode
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import Final

from ._errors import invalid_request

Request = dict[str, object]

# The Rust parser accepts 127 levels. Deeper values are circular or will be rejected there.
_MAX_DEPTH: Final = 200


class Unset:
    """The type of the default value of arguments for which ``None`` means null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


def put(request: Request, name: str, value: object) -> None:
    """Set a field that takes a string or bytes."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        request[name] = value
        return
    encoded = f"{name}_base64"
    if encoded in request:
        # Let Rust report that both were given.
        request[name] = ""
        return
    try:
        request[encoded] = b64encode(bytes(value)).decode("ascii")
    except (BufferError, ValueError) as error:
        raise invalid_request(f"the bytes cannot be read: {error}") from None


def encode(request: Request) -> str:
    """Return a request as JSON text."""
    fields = [f'"{key}":{quoted(value) if type(value) is str else write(value)}' for key, value in request.items()]
    return f"{{{','.join(fields)}}}"


def write(value: object, depth: int = 0) -> str:
    """Return any value as JSON text."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:
            # Python refuses to print thousands of digits, and no valid number has more than 19.
            raise invalid_request("number out of range") from None
    if isinstance(value, float):
        if not math.isfinite(value):
            raise invalid_request("numbers must be finite")
        return float.__repr__(value)
    if depth >= _MAX_DEPTH:
        raise invalid_request("it is nested too deeply or contains a circular reference")
    if isinstance(value, (list, tuple)):
        return f"[{','.join([write(item, depth + 1) for item in value])}]"
    if isinstance(value, Mapping):
        return f"{{{','.join([_member(key, item, depth) for key, item in value.items()])}}}"
    return _other(value)


def _member(key: object, value: object, depth: int) -> str:
    if not isinstance(key, str):
        raise invalid_request(f"keys must be strings, found `{type(key).__name__}`")
    return f"{quoted(key)}:{write(value, depth + 1)}"


def _other(value: object) -> str:
    if isinstance(value, os.PathLike):
        path = os.fsdecode(value)
        if not path.isascii() and any("\ud800" <= character <= "\udfff" for character in path):
            raise invalid_request(f"the path `{ascii(path)[1:-1]}` is not UTF-8")
        return quoted(path)
    if isinstance(value, dt.datetime):
        if value.utcoffset() is None:
            raise invalid_request(f"the time `{value.isoformat()}` has no time zone")
        return quoted(value.isoformat())
    if isinstance(value, dt.date):
        return quoted(value.isoformat())
    if isinstance(value, dt.timedelta):
        micros = value // dt.timedelta(microseconds=1)
        seconds, rest = divmod(abs(micros), 1_000_000)
        fraction = f".{rest:06}" if rest else ""
        return f"{'-' if micros < 0 else ''}{seconds}{fraction}"
    raise invalid_request(f"values of the type `{type(value).__name__}` are not supported")
