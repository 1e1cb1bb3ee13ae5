"""Validates the accepted requests and the replies of all cases with schemas/operations.json."""

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "../../schemas/operations.json").read_text())


def is_open(value: Any) -> bool:
    """Return whether a value contains generated strings or patterns."""
    if isinstance(value, dict):
        return any(key.startswith("$") for key in value) or any(map(is_open, value.values()))
    if isinstance(value, list):
        return any(map(is_open, value))
    return value in ("$any", "$number")


def main() -> int:
    """Print the number of validated values, and the errors."""
    Draft202012Validator.check_schema({"$defs": SCHEMA["$defs"]})
    operations = {operation["name"]: operation for operation in SCHEMA["operations"]}
    checked = failed = 0
    for path in sorted((HERE / "cases").glob("*.json")):
        suite = json.loads(path.read_text())
        for case in suite["cases"]:
            if "call" in case or "ok" not in case["reply"]:
                continue
            for side, value in (("request", case.get("request")), ("reply", case["reply"]["ok"])):
                if value is None or is_open(value):
                    continue
                checked += 1
                schema = {**operations[suite["operation"]][side], "$defs": SCHEMA["$defs"]}
                for error in Draft202012Validator(schema).iter_errors(value):
                    failed += 1
                    print(f"{suite['operation']}: {case['name']}: {side}: {error.message}")
    print(f"schema: {checked} requests and replies, {failed} failed")
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
