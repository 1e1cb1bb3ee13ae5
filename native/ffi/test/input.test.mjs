import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { open } from "clawpowers";
import { fresh, refuses, rejects } from "./support.mjs";

const NOT_FINITE = "the request is not valid: a number that is not finite";

test("wrong, missing and unknown fields", () => {
  const rt = fresh();
  refuses("invalid_request", () => rt.store.get());
  refuses("invalid_request", () => rt.store.get(null));
  refuses("invalid_request", () => rt.store.get(1));
  refuses("invalid_request", () => rt.store.get({}));
  refuses("invalid_request", () => rt.store.get("a", { defualt: "" }));
  refuses("invalid_request", () => rt.store.list("a", { more: 1 }));
  refuses("invalid_request", () => rt.store.get("a", { key: "b" }), "the request is not valid: `key` is given twice");
  refuses("invalid_request", () => rt.store.set("a", 1));
  refuses("invalid_request", () => rt.skills.validate("a"));
  refuses("invalid_request", () => rt.metrics.record());
  for (const options of ["default", 1, null, true, [], new Map(), () => {}]) {
    refuses("invalid_request", () => rt.store.get("a", options));
  }
  for (const request of [null, 1, "{}", [], new Date(0), Uint8Array.of(1), Symbol("s")]) {
    refuses("invalid_request", () => rt.call("status", request));
  }
  for (const operation of [undefined, null, 1, {}, Symbol("s")]) {
    refuses("invalid_request", () => rt.call(operation, {}));
  }
  refuses("unknown_operation", () => rt.call("", {}));
  refuses("unknown_operation", () => rt.call("\ud800", {}));
});

test("options of a runtime", () => {
  for (const options of [null, "home", 1, [], { hom: "a" }, { home: 1 }, { home: "\ud800" }, { home: () => {} }]) {
    refuses("invalid_request", () => open(options));
  }
  open({ home: undefined, cwd: null }).close();
});

test("numbers that JSON does not have", () => {
  const { metrics, store } = fresh();
  for (const number of [NaN, Infinity, -Infinity]) {
    refuses("invalid_request", () => store.incr("a", number), NOT_FINITE);
    refuses("invalid_request", () => metrics.record({ skill: "a", outcome: "success", duration: number }), NOT_FINITE);
  }
});

test("large numbers keep their digits", () => {
  const { config, store, metrics } = fresh();
  const outcome = (work) => {
    try {
      return String(work());
    } catch (error) {
      assert.match(error.code, /^invalid_(request|input)$/);
      return `${error.code}: ${error.message.replace(/ at line .*/, "")}`;
    }
  };
  // A number says the same as a big integer of its value; which ones an operation takes is for the facade to say.
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
  refuses("invalid_input", () => store.incr("a", String(2n ** 64n)));
  refuses("invalid_input", () => store.incr("a", String(2n ** 63n - 1n)));
  refuses("invalid_input", () => store.incr("a", 1.5));
  refuses("invalid_request", () => metrics.show({ limit: 2n ** 70n }));
  refuses("invalid_request", () => metrics.show({ limit: -1 }));
  assert.match(outcome(() => metrics.record({ skill: "a", outcome: "success", tokens_in: 2n ** 60n })), /^invalid/);
  assert.match(outcome(() => metrics.record({ skill: "a", outcome: "success", duration: Number.MAX_VALUE })), /^invalid/);
  config.set("profiles.dev.a", { b: [1.5, -0, 1e-7, 123456789012] });
  assert.deepEqual(config.get("profiles.dev.a"), { b: [1.5, 0, 1e-7, 123456789012] });
});

test("texts that are not Unicode", () => {
  const { store } = fresh();
  refuses("invalid_request", () => store.set("a", "\ud800"));
  refuses("invalid_request", () => store.set("\udc00", "a"));
  refuses("invalid_request", () => store.get("a", { default: "x\ud800y" }));
  refuses("invalid_request", () => store.get("a", { "\ud800": 1 }));
  assert.deepEqual(store.list(), []);
});

test("bytes and times in the wrong place", () => {
  const rt = fresh();
  refuses("invalid_request", () => rt.store.get(Uint8Array.of(97)));
  refuses("invalid_request", () => rt.skills.validate([Uint8Array.of(97)]));
  refuses("invalid_request", () => rt.metrics.summary({ since: new Date(NaN) }));
  refuses("invalid_input", () => rt.metrics.summary({ since: "yesterday" }));
});

