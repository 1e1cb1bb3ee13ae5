"""An open runtime."""

from __future__ import annotations

import os
import sys
from json import JSONDecoder
from types import TracebackType
from typing import Any, Final, Protocol, TypeVar
from weakref import WeakSet

from ._clawpowers import Core
from ._decode import Plan, decode
from ._encode import Request, encode, write
from ._errors import error_of, invalid_request
from ._operations import Config, Feedback, Metrics, Operations, Skills, Store

Path = str | os.PathLike[str]
Self = TypeVar("Self", bound="Runtime")

_read: Final = JSONDecoder().raw_decode


class Door(Protocol):
    """The one way to the facade: an operation, its request, and how to decode its reply."""

    def __call__(self, operation: str, request: Request, plan: Plan | None = None, /) -> Any:
        """Return what the operation answers."""


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
        "_closed",
        "_core",
        "_options",
        "_turn",
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
        self._options = encode({name: value for name, value in options.items() if value is not None})
        try:
            self._core = Core(self._options)
        except ValueError as error:
            raise error_of(_read(str(error))[0]["error"]) from None
        self._closed = False
        send = self._core.call

        def door(operation: str, request: Request, plan: Plan | None = None, /) -> Any:
            answer = _answer(send(operation, encode(request)))
            if plan is not None:
                decode(answer, plan)
            return answer

        def turn(core: Core) -> None:
            nonlocal send
            send = core.call

        super().__init__(door)
        self._turn = turn
        self.skills = Skills(door)
        self.store = Store(door)
        self.metrics = Metrics(door)
        self.feedback = Feedback(door)
        self.config = Config(door)
        _live.add(self)

    def call(self, operation: str, request: object = None) -> Any:
        """Call an operation by its name and return its answer as JSON has it: times are text and bytes are base64."""
        if not isinstance(operation, str):
            raise invalid_request("the name of the operation is not a string")
        return _answer(self._core.call(operation, "{}" if request is None else write(request)))

    def close(self) -> None:
        """Close the runtime and its database; every operation after that raises ``ClosedError``."""
        self._closed = True
        self._core.close()

    def _after_fork(self) -> None:
        # The old one may be locked by a thread that is not in this process: it must not even be dropped.
        _left_behind.append(self._core)
        self._core = Core(self._options, forked=True)
        if self._closed:
            self._core.close()
        self._turn(self._core)

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


_live: Final[WeakSet[Runtime]] = WeakSet()
_left_behind: Final[list[Core]] = []


def _before_fork() -> None:
    for runtime in list(_live):
        runtime._core.release()


def _after_fork() -> None:
    for runtime in list(_live):
        runtime._after_fork()


if sys.platform != "win32":
    # A child gets a runtime of its own: neither open databases nor threads outlive a fork.
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
