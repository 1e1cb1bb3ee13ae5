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
from ._operations import Checkpoints, Config, Feedback, Memory, Metrics, Operations, Skills, Store

Path = str | os.PathLike[str]
Self = TypeVar("Self", bound="Runtime")

_read: Final = JSONDecoder().raw_decode


def _result(text: str) -> Any:
    reply: dict[str, Any] = _read(text)[0]
    if "ok" not in reply:
        raise error_of(reply["error"])
    return reply["ok"]


class Runtime(Operations):
    """An open runtime: skills, values and executions of a runtime home. Threads may share it.

    ``clawpowers.open`` returns one. Close it with ``close()`` or a ``with`` block.
    """

    __slots__ = (
        "__weakref__",
        "_core",
        "checkpoints",
        "config",
        "feedback",
        "memory",
        "metrics",
        "skills",
        "store",
    )

    skills: Final[Skills]
    store: Final[Store]
    memory: Final[Memory]
    checkpoints: Final[Checkpoints]
    metrics: Final[Metrics]
    feedback: Final[Feedback]
    config: Final[Config]

    def __init__(self, home: Path | None = None, *, cwd: Path | None = None, user_home: Path | None = None) -> None:
        """Open a runtime. This reads and writes nothing."""
        options = {"home": home, "cwd": cwd, "user_home": user_home}
        text = encode({name: value for name, value in options.items() if value is not None})
        try:
            self._core = Core(text)
        except ValueError as error:
            raise error_of(_read(str(error))[0]["error"]) from None
        core_call = self._core.call

        def call_core(operation: str, request: Request, plan: Plan | None = None, /) -> Any:
            result = _result(core_call(operation, encode(request)))
            if plan is not None:
                decode(result, plan)
            return result

        super().__init__(call_core)
        self.skills = Skills(call_core)
        self.store = Store(call_core)
        self.memory = Memory(call_core)
        self.checkpoints = Checkpoints(call_core)
        self.metrics = Metrics(call_core)
        self.feedback = Feedback(call_core)
        self.config = Config(call_core)

    def call(self, operation: str, request: object = None) -> Any:
        """Call an operation by its name and return its reply as plain JSON: times are strings, bytes are base64."""
        if not isinstance(operation, str):
            raise invalid_request("the name of the operation is not a string")
        return _result(self._core.call(operation, "{}" if request is None else write(request)))

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
    """Open a runtime. This reads and writes nothing.

    ``home`` is the runtime home; default: ``CLAWPOWERS_DIR``, else ``.clawpowers`` in the user's home folder; if that
    folder does not exist and ``XDG_STATE_HOME`` is set, ``clawpowers`` in the folder that it names. ``cwd`` is the
    folder to which relative paths are relative; default: that of the process. ``user_home`` is the user's home folder;
    default: from the environment.
    """
    return Runtime(home, cwd=cwd, user_home=user_home)


if sys.platform != "win32":
    # Implemented in Rust, so that no signal handler can interrupt them.
    os.register_at_fork(
        before=before_fork,
        after_in_parent=after_fork_in_parent,
        after_in_child=after_fork_in_child,
    )
