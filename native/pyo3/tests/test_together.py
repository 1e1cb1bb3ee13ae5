"""Several threads and processes at once."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import clawpowers
from support import Case

LOOP = """
import clawpowers, sys
with clawpowers.open(sys.argv[1]) as rt:
    for _ in range(int(sys.argv[2])):
        rt.store.incr("n")
"""


class Together(Case):
    def test_threads_share_a_runtime(self) -> None:
        def work(number: int) -> None:
            for turn in range(50):
                self.rt.store.incr("n")
                self.rt.store.set(f"k:{number}", str(turn))
                self.assertEqual(self.rt.store.get(f"k:{number}"), str(turn))
                clawpowers.parse_skill("---\nname: a\n---\n")
            self.assertGreater(len(self.rt.skills.list()["skills"]), 0)

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(work, range(16)))
        self.assertEqual(self.rt.store.get("n"), "800")

    def test_closing_while_other_threads_work(self) -> None:
        def work(_: int) -> None:
            try:
                while True:
                    self.rt.store.incr("n")
            except clawpowers.ClosedError:
                pass

        with ThreadPoolExecutor(8) as pool:
            done = pool.map(work, range(8))
            while not self.rt.store.exists("n"):
                time.sleep(0.001)
            self.rt.close()
            list(done)
        counted = self.open().store.get("n")
        assert isinstance(counted, str)
        self.assertGreater(int(counted), 0)

    def test_processes_share_a_home(self) -> None:
        self.rt.store.set("n", "0")
        loops = [subprocess.Popen([sys.executable, "-c", LOOP, str(self.home), "100"]) for _ in range(8)]
        self.assertEqual([loop.wait() for loop in loops], [0] * 8)
        self.assertEqual(self.rt.store.get("n"), "800")

    def test_another_process_reads_as_documented(self) -> None:
        for _ in range(3):
            self.rt.metrics.record(skill="a", outcome="success")
        text = (Path(__file__).parents[3] / "COMPATIBILITY.md").read_text(encoding="utf-8")
        program = text.split("## The database")[1].split("```python\n")[1].split("```")[0]
        found: dict[str, object] = {"database": str(self.home / "clawpowers.db")}
        exec(program, found)
        self.assertEqual(found["rows"], "('a', 3)\n")

    @unittest.skipUnless(Path("/proc/locks").exists(), "this system does not list locks")
    def test_a_second_sqlite_in_the_process_releases_the_locks(self) -> None:
        # The documents warn about this.
        self.rt.store.set("a", "1")
        database = self.home / "clawpowers.db"
        inode = f":{database.stat().st_ino} "

        def held() -> bool:
            own = f" {os.getpid()} "
            return any(own in line and inode in line for line in Path("/proc/locks").read_text().splitlines())

        self.assertTrue(held())
        second = sqlite3.connect(database)
        second.execute("SELECT count(*) FROM entry").fetchall()
        second.close()
        self.assertFalse(held())

    def test_a_forked_child_has_its_own_runtime(self) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            self.skipTest("this system does not fork")
        context = multiprocessing.get_context("fork")
        self.rt.store.set("n", "0")
        # Start the thread pool and open the database before the fork.
        expected = len(self.rt.skills.list()["skills"])
        results = context.SimpleQueue()

        def child() -> None:
            for _ in range(50):
                self.rt.store.incr("n")
            results.put(len(self.rt.skills.list()["skills"]))

        children = [context.Process(target=child) for _ in range(4)]
        for process in children:
            process.start()
        for _ in range(50):
            self.rt.store.incr("n")
        for process in children:
            process.join(120)
            self.assertEqual(process.exitcode, 0)
        self.assertEqual([results.get() for _ in children], [expected] * 4)
        self.assertEqual(self.rt.store.get("n"), "250")

        self.rt.close()
        closed = context.Process(target=self._is_closed)
        closed.start()
        closed.join(120)
        self.assertEqual(closed.exitcode, 0)

    def _is_closed(self) -> None:
        with self.assertRaises(clawpowers.ClosedError):
            self.rt.store.get("n")
