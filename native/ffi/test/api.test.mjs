import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as clawpowers from "clawpowers";
import { ClawpowersError, Runtime, detect, open, parseSkill, version } from "clawpowers";
import { openFresh, assertFails } from "./support.mjs";

const require = createRequire(import.meta.url);
const table = JSON.parse(readFileSync(new URL("../../../schemas/operations.json", import.meta.url), "utf8"));

test("both module formats export the same objects", () => {
  const common = require("clawpowers");
  const names = ["ClawpowersError", "Runtime", "detect", "open", "parseSkill", "version"];
  assert.deepEqual(Object.keys(common).sort(), names);
  assert.deepEqual(Object.keys(clawpowers).sort(), names);
  for (const name of names) assert.equal(common[name], clawpowers[name], name);
});

test("the version matches the workspace", () => {
  assert.equal(version, require("clawpowers/package.json").version);
  assert.equal(version, table.version);
});

test("every operation has a method", () => {
  const rt = openFresh();
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  for (const { name, group, method } of table.operations) {
    const on = group === null || group === "runtime" ? rt : rt[group];
    assert.equal(typeof on[camel(method)], "function", name);
    assert.equal(typeof on[`${camel(method)}Async`], "function", name);
  }
});

test("values round-trip", () => {
  const { store } = openFresh();
  assert.deepEqual(store.set("a", "1\u0000😀"), { key: "a", bytes: 6 });
  assert.equal(store.get("a"), "1\u0000😀");
  assert.equal(store.get("none", { default: "d" }), "d");
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  for (const given of [bytes, Buffer.from(bytes), bytes.buffer, new DataView(bytes.buffer), new Int8Array(bytes.buffer)]) {
    store.set("b", given);
    assert.deepEqual(store.get("b"), bytes);
  }
  // Of a view on a part of a buffer, only that part is stored.
  store.set("b", bytes.subarray(200, 202));
  assert.deepEqual(store.get("b"), Uint8Array.of(200, 201));
  store.set("b", new Uint8Array());
  assert.equal(store.get("b"), "");
  // Bytes that are valid UTF-8 are returned as a string.
  store.set("b", new TextEncoder().encode("é"));
  assert.equal(store.get("b"), "é");
});

