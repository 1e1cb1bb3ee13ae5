"""Uses the package as a program would."""

from __future__ import annotations

import datetime as dt
import gc
import json
import pickle
import typing
import weakref
from pathlib import Path

import clawpowers
import clawpowers.types
from clawpowers import _encode
from support import SKILL, Case


class Api(Case):
    def test_a_runtime_is_closed_at_the_end_of_its_block(self) -> None:
        with clawpowers.open(self.home) as rt:
            self.assertIsInstance(rt, clawpowers.Runtime)
            rt.store.set("a", "1")
        for call in (lambda: rt.store.get("a"), rt.status, lambda: rt.call("store_get", {"key": "a"})):
            with self.assertRaises(clawpowers.ClosedError) as caught:
                call()
            self.assertEqual((caught.exception.code, caught.exception.hint), ("closed", "open another one"))
        rt.close()

    def test_an_unreferenced_runtime_is_freed_at_once(self) -> None:
        gc.disable()
        try:
            rt = clawpowers.open(self.home)
            rt.store.set("a", "1")
            reference = weakref.ref(rt)
            del rt
            self.assertIsNone(reference())
        finally:
            gc.enable()

    def test_nothing_is_written_before_it_is_needed(self) -> None:
        self.assertFalse(self.home.exists())
        self.assertFalse(self.rt.store.exists("a"))
        self.assertFalse(self.home.exists())

    def test_paths_are_strings_or_path_like(self) -> None:
        path = self.skill()
        for given in (path, str(path), _PathLike(str(path))):
            self.assertEqual(self.rt.skills.validate([given])["valid"], 1)
        listed = self.rt.skills.list(roots=(Path("skills"),))
        self.assertEqual([row["name"] for row in listed["skills"]], ["a-skill"])
        for home in (str(self.home), _PathLike(str(self.home))):
            with clawpowers.open(home) as rt:
                rt.init()
                self.assertEqual(rt.status()["home"], str(self.home))
        legacy = self.folder / "old"
        legacy.mkdir()
        self.assertEqual(self.rt.import_legacy(from_=legacy)["from"], str(legacy))

    def test_bytes_round_trip(self) -> None:
        for value in (b"", b"\xff\x00", bytearray(b"\x80"), memoryview(b"\x81--")[::2], bytes(range(256))):
            self.rt.store.set("a", value)
            got = self.rt.store.get("a")
            self.assertEqual(got.encode() if isinstance(got, str) else got, bytes(value))
        self.assertEqual(self.rt.store.list_values("a")[0]["value"], bytes(range(256)))
        self.assertTrue(self.rt.store.cas("a", bytes(range(256)), b"\xfe")["swapped"])
        self.assertEqual(self.rt.store.cas("a", None, "x")["current"], {"value": b"\xfe"})
        # `call` returns bytes as base64.
        self.assertEqual(self.rt.call("store_get", {"key": "a"})["value_base64"], "/g==")

    def test_times_are_aware(self) -> None:
        east = dt.timezone(dt.timedelta(hours=2))
        at = dt.datetime(2026, 11, 3, 10, 0, 0, 500_000, tzinfo=east)
        recorded = self.rt.metrics.record(skill="a", outcome="success", at=at, duration=dt.timedelta(minutes=1, microseconds=5))
        self.assertEqual(recorded["at"], at)
        self.assertEqual(recorded["at"].utcoffset(), dt.timedelta(0))
        shown = self.rt.metrics.show(since=at, until=dt.date(2026, 11, 4))
        self.assertEqual([(one["at"], one["duration"]) for one in shown], [(at, 60.000005)])
        self.assertEqual(self.rt.metrics.show(since=at + dt.timedelta(seconds=1)), [])
        self.assertEqual(self.rt.status()["last"][0]["at"], at)
        self.assertEqual(self.rt.metrics.summary()["skills"][0]["first_at"], at)
        self.assertIsInstance(self.rt.call("metrics_show", {})["executions"][0]["at"], str)
        with self.assertRaisesRegex(clawpowers.InvalidRequestError, "has no time zone"):
            self.rt.metrics.show(since=dt.datetime(2026, 11, 3))

    def test_numbers_keep_every_digit(self) -> None:
        self.assertEqual(self.rt.store.incr("n", "9223372036854775806"), 2**63 - 2)
        self.assertEqual(self.rt.store.incr("n"), 2**63 - 1)
        for seconds, text in ((0, "0"), (-1.5, "-1.500000"), (86400, "86400"), (1e-6, "0.000001")):
            self.assertEqual(_encode.write(dt.timedelta(seconds=seconds)), text)

    def test_functions_that_need_no_runtime(self) -> None:
        parsed = clawpowers.parse_skill(SKILL, folder="a-skill", target="spec")
        assert parsed["skill"] is not None
        self.assertEqual(parsed["skill"]["name"], "a-skill")
        self.assertEqual(clawpowers.detect(["success", "failure"])["changes"], [])
        self.assertRegex(clawpowers.__version__, r"^\d+\.\d+\.\d+$")

    def test_none_means_null_if_any_value_is_allowed(self) -> None:
        self.rt.init()
        self.rt.config.set("profiles.dev.note", {"a": [None, True, "é"]})
        self.assertEqual(self.rt.config.get("profiles.dev.note"), {"a": [None, True, "é"]})
        self.rt.config.set("profiles.dev.note", None)
        self.assertIsNone(self.rt.config.get("profiles.dev.note"))

    def test_a_value_that_looks_like_bytes_is_not_decoded(self) -> None:
        self.rt.init()
        value = {"x_base64": "/w==", "updated_at": "2026-11-03T00:00:00Z"}
        self.rt.config.set("profiles.dev.note", value)
        self.assertEqual(self.rt.config.get("profiles.dev.note"), value)

    def test_the_encoder_writes_json(self) -> None:
        for value in ([], {}, (), [1, -0.0, 1e300, 2**70], {"a": {"é\ud800\n": [None, False, ""]}}, "\x00\u2028😀"):
            expected = list(value) if isinstance(value, tuple) else value
            self.assertEqual(json.loads(_encode.write(value)), expected)

    def test_every_function_has_type_hints(self) -> None:
        public = [getattr(clawpowers, name) for name in clawpowers.__all__]
        groups = [self.rt, *(getattr(self.rt, name) for name in ("skills", "store", "metrics", "feedback", "config"))]
        methods = [getattr(type(one), name) for one in groups for name in dir(type(one)) if not name.startswith("_")]
        for found in (*public, *methods, *vars(clawpowers.types).values()):
            if callable(found) and getattr(found, "__module__", "").startswith("clawpowers."):
                typing.get_type_hints(found)
        self.assertEqual(typing.get_type_hints(type(self.rt.store).get)["return"], str | bytes)
        self.assertIs(typing.get_type_hints(type(self.rt.skills).list)["return"], clawpowers.types.SkillListReply)

    def test_every_operation_has_a_method(self) -> None:
        table = json.loads((Path(__file__).parents[3] / "schemas" / "operations.json").read_text(encoding="utf-8"))
        for entry in table["operations"]:
            owner = self.rt if entry["group"] is None else getattr(self.rt, entry["group"])
            method = getattr(owner, entry["method"])
            self.assertEqual(method.__doc__, entry["summary"])


