"""Forks with several threads, signals during a waiting operation, readers during a waiting write."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import traceback
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import clawpowers
from support import SKILL, Case

# Holds a lock on the database until it reads a line.
LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
db.execute("COMMIT")
"""

# Sends itself signals while its main thread waits in an operation.
WAITER = """
import clawpowers, os, signal, sys, threading, time

# A shell starts background processes with this signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
rt = clawpowers.open(sys.argv[1])
main = threading.main_thread().ident
handled = threading.Event()

def until_it_waits():
    seen = 0
    while seen < 20:
        seen = seen + 1 if sys._current_frames()[main].f_code.co_name == "call_core" else 0
        time.sleep(0.01)

def handler(*_):
    # The handler interrupts an operation; it may call others and fork.
    print("handler", rt.store.get("a"), flush=True)
    child = os.fork()
    if child == 0:
        try:
            rt.store.get("a")
        except clawpowers.StorageError as error:
            os._exit(7 if error.details == {"kind": "busy"} else 8)
        os._exit(9)
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    handled.set()

def signals():
    until_it_waits()
    os.kill(os.getpid(), signal.SIGUSR1)
    handled.wait()
    os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGUSR1, handler)
threading.Thread(target=signals, daemon=True).start()
try:
    rt.store.set("a", "2")
    print("set")
except KeyboardInterrupt:
    print("interrupted", rt.store.get("a"))
"""

# After how many seconds a child counts as stuck.
LONG = 120


def ended(child: int) -> int:
    """Return the exit code of a child; kill the child if it takes too long."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    raise AssertionError("a child hangs")


def forked(work: Callable[[], None]) -> int:
    """Fork a child that calls `work` and exits with 0 if that succeeds."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


