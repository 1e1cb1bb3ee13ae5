"""Tests that `typed.py` uses every function, and that it runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from support import SKILL, Case
from typed import every


class Typed(Case):
    def test_it_runs(self) -> None:
        path = self.skill()
        every(path.parents[1], SKILL)

    def test_it_uses_every_function(self) -> None:
        here = Path(__file__).parent
        used = set(re.findall(r"\brt\.((?:\w+\.)?\w+)\(", (here / "typed.py").read_text(encoding="utf-8")))
        table = json.loads((here.parents[2] / "schemas" / "operations.json").read_text(encoding="utf-8"))
        for entry in table["operations"]:
            group = entry["group"]
            self.assertIn(entry["method"] if group is None else f"{group}.{entry['method']}", used)
