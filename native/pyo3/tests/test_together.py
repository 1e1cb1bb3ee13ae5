"""Threads and processes at once."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import clawpowers
from support import Case

# Holds the database locked until it is told otherwise.
LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
db.execute("COMMIT")
"""

LOOP = """
import clawpowers, sys
with clawpowers.open(sys.argv[1]) as rt:
    for _ in range(int(sys.argv[2])):
        rt.store.incr("n")
"""


class Together(Case):
    def test_python_goes_on_while_an_operation_waits(self) -> None:
        self.rt.store.set("a", "1")
        database = next(self.home.rglob("*.db"))
        with subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as locker:
            assert locker.stdin is not None and locker.stdout is not None
            self.assertEqual(locker.stdout.readline(), "locked\n")
            waiting = threading.Thread(target=self.rt.store.set, args=("a", "2"))
            waiting.start()
            counted, end = 0, time.monotonic() + 0.3
            while time.monotonic() < end:
                counted += 1
            self.assertTrue(waiting.is_alive())
            self.assertGreater(counted, 1000)
            locker.stdin.write("\n")
            locker.stdin.flush()
            waiting.join()
        self.assertEqual(self.rt.store.get("a"), "2")

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

    def test_closing_while_others_work(self) -> None:
        def work(_: int) -> None:
            try:
                while True:
                    self.rt.store.incr("n")
            except clawpowers.ClosedError:
                pass

        with ThreadPoolExecutor(8) as pool:
            done = pool.map(work, range(8))
            time.sleep(0.2)
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

    def test_a_child_made_by_fork_has_a_runtime_of_its_own(self) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            self.skipTest("this system does not fork")
        context = multiprocessing.get_context("fork")
        self.rt.store.set("n", "0")
        # Threads and an open database are there before the fork.
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
            process.join(30)
            self.assertEqual(process.exitcode, 0)
        self.assertEqual([results.get() for _ in children], [expected] * 4)
        self.assertEqual(self.rt.store.get("n"), "250")

        self.rt.close()
        closed = context.Process(target=self._is_closed)
        closed.start()
        closed.join(30)
        self.assertEqual(closed.exitcode, 0)

    def _is_closed(self) -> None:
        with self.assertRaises(clawpowers.ClosedError):
            self.rt.store.get("n")
