"""The exceptions that operations raise."""

from __future__ import annotations

from typing import Any, Final


class Error(Exception):
    """The base class of all errors of ClawPowers."""

    code: str
    """The stable code, the same in every language."""
    message: str
    """What is wrong."""
    hint: str | None
    """What to do next."""
    details: Any
    """More data for programs; depends on the code."""

    def __init__(self, code: str, message: str, hint: str | None = None, details: Any = None) -> None:
        # Pass all four to the base class, so that the error can be pickled.
        super().__init__(code, message, hint, details)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class InvalidRequestError(Error):
    """An argument is missing, unknown, or has the wrong type."""


class UnknownOperationError(Error):
    """There is no operation with this name."""


class NotFoundError(Error, LookupError):
    """A key, skill, execution or file does not exist."""


class InvalidInputError(Error, ValueError):
    """A value is not valid."""


class InvalidConfigError(Error, ValueError):
    """A configuration file is not valid."""


class StorageError(Error):
    """The database could not be used; ``details["kind"]`` says why."""


class IoError(Error):
    """A file could not be read or written."""


class ClosedError(Error):
    """The runtime was closed."""


class UnsupportedPlatformError(Error):
    """The operation does not exist on this platform."""


class InternalError(Error):
    """A bug in ClawPowers; please report it."""


_BY_CODE: Final[dict[str, type[Error]]] = {
    "invalid_request": InvalidRequestError,
    "unknown_operation": UnknownOperationError,
    "not_found": NotFoundError,
    "invalid_input": InvalidInputError,
    "invalid_config": InvalidConfigError,
    "storage": StorageError,
    "io": IoError,
    "closed": ClosedError,
    "unsupported_platform": UnsupportedPlatformError,
    "internal": InternalError,
}


def error_of(error: dict[str, Any]) -> Error:
    """Return the exception for the error of a reply."""
    code: str = error["code"]
    return _BY_CODE.get(code, Error)(code, error["message"], error.get("hint"), error.get("details"))


def invalid_request(why: str) -> InvalidRequestError:
    """Return the exception for a request that cannot be encoded, with the same text as in Rust."""
    return InvalidRequestError(
        "invalid_request",
        f"the request is not valid: {why}",
        "docs/reference.md lists the fields of each operation",
    )