@unittest.skipUnless(hasattr(os, "fork"), "this system does not fork")
class Forks(Case):
    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the database in another process."""
        database = self.home / "clawpowers.db"
        with subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as locker:
            assert locker.stdin is not None and locker.stdout is not None
            self.assertEqual(locker.stdout.readline(), "locked\n")
            yield
            locker.stdin.write("\n")
            locker.stdin.flush()

    def setting(self, value: str) -> tuple[threading.Thread, list[object]]:
        """Return a thread that waits in `store.set`, and the list that receives its result."""
        results: list[object] = []

        def work() -> None:
            try:
                results.append(self.rt.store.set("a", value))
            except clawpowers.Error as error:
                results.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        assert thread.ident is not None
        inside = 0
        while inside < 20:
            frame = sys._current_frames().get(thread.ident)
            inside = inside + 1 if frame is not None and frame.f_code.co_name == "call_core" else 0
            time.sleep(0.005)
        return thread, results

    def test_a_hundred_forks_with_four_threads(self) -> None:
        self.skill()
        # Start the thread pool of the process before the first fork.
        expected = len(self.rt.skills.list()["skills"])
        self.rt.store.set("n", "0")
        done = [0] * 4
        stop = threading.Event()

        def work(number: int) -> None:
            while not stop.is_set():
                self.rt.store.incr("n")
                self.rt.store.get("n")
                self.rt.metrics.record(skill="a-skill", outcome="success")
                self.rt.skills.list()
                clawpowers.parse_skill(SKILL)
                with clawpowers.open(self.home) as other:
                    other.store.list()
                done[number] += 1

        def child() -> None:
            self.rt.store.incr("n")
            self.rt.metrics.show(limit=1)
            clawpowers.parse_skill(SKILL)
            assert len(self.rt.skills.list()["skills"]) == expected
            # A child of a child works, too.
            assert ended(forked(lambda: (self.rt.store.incr("n"), self.rt.skills.list(), None)[2])) == 0

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(10):
                children = [forked(child) for _ in range(10)]
                self.assertEqual([ended(one) for one in children], [0] * 10)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(self.rt.store.get("n"), str(sum(done) + 200))
        self.assertEqual(self.rt.metrics.summary()["all"]["success"], sum(done))

    def test_a_fork_during_a_waiting_write(self) -> None:
        self.rt.store.set("a", "1")

        def child() -> None:
            assert self.rt.store.get("a") == "1"

        with self.locked():
            thread, results = self.setting("2")
            for _ in range(3):
                self.assertEqual(ended(forked(child)), 0)
            self.assertEqual(results, [])
        thread.join()
        self.assertEqual(results, [{"key": "a", "bytes": 1}])
        self.assertEqual(self.rt.store.get("a"), "2")

    def test_a_fork_during_an_import(self) -> None:
        self.rt.store.set("a", "1")
        lines = self.folder / "lines"
        os.mkfifo(lines)
        forked_all, gave_up = threading.Event(), threading.Event()
        pipe: list[int] = []
        fed = 0

        def feed() -> None:
            # The import goes on until all forks are done.
            nonlocal fed
            end = time.monotonic() + LONG
            pipe.append(os.open(lines, os.O_WRONLY))
            while not forked_all.is_set():
                os.write(pipe[0], b'{"ts":"2026-01-01T00:00:00Z","skill":"s","outcome":"success","notes":"%d"}\n' % fed)
                fed += 1
                if time.monotonic() > end:
                    gave_up.set()
                    break
            os.close(pipe[0])

        results: list[object] = []

        def work() -> None:
            try:
                results.append(self.rt.metrics.import_lines(path=lines)["taken"])
            except clawpowers.Error as error:
                results.append(error)

        def child() -> None:
            self.rt.store.incr("n")
            assert self.rt.metrics.summary()["all"]["total"] == 0

        threads = [threading.Thread(target=feed), threading.Thread(target=work)]
        for thread in threads:
            thread.start()
        # The lock file contains the number of committed transactions.
        lock = self.home / "import.lock"
        while not (lock.exists() and lock.stat().st_size) and not gave_up.is_set():
            time.sleep(0.01)
        for _ in range(5):
            self.assertEqual(ended(forked(child)), 0)
        # A surviving child does not block imports.
        reader, writer = os.pipe()

        def survivor() -> None:
            # Otherwise the import would wait for input from this process.
            os.close(pipe[0])
            os.close(writer)
            os.read(reader, 1)

        surviving = forked(survivor)
        self.assertFalse(gave_up.is_set(), "a fork waited for the end of the import")
        forked_all.set()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [fed])
        self.assertEqual(self.rt.store.get("n"), "5")
        self.assertEqual(self.rt.metrics.summary()["all"]["success"], fed)
        self.assertEqual(self.rt.metrics.import_lines("")["taken"], 0)
        os.write(writer, b"x")
        self.assertEqual(ended(surviving), 0)
        os.close(reader)
        os.close(writer)

    def test_a_waiting_write_does_not_block_readers(self) -> None:
        self.rt.store.set("a", "1")
        with self.locked():
            threads = [self.setting(value) for value in "23"]
            self.assertEqual(self.rt.store.get("a"), "1")
            self.assertEqual(self.rt.store.list(), ["a"])
            self.assertEqual(self.rt.metrics.show(), [])
            self.assertEqual(self.rt.status()["keys"], 1)
            # None of these waited for a writer, whose wait ends with an error after 30 seconds.
            self.assertEqual([results for _, results in threads], [[], []])
        for thread, results in threads:
            thread.join()
            self.assertEqual(results, [{"key": "a", "bytes": 1}])

    def test_signals_interrupt_a_waiting_operation(self) -> None:
        self.rt.store.set("a", "1")
        with self.locked():
            run = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", WAITER, str(self.home)], capture_output=True, text=True, timeout=LONG
            )
        self.assertEqual((run.stdout, run.stderr), ("handler 1\nchild 7\ninterrupted 1\n", ""))
        self.assertEqual(self.rt.store.get("a"), "1")
