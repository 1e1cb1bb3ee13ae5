"""Invalid arguments: always an error with a code, never a crash."""

from __future__ import annotations

import os
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import clawpowers
from clawpowers._clawpowers import Core
from support import Case


class BadInput(Case):
    def assert_fails(self, call: Any, message: str = "", kind: type[clawpowers.Error] = clawpowers.InvalidRequestError) -> None:
        with self.assertRaises(kind) as caught:
            call()
        self.assertIn(message, caught.exception.message)
        self.assertIsNotNone(caught.exception.hint)

    def test_wrong_types(self) -> None:
        rt: Any = self.rt
        for key in (1, None, True, 1.5, [], {}, ["a"], {"a": 1}):
            self.assert_fails(lambda key=key: rt.store.get(key), "the request is not valid: invalid type")
        self.assert_fails(lambda: rt.feedback.detect("success"), "invalid type")
        self.assert_fails(lambda: rt.feedback.detect([1]), "invalid type")
        self.assert_fails(lambda: rt.metrics.record(skill="a", outcome=True), "invalid type")
        self.assert_fails(lambda: rt.metrics.show(limit=-1))
        for value in ({1}, object(), lambda: 1, 1j, Fraction(1, 3), iter([]), clawpowers, print, type, BaseException()):
            self.assert_fails(lambda value=value: rt.store.set("a", value), "values of the type `")
            self.assert_fails(lambda value=value: rt.feedback.detect([value]), "values of the type `")
            self.assert_fails(lambda value=value: rt.call("store_set", {"key": "a", "value": value}), "values of the type `")
        self.assert_fails(lambda: rt.store.get(b"a"), "`bytes`")
        self.assert_fails(lambda: rt.call(b"store_get", {}), "the name of the operation is not a string")
        released = memoryview(b"a")
        released.release()
        self.assert_fails(lambda: rt.store.set("a", released), "the bytes cannot be read")

    def test_subclasses_of_str_are_accepted(self) -> None:
        class Name(str):
            __slots__ = ()

        class Outcome(str, Enum):
            GOOD = "success"

        self.rt.metrics.record(skill=Name("a"), outcome=Outcome.GOOD)
        self.assertEqual(self.rt.metrics.show()[0]["outcome"], "success")

    def test_missing_and_unknown_fields(self) -> None:
        rt: Any = self.rt
        with self.assertRaises(TypeError):
            rt.store.get()
        with self.assertRaises(TypeError):
            rt.store.get("a", defualt="b")
        self.assert_fails(lambda: rt.call("store_get"), "missing field `key`")
        self.assert_fails(lambda: rt.call("store_get", {"key": "a", "kye": 1}), "unknown field `kye`")
        for request in ([], ["a"], "a", 1, True, (), ""):
            self.assert_fails(lambda request=request: rt.call("store_get", request), "it is not an object")
        for key in (1, None, True, b"a", ("a",)):
            self.assert_fails(lambda key=key: rt.call("store_get", {key: "a"}), "keys must be strings, found `")
            self.assert_fails(lambda key=key: rt.config.set("a", {"b": [{key: 1}]}), "keys must be strings, found `")

    def test_lone_surrogates(self) -> None:
        for text in ("\ud800", "a\udfffb", "\ud83dx", os.fsdecode(b"\xff")):
            self.assert_fails(lambda text=text: self.rt.store.get(text), "the request is not valid")
            self.assert_fails(lambda text=text: clawpowers.parse_skill(text), "the request is not valid")
            self.assert_fails(lambda text=text: clawpowers.open(text), "the request is not valid")
            self.assert_fails(lambda text=text: self.rt.call("store_get", {text: "a"}), "the request is not valid")
            self.assert_fails(lambda text=text: self.rt.call(text), "there is no operation", clawpowers.UnknownOperationError)
            # The class in Rust accepts any string.
            core = Core("{}")
            self.assertIn('"code":"unknown_operation"', core.call(text, text))
            for request in (text, f'{{"key": "{text}"}}', f'{{"{text}": 1}}'):
                self.assertIn('"code":"invalid_request"', core.call("store_get", request))
            with self.assertRaises(ValueError) as caught:
                Core(f'{{"home": "{text}"}}')
            self.assertIn('"code":"invalid_request"', str(caught.exception))
        path = Path(os.fsdecode(b"/tmp/\xff"))
        self.assert_fails(lambda: clawpowers.open(path), r"the path `/tmp/\udcff` is not UTF-8")
        self.assert_fails(lambda: clawpowers.open(str(path)), "unpaired surrogate at line 1 column ")
        # A surrogate pair is one character.
        self.rt.store.set("a", "\ud83d\ude00")
        self.assertEqual(self.rt.store.get("a"), "\U0001f600")

    def test_numbers(self) -> None:
        for number in (float("nan"), float("inf"), float("-inf")):
            self.assert_fails(lambda number=number: self.rt.store.incr("n", number), "numbers must be finite")
            self.assert_fails(lambda number=number: self.rt.call("store_incr", {"key": "n", "by": number}), "must be finite")
        for huge in (10**400, -(10**400), 10**5000, 1 << 5_000_000):
            self.assert_fails(lambda huge=huge: self.rt.store.incr("n", huge), "number out of range")
            self.assert_fails(lambda huge=huge: self.rt.metrics.show(limit=huge), "number out of range")
        for number in (2**63, 2**60, 2**53, 1.5, 1e300):
            with self.assertRaises((clawpowers.InvalidRequestError, clawpowers.InvalidInputError)):
                self.rt.metrics.record(skill="a", outcome="success", duration=number * 10**9)
        self.assertEqual(self.rt.metrics.show(), [])

    def test_circular_and_deeply_nested_values(self) -> None:
        circular: list[Any] = []
        circular.append(circular)
        own: dict[str, Any] = {}
        own["own"] = own
        deep: Any = 1
        for _ in range(100_000):
            deep = [deep]
        for value in (circular, own, deep):
            self.assert_fails(lambda value=value: self.rt.config.set("a", value), "nested too deeply")
            self.assert_fails(lambda value=value: self.rt.call("config_set", value), "nested too deeply")
        shallower: Any = 1
        for _ in range(150):
            shallower = [shallower]
        self.assert_fails(lambda: self.rt.config.set("a", shallower), "recursion limit exceeded")

    def test_exceptions_of_arguments_are_passed_on(self) -> None:
        class Path:
            def __fspath__(self) -> str:
                raise KeyError("mine")

        with self.assertRaisesRegex(KeyError, "mine"):
            self.rt.skills.validate([Path()])

    def test_a_hundred_megabytes(self) -> None:
        huge = "x" * 100_000_000
        self.assert_fails(lambda: self.rt.store.set("a", huge), "", clawpowers.InvalidInputError)
        self.assert_fails(lambda: self.rt.store.set("a", huge.encode()), "", clawpowers.InvalidInputError)
        self.assert_fails(lambda: self.rt.store.get(huge), "", clawpowers.InvalidInputError)
        self.assert_fails(lambda: self.rt.call(huge), "", clawpowers.UnknownOperationError)
        self.assertIsNone(clawpowers.parse_skill(huge)["skill"])

    def test_options(self) -> None:
        opening: Any = clawpowers.open
        wrong: tuple[Any, ...] = (1, True, [], {"a": 1}, 1.5)
        for bad in wrong:
            self.assert_fails(lambda bad=bad: opening(bad), "the request is not valid")
        with self.assertRaises(TypeError):
            opening(self.home, hom="b")
        self.assert_fails(lambda: opening(cwd=object()), "values of the type `object` are not supported")

    def test_a_panic_becomes_an_error(self) -> None:
        try:
            self.rt.call("test_panic")
        except clawpowers.UnknownOperationError:
            if os.environ.get("CLAWPOWERS_TEST_PANIC"):
                raise
            self.skipTest("the package was built without the feature `test-panic`")
        except clawpowers.InternalError as error:
            self.assertEqual((error.code, error.hint), ("internal", "please report it"))
        self.rt.store.set("a", "1")
        self.assertEqual(self.rt.store.get("a"), "1")
