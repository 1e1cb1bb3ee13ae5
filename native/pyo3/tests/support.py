"""Shared by the tests: a temporary runtime home for each test."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import clawpowers

SKILL = "---\nname: a-skill\ndescription: Does what a skill does. Use it when a test asks for it.\n---\n# A skill\n\nText.\n"


class Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="clawpowers-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.home = self.folder / "home"
        for name in ("work", "user"):
            (self.folder / name).mkdir()
        self.rt = self.open()

    def open(self) -> clawpowers.Runtime:
        rt = clawpowers.open(self.home, cwd=self.folder / "work", user_home=self.folder / "user")
        self.addCleanup(rt.close)
        return rt

    def skill(self) -> Path:
        path = self.folder / "work" / "skills" / "a-skill"
        path.mkdir(parents=True)
        (path / "SKILL.md").write_text(SKILL, encoding="utf-8")
        return path
