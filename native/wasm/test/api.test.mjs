import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as clawpowers from "clawpowers-wasm";
import { ClawpowersError, Runtime, detect, init, open, openPersistent, parseSkill, version } from "clawpowers-wasm";
import { initSync } from "../pkg/clawpowers.js";

const require = createRequire(import.meta.url);
const table = JSON.parse(readFileSync(new URL("../../../schemas/operations.json", import.meta.url), "utf8"));
const documents = [{ path: "skills/a/SKILL.md", text: "---\nname: a\ndescription: Does a.\n---\nText.\n" }];

function assertFails(code, work) {
  assert.throws(work, (error) => error instanceof ClawpowersError && error.code === code);
}

test("the package exports the API of the Node package, `init` and `openPersistent`", () => {
  const names = ["ClawpowersError", "Runtime", "detect", "init", "open", "openPersistent", "parseSkill", "version"];
  assert.deepEqual(Object.keys(clawpowers).sort(), names);
  assert.equal(version, table.version);
  assert.equal(version, require("clawpowers-wasm/package.json").version);
  const rt = open();
  assert.ok(rt instanceof Runtime);
  for (const { name, group, method } of table.operations) {
    const on = group === null || group === "runtime" ? rt : rt[group];
    assert.equal(typeof on[method.replace(/_(.)/g, (_, letter) => letter.toUpperCase())], "function", name);
  }
});

test("in Node, everything works without `init`", async () => {
  assert.equal(parseSkill(documents[0].text).skill.name, "a");
  assert.equal(detect(["success"]).rate.total, 1);
  assert.equal(await init(), undefined);
});

test("documents are read like files", async () => {
  const rt = open({ documents });
  const names = ({ skills }) => skills.map(({ name }) => name);
  assert.ok(names(rt.skills.list()).includes("a"));
  assert.ok(names(await rt.skills.listAsync()).includes("a"));
  rt.setDocuments([]);
  assert.ok(!names(rt.skills.list()).includes("a"));
  assertFails("invalid_request", () => rt.setDocuments("a"));
  assertFails("invalid_request", () => rt.setDocuments([{ path: 1 }]));
  assertFails("invalid_request", () => rt.setDocuments([{ path: "a", text: "\ud800" }]));
  assertFails("invalid_request", () => open({ home: "a" }));
  assertFails("unsupported_platform", () => rt.init());
});

test("a database can be exported and imported", () => {
  const rt = open();
  rt.store.set("a", Uint8Array.of(0, 255));
  assert.equal(rt.store.incr("n", 2 ** 40), 2 ** 40);
  const bytes = rt.exportDatabase();
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 15)), "SQLite format 3");
  for (const given of [bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)]) {
    const other = open();
    other.store.set("b", "");
    other.importDatabase(given);
    assert.deepEqual(other.store.list(), ["a", "n"]);
    assert.deepEqual(other.store.get("a"), Uint8Array.of(0, 255));
  }
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  rt.importDatabase(shared);
  assertFails("storage", () => rt.importDatabase(Uint8Array.of(1, 2, 3)));
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  assertFails("invalid_request", () => rt.importDatabase(detached));
  for (const given of [undefined, null, "text", [1], 7]) assertFails("invalid_request", () => rt.importDatabase(given));
  assert.deepEqual(rt.store.list(), ["a", "n"]);
});

test("bad input", () => {
  const rt = open();
  const cycle = {};
  cycle.cycle = cycle;
  for (const value of [NaN, Infinity, 1, {}, cycle, Symbol("s"), () => {}, new Map(), "\ud800"]) {
    assertFails("invalid_request", () => rt.store.set("a", value));
  }
  assertFails("invalid_input", () => rt.store.set("a", "x".repeat(100 << 20)));
  assert.deepEqual(rt.store.list(), []);
});

test("a closed runtime stays closed, and others keep working", () => {
  const [rt, other] = [open(), open()];
  other.store.set("a", "1");
  rt.close();
  rt.close();
  for (const work of [() => rt.status(), () => rt.exportDatabase(), () => rt.importDatabase(new Uint8Array()), () => rt.setDocuments([])]) {
    assertFails("closed", work);
  }
  assert.equal(other.store.get("a"), "1");
});

test("a stack overflow closes only its own runtime", () => {
  // The module is already loaded, so this returns its exports.
  const { __stack_pointer: stack } = initSync();
  const start = stack.value;
  const [rt, other] = [open({ documents }), open()];
  const recurse = () => {
    try {
      rt.skills.list();
    } catch {
      // Go on until the stack is used up.
    }
    recurse();
  };
  assert.throws(recurse, RangeError);
  assertFails("closed", () => rt.status());
  assert.equal(stack.value, start);
  assert.equal(other.store.incr("n"), 1);
});

test("a persistent database needs a Dedicated Worker", async () => {
  await assert.rejects(openPersistent({ name: "a" }), ClawpowersError);
  await assert.rejects(openPersistent(), { code: "invalid_request" });
  await assert.rejects(openPersistent({ name: "a", home: "b" }), { code: "invalid_request" });
});

// The operation exists only in a build with CLAWPOWERS_FEATURES=test-panic.
const available = (() => {
  try {
    open().call("test_panic");
  } catch (error) {
    return error.code !== "unknown_operation";
  }
  return true;
})();

test("a panic closes only its own runtime", { skip: !available }, () => {
  const other = open();
  for (let time = 0; time < 2000; time += 1) {
    const rt = open();
    assertFails("internal", () => rt.call("test_panic"));
    assertFails("closed", () => rt.status());
    assert.equal(other.store.incr("n"), time + 1);
  }
});
