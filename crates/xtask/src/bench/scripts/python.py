"""The package for Python beside sqlite3 and the reference reader: HOME, then a file with the paths of skills."""

import sqlite3
import sys
import time
from pathlib import Path
from statistics import median
from typing import Callable

import clawpowers
from skills_ref.parser import parse_frontmatter

ROUNDS = 9


def beside(name: str, count: int, ours: Callable[[int], object], theirs: Callable[[int], object], other: str) -> None:
    """Print both rates, and the first as a share of the second."""
    rates: list[list[float]] = [[], []]
    for turn in range(ROUNDS + 1):
        for index, work in enumerate((ours, theirs)):
            begin = time.perf_counter()
            for i in range(count):
                work(i)
            if turn > 0:
                rates[index].append(count / (time.perf_counter() - begin))
    mine, yours = map(median, rates)
    print(f"{name:28} {mine:9,.0f}/s   {other:22} {yours:9,.0f}/s   {mine / yours:.2f} x", flush=True)


home, *lists = sys.argv[1:]
rt = clawpowers.open(home)
for i in range(1000):
    rt.store.set(f"key{i}", f"value {i}")

db = sqlite3.connect(Path(home) / "clawpowers.db", isolation_level=None)
db.execute("PRAGMA synchronous = FULL")
GET = "SELECT value FROM entry WHERE key = ?"
SET = """INSERT INTO entry (key, value, updated_at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at"""
beside(
    "Python: store.get",
    20000,
    lambda i: rt.store.get(f"key{i % 1000}"),
    lambda i: db.execute(GET, (f"key{i % 1000}",)).fetchone()[0].decode(),
    "sqlite3",
)
beside(
    "Python: store.set",
    300,
    lambda i: rt.store.set(f"key{i % 1000}", "new"),
    lambda i: db.execute(SET, (f"key{i % 1000}", b"new", time.time_ns() // 1000)),
    "sqlite3",
)


def reference(text: str) -> None:
    """Read as the reference validator does; a file that it rejects has been read as well."""
    try:
        parse_frontmatter(text)
    except Exception:
        pass


if lists:
    texts = [Path(path).read_bytes().decode(errors="replace") for path in Path(lists[0]).read_text().splitlines()]
    beside(
        f"Python: {len(texts)} files parsed",
        len(texts),
        lambda i: clawpowers.parse_skill(texts[i]),
        lambda i: reference(texts[i]),
        "reference reader",
    )
rt.close()
