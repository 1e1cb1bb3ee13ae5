"""The operations of the facade as methods."""

from __future__ import annotations

import builtins
import datetime as dt
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from ._decode import Plan
from ._encode import UNSET, Request, Unset, put

if TYPE_CHECKING:
    from . import types as t
else:

    class _Types:
        """The module ``types``, loaded when a program asks for the type hints of a method: it takes longer than all else."""

        def __getattr__(self, name: str) -> Any:
            from . import types

            return getattr(types, name)

    t = _Types()


class Door(Protocol):
    """The one way to the facade: an operation, its request, and how to decode its reply."""

    def __call__(self, operation: str, request: Request, plan: Plan | None = None, /) -> Any:
        """Return what the operation answers."""


class Group:
    """What a part of the runtime needs."""

    __slots__ = ("_call",)

    def __init__(self, door: Door) -> None:
        self._call: Final = door


# Where replies hold times and bytes: (times, bytes, ((field, plan), ...)).
