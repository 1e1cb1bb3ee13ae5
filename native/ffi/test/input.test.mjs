import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { open } from "clawpowers";
import { openFresh, assertFails, assertRejects } from "./support.mjs";

const NOT_FINITE = "the request is not valid: numbers must be finite";

test("wrong, missing and unknown fields", () => {
  const rt = openFresh();
  assertFails("invalid_request", () => rt.store.get());
  assertFails("invalid_request", () => rt.store.get(null));
  assertFails("invalid_request", () => rt.store.get(1));
  assertFails("invalid_request", () => rt.store.get({}));
  assertFails("invalid_request", () => rt.store.get("a", { defualt: "" }));
  assertFails("invalid_request", () => rt.store.list("a", { more: 1 }));
  assertFails("invalid_request", () => rt.store.get("a", { key: "b" }), "the request is not valid: `key` is given twice");
  assertFails("invalid_request", () => rt.store.set("a", 1));
  assertFails("invalid_request", () => rt.skills.validate("a"));
  assertFails("invalid_request", () => rt.metrics.record());
  for (const options of ["default", 1, null, true, [], new Map(), () => {}]) {
    assertFails("invalid_request", () => rt.store.get("a", options));
  }
  for (const request of [null, 1, "{}", [], new Date(0), Uint8Array.of(1), Symbol("s")]) {
    assertFails("invalid_request", () => rt.call("status", request));
  }
  for (const operation of [undefined, null, 1, {}, Symbol("s")]) {
    assertFails("invalid_request", () => rt.call(operation, {}));
  }
  assertFails("unknown_operation", () => rt.call("", {}));
  assertFails("unknown_operation", () => rt.call("\ud800", {}));
});

test("options of a runtime", () => {
  for (const options of [null, "home", 1, [], { hom: "a" }, { home: 1 }, { home: "\ud800" }, { home: () => {} }]) {
    assertFails("invalid_request", () => open(options));
  }
  open({ home: undefined, cwd: null }).close();
});

test("numbers that JSON cannot represent", () => {
  const { metrics, store } = openFresh();
  for (const number of [NaN, Infinity, -Infinity]) {
    assertFails("invalid_request", () => store.incr("a", number), NOT_FINITE);
    assertFails("invalid_request", () => metrics.record({ skill: "a", outcome: "success", duration: number }), NOT_FINITE);
  }
});

test("large numbers keep their digits", () => {
  const { config, store, metrics } = openFresh();
  const outcome = (work) => {
    try {
      return String(work());
    } catch (error) {
      assert.match(error.code, /^invalid_(request|input)$/);
      return `${error.code}: ${error.message.replace(/ at line .*/, "")}`;
    }
  };
  // A number and a `bigint` of the same value give the same result; the operation decides whether it is in range.
  for (const number of [2 ** 53, -(2 ** 60), 2 ** 60, 2 ** 64, 2 ** 70, 1e300]) {
    const one = outcome(() => store.incr(`n${number}`, number));
    const other = outcome(() => store.incr(`b${number}`, BigInt(number)));
    assert.equal(one, other);
  }
  assert.equal(store.incr("a", String(2n ** 60n)), 2n ** 60n);
  assert.equal(store.incr("a", `-${2n ** 60n - 1n}`), 1);
  assert.equal(store.incr("a", 1n), 2);
  assert.equal(store.incr("a", -0), 2);
  assert.equal(store.incr("a", Number.MAX_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER) + 2n);
  assertFails("invalid_input", () => store.incr("a", String(2n ** 64n)));
  assertFails("invalid_input", () => store.incr("a", String(2n ** 63n - 1n)));
  assertFails("invalid_input", () => store.incr("a", 1.5));
  assertFails("invalid_request", () => metrics.show({ limit: 2n ** 70n }));
  assertFails("invalid_request", () => metrics.show({ limit: -1 }));
  assert.match(outcome(() => metrics.record({ skill: "a", outcome: "success", tokens_in: 2n ** 60n })), /^invalid/);
  assert.match(outcome(() => metrics.record({ skill: "a", outcome: "success", duration: Number.MAX_VALUE })), /^invalid/);
  config.set("profiles.dev.a", { b: [1.5, -0, 1e-7, 123456789012] });
  assert.deepEqual(config.get("profiles.dev.a"), { b: [1.5, 0, 1e-7, 123456789012] });
});

test("strings with lone surrogates", () => {
  const { store } = openFresh();
  assertFails("invalid_request", () => store.set("a", "\ud800"));
  assertFails("invalid_request", () => store.set("\udc00", "a"));
  assertFails("invalid_request", () => store.get("a", { default: "x\ud800y" }));
  assertFails("invalid_request", () => store.get("a", { "\ud800": 1 }));
  assert.deepEqual(store.list(), []);
});

test("bytes and times in the wrong place", () => {
  const rt = openFresh();
  assertFails("invalid_request", () => rt.store.get(Uint8Array.of(97)));
  assertFails("invalid_request", () => rt.skills.validate([Uint8Array.of(97)]));
  assertFails("invalid_request", () => rt.metrics.summary({ since: new Date(NaN) }));
  assertFails("invalid_input", () => rt.metrics.summary({ since: "yesterday" }));
});