test("bytes that cannot be had", () => {
  const { config, store } = fresh();
  const buffer = new ArrayBuffer(8);
  const views = [new Uint8Array(buffer), new DataView(buffer)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const value of [buffer, ...views]) {
    refuses("invalid_request", () => store.set("a", value), "the request is not valid: bytes that were transferred elsewhere");
  }
  // In base64 these are longer than a string can be.
  refuses("invalid_request", () => store.set("a", new Uint8Array(400 << 20)), "the request is not valid: it is too large");
  // What calls itself a buffer or a date is none.
  for (const tag of ["ArrayBuffer", "SharedArrayBuffer", "Date"]) {
    const value = new (class Tagged {
      get [Symbol.toStringTag]() {
        return tag;
      }
    })();
    const message = "the request is not valid: an object of the class `Tagged`";
    refuses("invalid_request", () => store.set("a", value), message);
    refuses("invalid_request", () => config.set("profiles.dev.a", value), message);
  }
  assert.deepEqual(store.list(), []);
  // Those of another realm, and those that threads share, are as good as any.
  for (const value of [runInNewContext("new ArrayBuffer(2)"), runInNewContext("new Uint8Array(2)"), new SharedArrayBuffer(2)]) {
    store.set("a", value);
    assert.equal(store.get("a"), "\0\0");
  }
  config.set("profiles.dev.a", runInNewContext("new Date(0)"));
  assert.equal(config.get("profiles.dev.a"), "1970-01-01T00:00:00.000Z");
});

test("what JSON has no word for", () => {
  const { config } = fresh();
  const cases = [() => {}, Symbol("s"), new Set(), new Map(), /a/, new (class A {})(), [undefined], new String("a"), Promise.resolve()];
  for (const value of cases) {
    refuses("invalid_request", () => config.set("profiles.dev.a", value));
    refuses("invalid_request", () => config.set("profiles.dev.a", { b: [value] }));
  }
  // An object without a prototype and one of another realm are as plain as any.
  const plain = Object.assign(Object.create(null), { b: [1, null, undefined ?? true] });
  for (const value of [plain, runInNewContext("({ b: [1, null, true] })")]) {
    assert.doesNotThrow(() => config.set("profiles.dev.a", value));
    assert.deepEqual(config.get("profiles.dev.a"), { b: [1, null, true] });
  }
});

test("no code of a request runs", () => {
  const { config } = fresh();
  refuses("invalid_request", () => config.set("profiles.dev.a", { toJSON: () => 1 }));
  config.set("profiles.dev.a", JSON.parse('{"__proto__": 1, "constructor": 2}'));
  assert.deepEqual(Object.keys(config.get("profiles.dev.a")), ["__proto__", "constructor"]);
});

test("cycles and deep nesting", () => {
  const { config } = fresh();
  const cycle = { list: [] };
  cycle.list.push({ cycle });
  refuses("invalid_request", () => config.set("profiles.dev.a", cycle), "the request is not valid: a value that holds itself");
  const own = { key: "profiles.dev.a" };
  own.value = own;
  refuses("invalid_request", () => config.set("profiles.dev.a", undefined, own));
  for (const levels of [200, 1_000_000]) {
    let deep = [];
    for (let level = 0; level < levels; level += 1) deep = [deep];
    refuses("invalid_request", () => config.set("profiles.dev.a", deep));
    refuses("invalid_request", () => config.set("profiles.dev.a", { deep }));
  }
  let wide = [1];
  for (let level = 0; level < 60; level += 1) wide = [wide, wide];
  refuses("invalid_request", () => config.set("profiles.dev.a", wide), "the request is not valid: it is too large");
  // The same value twice is no cycle.
  const twice = [1];
  assert.doesNotThrow(() => config.set("profiles.dev.a", [twice, twice]));
});

test("long texts", async () => {
  const { store, skills } = fresh();
  const long = "x".repeat(100 << 20);
  refuses("invalid_input", () => store.set("a", long));
  refuses("invalid_input", () => store.set("a", new Uint8Array(100 << 20)));
  refuses("invalid_input", () => store.set(long, "a"));
  const controls = "\u0001".repeat(100 << 20);
  refuses("invalid_request", () => store.set("a", controls));
  const parsed = skills.parse("x".repeat(20 << 20));
  assert.equal(parsed.skill, null);
  const value = "é".repeat(8 << 20);
  store.set("a", value);
  assert.equal(store.get("a"), value);
});

test("a reply that is longer than a string", () => {
  const { store } = fresh();
  // In JSON each of these characters has six.
  const value = new Uint8Array(16 << 20).fill(1);
  for (const key of "abcdef") store.set(key, value);
  const { message, hint } = refuses("invalid_input", () => store.listValues());
  assert.match(message, /^the reply has \d+ bytes; a JavaScript string can have 536870888 characters$/);
  assert.match(hint, /^narrow the request/);
  assert.equal(store.list().length, 6);
});

test("asynchronous calls refuse in the same words, and never at once", async () => {
  const rt = fresh();
  const cycle = [];
  cycle.push(cycle);
  await rejects("invalid_request", rt.skills.listAsync({ more: 1 }));
  await rejects("invalid_request", rt.skills.validateAsync(cycle));
  await rejects("invalid_request", rt.skills.validateAsync(["a"], 1));
  await rejects("not_found", rt.skills.showAsync("nothing"));
  await rejects("invalid_request", rt.callAsync(1));
  await rejects("unknown_operation", rt.callAsync("nothing"));
});
