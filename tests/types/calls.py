"""Writes a program that makes the request of every case that succeeds, by the methods: `python calls.py FILE`.

mypy checks it, so the declarations accept whatever the operations accept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CONFORMANCE = Path(__file__).resolve().parent.parent / "conformance"
sys.path.insert(0, str(CONFORMANCE))

import clawpowers  # noqa: E402
from python import OPERATIONS, NotExpressible, arguments_of, expanded, method_of  # noqa: E402

# Longer requests contain repeated strings, on which the types do not depend; they are left out.
LONGEST = 10_000


def calls_of(rt: clawpowers.Runtime, operation: str) -> list[str]:
    """Returns a call for each different request of an operation."""
    suite = json.loads((CONFORMANCE / "cases" / f"{operation}.json").read_text(encoding="utf-8"))
    found: dict[str, None] = {}
    for case in suite["cases"]:
        if "call" in case or "request" not in case or "ok" not in case["reply"]:
            continue
        request = expanded(case["request"])
        if len(json.dumps(request)) < LONGEST:
            try:
                found[call_of(rt, operation, request)] = None
            except NotExpressible:
                pass
    if not found:
        raise SystemExit(f"{operation}: no case succeeds by its method")
    return list(found)


def call_of(rt: clawpowers.Runtime, operation: str, request: dict[str, Any]) -> str:
    places, rest = arguments_of(method_of(rt, operation), operation, request)
    entry = OPERATIONS[operation]
    arguments = [*map(repr, places), *(f"{name}={value!r}" for name, value in rest.items())]
    path = entry["method"] if entry["group"] is None else f"{entry['group']}.{entry['method']}"
    return f"rt.{path}({', '.join(arguments)})"


def main() -> None:
    with clawpowers.open() as rt:
        lines = [line for operation in OPERATIONS for line in calls_of(rt, operation)]
    body = "".join(f"    {line}\n" for line in lines)
    Path(sys.argv[1]).write_text(f"import clawpowers\n\n\ndef calls(rt: clawpowers.Runtime) -> None:\n{body}", encoding="utf-8")


if __name__ == "__main__":
    main()
