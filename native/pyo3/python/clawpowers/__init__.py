"""Loads, validates and repairs agent skills, stores state and executions, and reports which skills work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ._clawpowers import __version__
from ._errors import (
    ClosedError,
    Error,
    InternalError,
    InvalidConfigError,
    InvalidInputError,
    InvalidRequestError,
    IoError,
    NotFoundError,
    StorageError,
    UnknownOperationError,
    UnsupportedPlatformError,
)
from ._runtime import Runtime, open

if TYPE_CHECKING:
    from . import types as t
else:
    from ._operations import t

__all__ = [
    "ClosedError",
    "Error",
    "InternalError",
    "InvalidConfigError",
    "InvalidInputError",
    "InvalidRequestError",
    "IoError",
    "NotFoundError",
    "Runtime",
    "StorageError",
    "UnknownOperationError",
    "UnsupportedPlatformError",
    "__version__",
    "detect",
    "open",
    "parse_skill",
]

# Used by the functions that need no runtime home.
_shared: Final = Runtime()


def parse_skill(
    text: str | bytes | bytearray | memoryview,
    *,
    folder: str | None = None,
    target: str | None = None,
) -> t.SkillParseReply:
    """Parse the text of a SKILL.md; needs no open runtime."""
    return _shared.skills.parse(text, folder=folder, target=target)


def detect(outcomes: Sequence[str]) -> t.FeedbackDetectReply:
    """Find changes in the success rate of a list of outcomes; needs no open runtime."""
    return _shared.feedback.detect(outcomes)