test("buffers that cannot be read", () => {
  const { config, store } = openFresh();
  const buffer = new ArrayBuffer(8);
  const views = [new Uint8Array(buffer), new DataView(buffer)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const value of [buffer, ...views]) {
    assertFails("invalid_request", () => store.set("a", value), "the request is not valid: the buffer is detached");
  }
  // In base64, these bytes are longer than a string can be.
  assertFails("invalid_request", () => store.set("a", new Uint8Array(400 << 20)), "the request is not valid: it is too large");
  // An object that only claims to be a buffer or a date, by its tag.
  for (const tag of ["ArrayBuffer", "SharedArrayBuffer", "Date"]) {
    const value = new (class Tagged {
      get [Symbol.toStringTag]() {
        return tag;
      }
    })();
    const message = "the request is not valid: objects of the class `Tagged` are not supported";
    assertFails("invalid_request", () => store.set("a", value), message);
    assertFails("invalid_request", () => config.set("profiles.dev.a", value), message);
  }
  assert.deepEqual(store.list(), []);
  // Buffers of another realm and shared buffers are accepted.
  for (const value of [runInNewContext("new ArrayBuffer(2)"), runInNewContext("new Uint8Array(2)"), new SharedArrayBuffer(2)]) {
    store.set("a", value);
    assert.equal(store.get("a"), "\0\0");
  }
  config.set("profiles.dev.a", runInNewContext("new Date(0)"));
  assert.equal(config.get("profiles.dev.a"), "1970-01-01T00:00:00.000Z");
});

test("values that JSON cannot represent", () => {
  const { config } = openFresh();
  const cases = [() => {}, Symbol("s"), new Set(), new Map(), /a/, new (class A {})(), [undefined], new String("a"), Promise.resolve()];
  for (const value of cases) {
    assertFails("invalid_request", () => config.set("profiles.dev.a", value));
    assertFails("invalid_request", () => config.set("profiles.dev.a", { b: [value] }));
  }
  // An object without a prototype and an object of another realm are plain objects, too.
  const plain = Object.assign(Object.create(null), { b: [1, null, undefined ?? true] });
  for (const value of [plain, runInNewContext("({ b: [1, null, true] })")]) {
    assert.doesNotThrow(() => config.set("profiles.dev.a", value));
    assert.deepEqual(config.get("profiles.dev.a"), { b: [1, null, true] });
  }
});

test("encoding runs no code of the request", () => {
  const { config } = openFresh();
  assertFails("invalid_request", () => config.set("profiles.dev.a", { toJSON: () => 1 }));
  config.set("profiles.dev.a", JSON.parse('{"__proto__": 1, "constructor": 2}'));
  assert.deepEqual(Object.keys(config.get("profiles.dev.a")), ["__proto__", "constructor"]);
});

test("cycles and deep nesting", () => {
  const { config } = openFresh();
  const cycle = { list: [] };
  cycle.list.push({ cycle });
  assertFails("invalid_request", () => config.set("profiles.dev.a", cycle), "the request is not valid: it contains a circular reference");
  const own = { key: "profiles.dev.a" };
  own.value = own;
  assertFails("invalid_request", () => config.set("profiles.dev.a", undefined, own));
  for (const levels of [200, 1_000_000]) {
    let deep = [];
    for (let level = 0; level < levels; level += 1) deep = [deep];
    assertFails("invalid_request", () => config.set("profiles.dev.a", deep));
    assertFails("invalid_request", () => config.set("profiles.dev.a", { deep }));
  }
  let wide = [1];
  for (let level = 0; level < 60; level += 1) wide = [wide, wide];
  assertFails("invalid_request", () => config.set("profiles.dev.a", wide), "the request is not valid: it is too large");
  // The same value twice is not a cycle.
  const twice = [1];
  assert.doesNotThrow(() => config.set("profiles.dev.a", [twice, twice]));
});

test("long strings", async () => {
  const { store, skills } = openFresh();
  const long = "x".repeat(100 << 20);
  assertFails("invalid_input", () => store.set("a", long));
  assertFails("invalid_input", () => store.set("a", new Uint8Array(100 << 20)));
  assertFails("invalid_input", () => store.set(long, "a"));
  const controls = "\u0001".repeat(100 << 20);
  assertFails("invalid_request", () => store.set("a", controls));
  const parsed = skills.parse("x".repeat(20 << 20));
  assert.equal(parsed.skill, null);
  const value = "é".repeat(8 << 20);
  store.set("a", value);
  assert.equal(store.get("a"), value);
});

test("a reply that exceeds the maximum length of a string", () => {
  const { store } = openFresh();
  // JSON escapes each of these characters with six.
  const value = new Uint8Array(16 << 20).fill(1);
  for (const key of "abcdef") store.set(key, value);
  const { message, hint } = assertFails("invalid_input", () => store.listValues());
  assert.match(message, /^the reply has \d+ bytes; a JavaScript string can have 536870888 characters$/);
  assert.match(hint, /^narrow the request/);
  assert.equal(store.list().length, 6);
});

test("asynchronous calls reject with the same codes and never throw", async () => {
  const rt = openFresh();
  const cycle = [];
  cycle.push(cycle);
  await assertRejects("invalid_request", rt.skills.listAsync({ more: 1 }));
  await assertRejects("invalid_request", rt.skills.validateAsync(cycle));
  await assertRejects("invalid_request", rt.skills.validateAsync(["a"], 1));
  await assertRejects("not_found", rt.skills.showAsync("nothing"));
  await assertRejects("invalid_request", rt.callAsync(1));
  await assertRejects("unknown_operation", rt.callAsync("nothing"));
});
