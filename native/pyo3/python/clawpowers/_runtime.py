"""An open runtime."""

from __future__ import annotations

import os
import sys
from json import JSONDecoder
from types import TracebackType
from typing import Any, Final, TypeVar

from ._clawpowers import Core, after_fork_in_child, after_fork_in_parent, before_fork
from ._decode import Plan, decode
from ._encode import Request, encode, write
from ._errors import error_of, invalid_request
from ._operations import Config, Feedback, Metrics, Operations, Skills, Store

Path = str | os.PathLike[str]
Self = TypeVar("Self", bound="Runtime")

_read: Final = JSONDecoder().raw_decode


def _answer(text: str) -> Any:
    reply: dict[str, Any] = _read(text)[0]
    if "ok" not in reply:
        raise error_of(reply["error"])
    return reply["ok"]


class Runtime(Operations):
    """A runtime home with its skills, values and executions; safe to share between threads.

    ``clawpowers.open`` makes one. It is closed at the end of a ``with`` block or by ``close()``.
    """

    __slots__ = (
        "__weakref__",
        "_core",
        "config",
        "feedback",
        "metrics",
        "skills",
        "store",
    )

    skills: Final[Skills]
    store: Final[Store]
    metrics: Final[Metrics]
    feedback: Final[Feedback]
    config: Final[Config]

    def __init__(self, home: Path | None = None, *, cwd: Path | None = None, user_home: Path | None = None) -> None:
        """Open a runtime; nothing is read or written yet."""
        options = {"home": home, "cwd": cwd, "user_home": user_home}
        text = encode({name: value for name, value in options.items() if value is not None})
        try:
            self._core = Core(text)
        except ValueError as error:
            raise error_of(_read(str(error))[0]["error"]) from None
        send = self._core.call

        def door(operation: str, request: Request, plan: Plan | None = None, /) -> Any:
            answer = _answer(send(operation, encode(request)))
            if plan is not None:
                decode(answer, plan)
            return answer

        super().__init__(door)
        self.skills = Skills(door)
        self.store = Store(door)
        self.metrics = Metrics(door)
        self.feedback = Feedback(door)
        self.config = Config(door)

    def call(self, operation: str, request: object = None) -> Any:
        """Call an operation by its name and return its answer as JSON has it: times are text and bytes are base64."""
        if not isinstance(operation, str):
            raise invalid_request("the name of the operation is not a string")
        return _answer(self._core.call(operation, "{}" if request is None else write(request)))

    def close(self) -> None:
        """Close the runtime and its database; every operation after that raises ``ClosedError``."""
        self._core.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open(home: Path | None = None, *, cwd: Path | None = None, user_home: Path | None = None) -> Runtime:
    """Open a runtime; nothing is read or written yet.

    ``home`` is the runtime home, else ``CLAWPOWERS_DIR``, else ``.clawpowers`` in the user's home folder. ``cwd`` is the
    folder that relative paths start from, else the process's. ``user_home`` is the user's home folder.
    """
    return Runtime(home, cwd=cwd, user_home=user_home)


if sys.platform != "win32":
    # Functions of the module in Rust: no signal handler runs in the middle of one.
    os.register_at_fork(
        before=before_fork,
        after_in_parent=after_fork_in_parent,
        after_in_child=after_fork_in_child,
    )
