"""What an operation raises when it cannot do what it was asked."""

from __future__ import annotations

from typing import Any, Final


class Error(Exception):
    """The base of every error of ClawPowers."""

    code: str
    """The stable code, the same in every language."""
    message: str
    """What is wrong."""
    hint: str | None
    """What to do next."""
    details: Any
    """Further facts for programs."""

    def __init__(self, code: str, message: str, hint: str | None = None, details: Any = None) -> None:
        # All four are arguments of the base, so that an error survives pickling.
        super().__init__(code, message, hint, details)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class InvalidRequestError(Error):
    """An argument is missing, is one too many, or has the wrong type."""


class UnknownOperationError(Error):
    """There is no operation of this name."""


class NotFoundError(Error, LookupError):
    """What was asked for does not exist."""


class InvalidInputError(Error, ValueError):
    """A value breaks a rule."""


class InvalidConfigError(Error, ValueError):
    """A configuration file is not valid."""


class StorageError(Error):
    """The database of the runtime home refused; ``details["kind"]`` says how."""


class IoError(Error):
    """The file system refused."""


class ClosedError(Error):
    """The runtime was closed."""


class UnsupportedPlatformError(Error):
    """What was asked for needs a disk or processes, and this runtime has none."""


class InternalError(Error):
    """A fault of ClawPowers itself."""


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
    """Return the exception for a request that cannot be written, in the words of the facade."""
    return InvalidRequestError(
        "invalid_request",
        f"the request is not valid: {why}",
        "docs/reference.md lists the fields of each operation",
    )
