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

function refuses(code, work) {
  assert.throws(work, (error) => error instanceof ClawpowersError && error.code === code);
}

test("the surface is that of Node's package, and three more", () => {
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

test("in Node there is nothing to wait for", async () => {
  assert.equal(parseSkill(documents[0].text).skill.name, "a");
  assert.equal(detect(["success"]).rate.total, 1);
  assert.equal(await init(), undefined);
});

test("documents stand for files", async () => {
  const rt = open({ documents });
  const names = ({ skills }) => skills.map(({ name }) => name);
  assert.ok(names(rt.skills.list()).includes("a"));
  assert.ok(names(await rt.skills.listAsync()).includes("a"));
  rt.setDocuments([]);
  assert.ok(!names(rt.skills.list()).includes("a"));
  refuses("invalid_request", () => rt.setDocuments("a"));
  refuses("invalid_request", () => rt.setDocuments([{ path: 1 }]));
  refuses("invalid_request", () => rt.setDocuments([{ path: "a", text: "\ud800" }]));
  refuses("invalid_request", () => open({ home: "a" }));
  refuses("unsupported_platform", () => rt.init());
});

test("a database goes out and comes back", () => {
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
  refuses("storage", () => rt.importDatabase(Uint8Array.of(1, 2, 3)));
  const gone = new Uint8Array(8);
  structuredClone(gone, { transfer: [gone.buffer] });
  refuses("invalid_request", () => rt.importDatabase(gone));
  for (const given of [undefined, null, "text", [1], 7]) refuses("invalid_request", () => rt.importDatabase(given));
  assert.deepEqual(rt.store.list(), ["a", "n"]);
});

test("bad input", () => {
  const rt = open();
  const cycle = {};
  cycle.cycle = cycle;
  for (const value of [NaN, Infinity, 1, {}, cycle, Symbol("s"), () => {}, new Map(), "\ud800"]) {
    refuses("invalid_request", () => rt.store.set("a", value));
  }
  refuses("invalid_input", () => rt.store.set("a", "x".repeat(100 << 20)));
  assert.deepEqual(rt.store.list(), []);
});

test("a closed runtime stays closed, and others go on", () => {
  const [rt, other] = [open(), open()];
  other.store.set("a", "1");
  rt.close();
  rt.close();
  for (const work of [() => rt.status(), () => rt.exportDatabase(), () => rt.importDatabase(new Uint8Array()), () => rt.setDocuments([])]) {
    refuses("closed", work);
  }
  assert.equal(other.store.get("a"), "1");
});

test("a call that finds no room on the stack finishes its runtime and no other", () => {
  // What is loaded already gives its exports.
  const { __stack_pointer: stack } = initSync();
  const top = stack.value;
  const [rt, other] = [open({ documents }), open()];
  const down = () => {
    try {
      rt.skills.list();
    } catch {
      // The deeper, the less there is.
    }
    down();
  };
  assert.throws(down, RangeError);
  refuses("closed", () => rt.status());
  assert.equal(stack.value, top);
  assert.equal(other.store.incr("n"), 1);
});

test("a lasting database needs a worker of a browser", async () => {
  await assert.rejects(openPersistent({ name: "a" }), ClawpowersError);
  await assert.rejects(openPersistent(), { code: "invalid_request" });
  await assert.rejects(openPersistent({ name: "a", home: "b" }), { code: "invalid_request" });
});

// There in a build with CLAWPOWERS_FEATURES=test-panic alone.
const known = (() => {
  try {
    open().call("test_panic");
  } catch (error) {
    return error.code !== "unknown_operation";
  }
  return true;
})();

test("a panic finishes its runtime and no other", { skip: !known }, () => {
  const other = open();
  for (let time = 0; time < 2000; time += 1) {
    const rt = open();
    refuses("internal", () => rt.call("test_panic"));
    refuses("closed", () => rt.status());
    assert.equal(other.store.incr("n"), time + 1);
  }
});
