"""The operations as methods."""

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
        """The module ``types``, imported lazily for ``typing.get_type_hints``, because it is slow to import."""

        def __getattr__(self, name: str) -> Any:
            from . import types

            return getattr(types, name)

    t = _Types()


class Call(Protocol):
    """A callable that runs an operation and decodes its reply."""

    def __call__(self, operation: str, request: Request, plan: Plan | None = None, /) -> Any:
        """Return the reply; ``plan`` says where it holds times and bytes."""


class Group:
    """The base class of the groups of operations."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call: Final = call


# Where replies hold times and bytes: (times, bytes, ((field, plan), ...)).
