"""Runs the cases with the Python package: `python tests/conformance/python.py`. Install `native/pyo3` first."""

from __future__ import annotations

import base64
import inspect
import json
import os
import re
import shutil
import sys
import tempfile
import typing
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

import clawpowers
from hints import mismatch

HERE = Path(__file__).resolve().parent
TABLE = json.loads((HERE / "../../schemas/operations.json").read_text(encoding="utf-8"))
OPERATIONS = {entry["name"]: entry for entry in TABLE["operations"]}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class NotExpressible(Exception):
    """A request that the arguments of a method cannot express."""


class CaseFolders:
    """The folders of one case, and a runtime for them."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="clawpowers-")).resolve()
        self.work, self.home, self.user = (self.folder / name for name in ("work", "home", "user"))
        self.work.mkdir()
        self.user.mkdir()
        for name, content in case.get("files", {}).items():
            rest = name.removeprefix("$HOME/")
            path = self.work / name if rest == name else self.home / rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes_of(content))
        self.rt = clawpowers.open(self.home, cwd=self.work, user_home=self.user)
        for operation, request in case.get("setup", []):
            self.rt.call(operation, self.named(expanded(request)))

    def close(self) -> None:
        self.rt.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _folders(self) -> list[tuple[str, str]]:
        return [("$WORK", str(self.work)), ("$HOME", str(self.home)), ("$USER", str(self.user))]

    def named(self, value: Any) -> Any:
        for name, path in self._folders():
            value = map_strings(value, lambda text, name=name, path=path: text.replace(name, path))
        return value

    def renamed(self, value: Any) -> Any:
        for name, path in self._folders():
            value = map_strings(value, lambda text, name=name, path=path: text.replace(path, name))
        return value


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Returns a value with every string changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [map_strings(item, change) for item in value]
    if isinstance(value, dict):
        return {key: map_strings(item, change) for key, item in value.items()}
    return value


def expanded(value: Any) -> Any:
    """Returns a value with its generated strings: `{"$repeat": [TEXT, TIMES]}` and `{"$concat": [TEXT, …]}`."""
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if isinstance(value, dict):
        if isinstance(value.get("$repeat"), list):
            return value["$repeat"][0] * value["$repeat"][1]
        if isinstance(value.get("$concat"), list):
            return "".join(map(expanded, value["$concat"]))
        return {key: expanded(item) for key, item in value.items()}
    return value


def bytes_of(content: Any) -> bytes:
    """Returns the bytes of a file of a case: a string, a generated string, or `{"$base64": …}`."""
    if isinstance(content, dict) and "$base64" in content:
        return base64.b64decode(content["$base64"])
    return expanded(content).encode("utf-8")


def by_text(folders: CaseFolders, operation: str, request: Any) -> Any:
    text = request if isinstance(request, str) else json.dumps(request)
    return json.loads(folders.rt._core.call(operation, text))


def by_call(folders: CaseFolders, operation: str, request: Any) -> Any:
    try:
        return {"ok": folders.rt.call(operation, request)}
    except clawpowers.Error as error:
        return reply_of(error)


def method_of(rt: clawpowers.Runtime, operation: str) -> Any:
    entry = OPERATIONS[operation]
    return getattr(rt if entry["group"] is None else getattr(rt, entry["group"]), entry["method"])


def arguments_of(method: Any, operation: str, request: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Returns what a program would pass to the method of an operation: positional arguments and others, bytes as bytes."""
    entry = OPERATIONS[operation]
    rest = {f"{key}_" if key == "from" else key: value for key, value in request.items()}
    parameters = inspect.signature(method).parameters
    for name in parameters:
        encoded = f"{name}_base64"
        if encoded in rest and encoded not in parameters:
            if rest.get(name) is not None:
                raise NotExpressible
            try:
                rest[name] = base64.b64decode(rest.pop(encoded), validate=True)
            except (TypeError, ValueError):
                raise NotExpressible from None
    schema = TABLE["$defs"][entry["request"]["$ref"].rpartition("/")[2]]
    fields = schema.get("properties", {})
    for name, value in rest.items():
        default = parameters[name].default if name in parameters else None
        if value is None and default is None and not takes_null(fields.get(name.rstrip("_"), True)):
            raise NotExpressible
    required = schema.get("required", [])
    for name in entry["positional"]:
        # A positional argument that is not required may be None.
        if name not in rest and name not in required and parameters[name].default is inspect.Parameter.empty:
            rest[name] = None
    places = []
    for name in entry["positional"]:
        if name not in rest:
            break
        places.append(rest.pop(name))
    return places, rest


def by_method(folders: CaseFolders, operation: str, request: dict[str, Any]) -> Any:
    method = method_of(folders.rt, operation)
    places, rest = arguments_of(method, operation, request)
    try:
        answer = method(*places, **rest)
    except clawpowers.Error as error:
        return reply_of(error)
    except TypeError:
        try:
            inspect.signature(method).bind(*places, **rest)
        except TypeError:
            # Python itself rejects unknown and missing arguments.
            return {"error": "invalid_request"}
        raise
    why = mismatch("", typing.get_type_hints(method)["return"], answer)
    if why is not None:
        raise AssertionError(f"the type of the result: {why}")
    result = OPERATIONS[operation]["result"]
    return {"ok": plain(answer if result is None else {result: answer})}


