"""The operations of the facade as methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ._decode import Plan
from ._encode import UNSET, Request, Unset, put

if TYPE_CHECKING:
    import builtins
    import datetime as dt
    import os
    from collections.abc import Sequence

    from . import types as t
    from ._runtime import Door


class Group:
    """What a part of the runtime needs."""

    __slots__ = ("_call",)

    def __init__(self, door: Door) -> None:
        self._call: Final = door


# Where replies hold times and bytes: (times, bytes, ((field, plan), ...)).
