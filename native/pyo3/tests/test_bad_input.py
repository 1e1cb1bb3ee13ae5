"""Arguments that are wrong: always an error with a code, never the end of the process."""

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
    def refused(self, call: Any, words: str = "", kind: type[clawpowers.Error] = clawpowers.InvalidRequestError) -> None:
        with self.assertRaises(kind) as caught:
            call()
        self.assertIn(words, caught.exception.message)
        self.assertIsNotNone(caught.exception.hint)

    def test_wrong_types(self) -> None:
        rt: Any = self.rt
        for key in (1, None, True, 1.5, [], {}, ["a"], {"a": 1}):
            self.refused(lambda key=key: rt.store.get(key), "the request is not valid: invalid type")
        self.refused(lambda: rt.feedback.detect("success"), "invalid type")
        self.refused(lambda: rt.feedback.detect([1]), "invalid type")
        self.refused(lambda: rt.metrics.record(skill="a", outcome=True), "invalid type")
        self.refused(lambda: rt.metrics.show(limit=-1))
        for value in ({1}, object(), lambda: 1, 1j, Fraction(1, 3), iter([]), clawpowers, print, type, BaseException()):
            self.refused(lambda value=value: rt.store.set("a", value), "a value of the type `")
            self.refused(lambda value=value: rt.feedback.detect([value]), "a value of the type `")
            self.refused(lambda value=value: rt.call("store_set", {"key": "a", "value": value}), "a value of the type `")
        self.refused(lambda: rt.store.get(b"a"), "`bytes`")
        self.refused(lambda: rt.call(b"store_get", {}), "the name of the operation is not a string")
        released = memoryview(b"a")
        released.release()
        self.refused(lambda: rt.store.set("a", released), "bytes that cannot be read")

    def test_what_is_text_after_all(self) -> None:
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
        self.refused(lambda: rt.call("store_get"), "missing field `key`")
        self.refused(lambda: rt.call("store_get", {"key": "a", "kye": 1}), "unknown field `kye`")
        for request in ([], ["a"], "a", 1, True, (), ""):
            self.refused(lambda request=request: rt.call("store_get", request), "it is not an object")
        for key in (1, None, True, b"a", ("a",)):
            self.refused(lambda key=key: rt.call("store_get", {key: "a"}), "a key of the type `")
            self.refused(lambda key=key: rt.config.set("a", {"b": [{key: 1}]}), "a key of the type `")

    def test_lone_surrogates(self) -> None:
        for text in ("\ud800", "a\udfffb", "\ud83dx", os.fsdecode(b"\xff")):
            self.refused(lambda text=text: self.rt.store.get(text), "the request is not valid")
            self.refused(lambda text=text: clawpowers.parse_skill(text), "the request is not valid")
            self.refused(lambda text=text: clawpowers.open(text), "the request is not valid")
            self.refused(lambda text=text: self.rt.call("store_get", {text: "a"}), "the request is not valid")
            self.refused(lambda text=text: self.rt.call(text), "there is no operation", clawpowers.UnknownOperationError)
            # The class in Rust takes any text as it is.
            core = Core("{}")
            self.assertIn('"code":"unknown_operation"', core.call(text, text))
            for request in (text, f'{{"key": "{text}"}}', f'{{"{text}": 1}}'):
                self.assertIn('"code":"invalid_request"', core.call("store_get", request))
            with self.assertRaises(ValueError) as caught:
                Core(f'{{"home": "{text}"}}')
            self.assertIn('"code":"invalid_request"', str(caught.exception))
        path = Path(os.fsdecode(b"/tmp/\xff"))
        self.refused(lambda: clawpowers.open(path), r"the path `/tmp/\udcff` is not UTF-8")
        self.refused(lambda: clawpowers.open(str(path)), "unpaired surrogate at line 1 column ")
        # Two halves that are beside each other are a whole.
        self.rt.store.set("a", "\ud83d\ude00")
        self.assertEqual(self.rt.store.get("a"), "\U0001f600")

    def test_numbers(self) -> None:
        for number in (float("nan"), float("inf"), float("-inf")):
            self.refused(lambda number=number: self.rt.store.incr("n", number), "a number that is not finite")
            self.refused(lambda number=number: self.rt.call("store_incr", {"key": "n", "by": number}), "not finite")
        for huge in (10**400, -(10**400), 10**5000, 1 << 5_000_000):
            self.refused(lambda huge=huge: self.rt.store.incr("n", huge), "number out of range")
            self.refused(lambda huge=huge: self.rt.metrics.show(limit=huge), "number out of range")
        for number in (2**63, 2**60, 2**53, 1.5, 1e300):
            with self.assertRaises((clawpowers.InvalidRequestError, clawpowers.InvalidInputError)):
                self.rt.metrics.record(skill="a", outcome="success", duration=number * 10**9)
        self.assertEqual(self.rt.metrics.show(), [])

    def test_what_holds_itself_or_is_too_deep(self) -> None:
        circle: list[Any] = []
        circle.append(circle)
        ring: dict[str, Any] = {}
        ring["ring"] = ring
        deep: Any = 1
        for _ in range(100_000):
            deep = [deep]
        for value in (circle, ring, deep):
            self.refused(lambda value=value: self.rt.config.set("a", value), "nested too deeply")
            self.refused(lambda value=value: self.rt.call("config_set", value), "nested too deeply")
        less: Any = 1
        for _ in range(150):
            less = [less]
        self.refused(lambda: self.rt.config.set("a", less), "recursion limit exceeded")

    def test_what_fails_inside_stays_what_it_is(self) -> None:
        class Path:
            def __fspath__(self) -> str:
                raise KeyError("mine")

        with self.assertRaisesRegex(KeyError, "mine"):
            self.rt.skills.validate([Path()])

    def test_a_hundred_megabytes(self) -> None:
        huge = "x" * 100_000_000
        self.refused(lambda: self.rt.store.set("a", huge), "", clawpowers.InvalidInputError)
        self.refused(lambda: self.rt.store.set("a", huge.encode()), "", clawpowers.InvalidInputError)
        self.refused(lambda: self.rt.store.get(huge), "", clawpowers.InvalidInputError)
        self.refused(lambda: self.rt.call(huge), "", clawpowers.UnknownOperationError)
        self.assertIsNone(clawpowers.parse_skill(huge)["skill"])

    def test_options(self) -> None:
        opening: Any = clawpowers.open
        wrong: tuple[Any, ...] = (1, True, [], {"a": 1}, 1.5)
        for bad in wrong:
            self.refused(lambda bad=bad: opening(bad), "the request is not valid")
        with self.assertRaises(TypeError):
            opening(self.home, hom="b")
        self.refused(lambda: opening(cwd=object()), "a value of the type `object`")

    def test_a_panic_inside_is_an_error(self) -> None:
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