def takes_null(schema: Any) -> bool:
    if schema is True or not isinstance(schema, dict):
        return True
    kind = schema.get("type")
    if kind is not None:
        return kind == "null" or "null" in (kind if isinstance(kind, list) else [])
    if "anyOf" in schema:
        return any(takes_null(one) for one in schema["anyOf"])
    return "$ref" not in schema


def reply_of(error: clawpowers.Error) -> Any:
    fields = {"code": error.code, "message": error.message, "hint": error.hint, "details": error.details}
    return {"error": {key: value for key, value in fields.items() if value is not None}}


def plain(value: Any) -> Any:
    """Returns a result as in JSON: bytes in base64, times as strings."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        fields = {}
        for key, item in value.items():
            if isinstance(item, bytes):
                fields[key] = None
                fields[f"{key}_base64"] = base64.b64encode(item).decode("ascii")
            else:
                fields[key] = plain(item)
        return fields
    return time_text(value) if isinstance(value, datetime) else value


def time_text(time: datetime) -> str:
    """Returns a time in the form used in replies: in UTC, without trailing zeros in the fraction."""
    whole, dot, fraction = time.isoformat().removesuffix("+00:00").partition(".")
    return f"{whole}{dot}{fraction.rstrip('0')}Z"


def cut(expected: Any, operation: str) -> Any:
    """Returns the part of an expected reply that a method returns."""
    result = OPERATIONS[operation]["result"]
    if result is None or "ok" not in expected:
        return expected
    whole = expected["ok"]
    if whole == "$any":
        return expected
    fields = {name: whole[name] for name in (result, f"{result}_base64") if name in whole}
    if operation == "store_incr":
        fields = {name: int(value) for name, value in fields.items()}
    return {"ok": fields}


def is_worded(hint: str, text: str) -> bool:
    """Returns whether `text` is the hint with a Python phrase for each reference in braces."""
    pattern = ""
    for index, piece in enumerate(re.split(r"(\{.*?\})", hint)):
        reference = r"`\w+`" if piece.startswith("{--") else r"`rt\.[^`]*\)`"
        pattern += reference if index % 2 else re.escape(piece)
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def differs(place: str, expected: Any, actual: Any) -> str | None:
    """Returns where a reply differs from the expected one, which may have patterns."""
    wrong = f"{place}: expected {shown(expected)}, found {shown(actual)}"
    if expected == "$any":
        return None
    if expected == "$number":
        return None if is_number(actual) else wrong
    if expected == "$time":
        return None if isinstance(actual, str) and TIME.fullmatch(actual) else wrong
    if expected == "$version":
        return None if actual == TABLE["version"] == clawpowers.__version__ else wrong
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return wrong
        found = (differs(f"{place}/{at}", one, other) for at, (one, other) in enumerate(zip(expected, actual)))
        return next((why for why in found if why is not None), None)
    if isinstance(expected, dict):
        if "$hint" in expected:
            return None if isinstance(actual, str) and is_worded(expected["$hint"], actual) else wrong
        if "$starts" in expected:
            return None if isinstance(actual, str) and actual.startswith(expected["$starts"]) else wrong
        if not isinstance(actual, dict):
            return wrong
        wanted = [key for key in expected if key != "$others"]
        missing = [key for key in wanted if key not in actual]
        others = [key for key in actual if key not in expected]
        if missing:
            return f"{place}/{missing[0]} is missing: {shown(actual)}"
        if others and "$others" not in expected:
            return f"{place}/{others[0]} was not expected: {shown(actual)}"
        pairs = [(key, expected[key]) for key in wanted] + [(key, expected["$others"]) for key in others]
        found = (differs(f"{place}/{key}", one, actual[key]) for key, one in pairs)
        return next((why for why in found if why is not None), None)
    if is_number(expected) and is_number(actual):
        return None if expected == actual else wrong
    return None if type(expected) is type(actual) and expected == actual else wrong


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shown(value: Any) -> str:
    text = json.dumps(value, default=repr)
    return text if len(text) <= 2000 else f"{text[:2000]}…"


def failures_of(operation: str, case: dict[str, Any]) -> list[str]:
    expected = expanded(case["reply"])
    ways: dict[str, Callable[[CaseFolders, str, Any], Any]] = {"text": by_text}
    if "request" in case:
        ways["call"] = by_call
        if operation in OPERATIONS and isinstance(case["request"], dict):
            ways["method"] = by_method
    failures = []
    for way, run in ways.items():
        folders = CaseFolders(case)
        try:
            request = folders.named(expanded(case["request"])) if "request" in case else expanded(case["request_text"])
            actual = folders.renamed(run(folders, operation, request))
            wanted = cut(expected, operation) if way == "method" else expected
            if way == "method" and actual == {"error": "invalid_request"}:
                wanted = {"error": wanted.get("error", {}).get("code")}
            why = differs("", wanted, actual)
        except NotExpressible:
            why = None
        except Exception as error:  # noqa: BLE001 (any exception is a failure)
            why = repr(error)
        finally:
            folders.close()
        if why is not None:
            failures.append(f"{operation}: {case['name']}: {way}: {why}")
    return failures


def main() -> int:
    # Do not read skills of the current user.
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "COPILOT_HOME", "XDG_CONFIG_HOME"):
        os.environ.pop(name, None)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "cases"
    cases = failed = 0
    for path in sorted(folder.glob("*.json")):
        suite = json.loads(path.read_text(encoding="utf-8"))
        for case in suite["cases"]:
            failures = failures_of(case.get("call", suite["operation"]), case)
            cases += 1
            failed += bool(failures)
            for failure in failures:
                print(failure)
    print(f"python: {cases} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