test("every method of the store", async () => {
  const { store } = openFresh();
  store.set("n:a", "1");
  assert.equal(store.incr("n:a"), 2);
  assert.equal(store.incr("n:a", 2 ** 40), 2 + 2 ** 40);
  assert.equal(JSON.stringify(store.incr("n:a", 0) + 1), String(3 + 2 ** 40));
  assert.equal(store.incr("n:a", String(2n ** 60n)), 2n + 2n ** 40n + 2n ** 60n);
  assert.equal(await store.incrAsync("n:b", Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  assert.equal(await store.incrAsync("n:b"), 2n ** 53n);
  assert.equal(await store.incrAsync("n:b", String(-(2n ** 54n))), -(2n ** 53n));
  assert.equal(await store.incrAsync("n:b"), Number.MIN_SAFE_INTEGER);
  store.delete("n:b");
  assert.equal(store.exists("n:a"), true);
  assert.deepEqual(store.append("t", "a"), { key: "t" });
  store.append("t", Uint8Array.of(255));
  assert.deepEqual(store.get("t"), Uint8Array.of(97, 10, 255));
  assert.deepEqual(store.list(), ["n:a", "t"]);
  assert.deepEqual(store.list("n:*"), ["n:a"]);
  const [number, text] = store.listValues();
  assert.equal(number.key, "n:a");
  assert.deepEqual(Object.keys(text).sort(), ["key", "updated_at", "value"]);
  assert.deepEqual(text.value, Uint8Array.of(97, 10, 255));
  assert.deepEqual(store.cas("t", Uint8Array.of(97, 10, 255), "b"), { key: "t", swapped: true, current: null });
  assert.deepEqual(store.cas("t", "x", "c"), { key: "t", swapped: false, current: { value: "b" } });
  assert.equal(store.cas("new", undefined, Uint8Array.of(254)).swapped, true);
  assert.deepEqual(store.cas("new", null, "").current, { value: Uint8Array.of(254) });
  const lines = store.exportLines();
  assert.equal(lines.count, 3);
  assert.equal(store.delete("t"), true);
  assert.equal(store.delete("t"), false);
  assert.deepEqual(store.importLines(lines.text, { keep: true }), { set: 1, kept: 2 });
});

test("executions, analysis, settings", () => {
  const rt = openFresh();
  const { id } = rt.metrics.record({ skill: "a", outcome: "success", duration: 1.5, tokens_in: 10n, cost: "0.1", at: new Date(0) });
  assert.equal(typeof id, "string");
  const [shown] = rt.metrics.show();
  assert.equal(shown.skill, "a");
  const started = rt.metrics.start("b", { notes: "x" });
  assert.equal(rt.metrics.finish(started.id, "failure").outcome, "failure");
  assert.equal(rt.metrics.summary({ since: new Date(0) }).skills.length, 2);
  assert.equal(rt.feedback.analyze().skills.length, 2);
  rt.config.set("rsi.tiers.t1", "auto");
  assert.equal(rt.config.get("rsi.tiers.t1"), "auto");
  assert.equal(rt.status().keys, 0);
});

test("functions that need no runtime", () => {
  const { skill } = parseSkill("---\nname: a\ndescription: Does a.\nicon_base64: AAAA\n---\nText.\n", { folder: "a" });
  assert.equal(skill.name, "a");
  // A field of the skill whose name ends in `_base64` is not decoded.
  assert.equal(skill.frontmatter.icon_base64, "AAAA");
  assert.equal(detect(["success", "failure"]).rate.total, 2);
  assertFails("invalid_input", () => detect(["good"]));
  assertFails("invalid_request", () => parseSkill());
});

test("`call` takes and returns plain JSON", async () => {
  const rt = openFresh();
  rt.call("store_set", { key: "a", value_base64: "/w==" });
  const reply = { key: "a", value: null, value_base64: "/w==", found: true };
  assert.deepEqual(rt.call("store_get", { key: "a" }), reply);
  assert.deepEqual(await rt.callAsync("store_get", { key: "a" }), reply);
  rt.call("store_set", { key: "a", value: Uint8Array.of(254) });
  assert.equal(rt.call("store_get", { key: "a" }).value_base64, "/g==");
  assert.equal(rt.call("status").keys, 1);
});

test("errors have a code, a hint and details", () => {
  const rt = openFresh();
  const missing = assertFails("not_found", () => rt.store.get("a"), "key not found: a");
  assert.match(missing.hint, /rt\.store\.list\(\)/);
  assert.equal(missing.details, undefined);
  const unknown = assertFails("unknown_operation", () => rt.call("nothing"));
  assert.ok(unknown.details.operations.includes("store_get"));
  assert.match(String(missing.stack), /api\.test\.mjs/);
  assert.equal(Object.prototype.toString.call(new ClawpowersError("m", { code: "io" })), "[object Error]");
});

test("a closed runtime stays closed", async () => {
  const rt = openFresh();
  rt.store.set("a", "1");
  rt.close();
  rt.close();
  const [code, message] = ["closed", "the runtime is closed"];
  assert.equal(assertFails(code, () => rt.store.get("a"), message).hint, "open another one");
  assertFails("closed", () => rt.status());
  assertFails("closed", () => rt.call("store_get", { key: "a" }));
  for (const promise of [rt.skills.listAsync(), rt.callAsync("status")]) {
    await assert.rejects(promise, { code: "closed" });
  }
  assert.equal(open(rt.options).store.get("a"), "1");
});

test("`Symbol.dispose` closes a runtime", () => {
  const rt = openFresh();
  rt[Symbol.dispose ?? Symbol.for("Symbol.dispose")]();
  assertFails("closed", () => rt.status());
});

test("private state is not visible", () => {
  const rt = open();
  assert.deepEqual(Object.keys(rt), ["skills", "store", "memory", "checkpoints", "metrics", "feedback", "config"]);
  assert.deepEqual(Object.keys(rt.store), []);
  assert.throws(() => new Runtime(), TypeError);
  assert.throws(() => {
    "use strict";
    rt.store = {};
  }, TypeError);
  const { get } = rt.store;
  assert.throws(() => get("a"), TypeError);
});