class Errors(Case):
    def test_the_class_hierarchy(self) -> None:
        bases = {
            clawpowers.InvalidRequestError: (),
            clawpowers.UnknownOperationError: (),
            clawpowers.NotFoundError: (LookupError,),
            clawpowers.InvalidInputError: (ValueError,),
            clawpowers.InvalidConfigError: (ValueError,),
            clawpowers.StorageError: (),
            clawpowers.IoError: (),
            clawpowers.ClosedError: (),
            clawpowers.UnsupportedPlatformError: (),
            clawpowers.InternalError: (),
        }
        for kind, others in bases.items():
            for base in (clawpowers.Error, *others):
                self.assertTrue(issubclass(kind, base), (kind, base))
        self.assertEqual({kind.__name__ for kind in bases} | {"Error"}, {n for n in clawpowers.__all__ if n.endswith("Error")})

    def test_each_class_is_raised(self) -> None:
        with self.assertRaises(LookupError) as missing:
            self.rt.store.get("a")
        error = missing.exception
        assert isinstance(error, clawpowers.NotFoundError)
        self.assertEqual((error.code, error.message), ("not_found", "key not found: a"))
        self.assertEqual(str(error), f"key not found: a\nhint: {error.hint}")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.args, str(again)), (type(error), error.args, str(error)))

        with self.assertRaises(ValueError) as invalid:
            self.rt.store.set("a\nb", "1")
        self.assertIsInstance(invalid.exception, clawpowers.InvalidInputError)

        with self.assertRaises(clawpowers.UnknownOperationError) as unknown:
            self.rt.call("no_such_operation")
        self.assertIn("store_get", unknown.exception.details["operations"])

        self.rt.store.set("a", "1")
        self.rt.close()
        database = next(self.home.rglob("*.db"))
        database.write_bytes(b"not a database" * 100)
        with self.assertRaises(clawpowers.StorageError) as storage:
            self.open().store.get("a")
        self.assertEqual(storage.exception.details["kind"], "corrupt")

        (self.home / "config.json").write_text("{", encoding="utf-8")
        with self.assertRaises(clawpowers.InvalidConfigError):
            self.open().config.list()
        with self.assertRaises(clawpowers.IoError):
            self.open().store.import_lines(path=self.folder / "missing")


class _PathLike:
    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return self.path
