// Tests `native/js` with fake bindings.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../base64.js";
import { Connection } from "../connection.js";
import { encode } from "../encode.js";
import { Runtime, functions, openWith } from "../runtime.js";
import { toCommonJs } from "../stage.mjs";

const ok = (value) => JSON.stringify({ ok: value });
const runtime = (core, fatal) => new Runtime(new Connection({ close() {}, ...core }, fatal));

test("a trap closes its runtime", () => {
  let traps = true;
  const trap = new WebAssembly.RuntimeError("unreachable");
  const rt = runtime(
    {
      call() {
        if (traps) throw trap;
        return ok({});
      },
    },
    (error) => error instanceof WebAssembly.RuntimeError,
  );
  assert.throws(() => rt.status(), (error) => error.code === "internal" && error.cause === trap);
  traps = false;
  assert.throws(() => rt.status(), { code: "closed" });
  rt.close();
});

test("an unhandled failure is handled before the next call", () => {
  for (const broken of [true, false]) {
    const seen = [];
    const fatal = (error) => {
      seen.push(error);
      if (seen.length === 1) throw new RangeError("still no stack");
      return broken;
    };
    let fails = true;
    const call = () => {
      if (fails) throw new RangeError("no stack");
      return ok({ keys: 1 });
    };
    const rt = runtime({ call }, fatal);
    assert.throws(() => rt.status(), { message: "still no stack" });
    fails = false;
    if (broken) assert.throws(() => rt.status(), { code: "closed" });
    else assert.deepEqual(rt.status(), { keys: 1 });
    assert.equal(seen.length, 2);
    assert.equal(seen[1], undefined);
  }
});

test("a runtime stays usable after other errors", async () => {
  let fails = true;
  const call = () => {
    if (fails) throw new Error("no memory");
    return ok({ keys: 1 });
  };
  const rt = runtime({ call, callAsync: async () => call() });
  assert.throws(() => rt.status(), { code: "internal", message: /no memory/ });
  await assert.rejects(rt.doctorAsync(), { code: "internal" });
  fails = false;
  assert.deepEqual(rt.status(), { keys: 1 });
  assert.deepEqual(await rt.doctorAsync(), { keys: 1 });
});

test("asynchronous methods work in a binding without threads", async () => {
  const rt = runtime({ call: (operation) => ok({ operation }) });
  assert.deepEqual(await rt.callAsync("status"), { operation: "status" });
});

test("a malformed reply is an internal error", () => {
  for (const text of ["{}", '{"error":{}}', '{"error":null}']) {
    assert.throws(() => runtime({ call: () => text }).status(), { code: "internal" });
  }
});

test("errors of opening a runtime are passed on", () => {
  const error = { code: "invalid_request", message: "no", hint: "why", details: { at: 1 } };
  const reject = () => {
    throw new Error(JSON.stringify({ error }));
  };
  assert.throws(() => openWith(reject, {}), error);
  const failed = new Error("x");
  const fail = () => {
    throw failed;
  };
  assert.throws(() => openWith(fail, {}), { code: "internal", cause: failed });
  // A trap while opening is passed to `fatal`, too.
  const seen = [];
  assert.throws(() => openWith(fail, {}, (error) => seen.push(error) > 0), { code: "internal" });
  assert.deepEqual(seen, [failed]);
});

test("closing a runtime twice closes and frees its core once", () => {
  const seen = [];
  const rt = runtime({ close: () => seen.push("close"), free: () => seen.push("free") });
  rt.close();
  rt.close();
  assert.deepEqual(seen, ["close", "free"]);
});

test("`parseSkill` and `detect` share one runtime", () => {
  let opened = 0;
  const { detect, parseSkill } = functions(() => {
    opened += 1;
    return runtime({ call: (operation, request) => ok({ operation, request }) });
  });
  assert.equal(opened, 0);
  assert.equal(detect(["a"]).operation, "feedback_detect");
  assert.equal(parseSkill("t", { folder: "f" }).request, '{"folder":"f","text":"t"}');
  assert.equal(opened, 1);
});

test("simple requests are encoded as by JSON.stringify", () => {
  const cases = [{}, { a: "é\u0000\ud83d\ude00" }, { a: "\ud800" }, { a: 1, b: -0.5, c: 1e-7, d: true }, { a: [1, "x", null, { b: [] }] }, { a: undefined, b: null }];
  for (const request of cases) assert.equal(encode(request), JSON.stringify(request));
  assert.equal(encode({ "\ud800": [1] }), '{"\\ud800":[1]}');
  assert.equal(encode({ a: 2n ** 70n, b: [-1n] }), '{"a":1180591620717411303424,"b":[-1]}');
  assert.equal(encode({ a: 2 ** 60, b: 1e21 }), '{"a":1152921504606846976,"b":1000000000000000000000}');
  assert.equal(encode({ at: new Date(0), v: Uint8Array.of(255) }), '{"at":"1970-01-01T00:00:00.000Z","v_base64":"/w=="}');
});

test("base64 with and without `Buffer`", () => {
  const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => (at * 31) % 256);
  const text = toBase64(bytes);
  const { Buffer } = globalThis;
  try {
    globalThis.Buffer = undefined;
    assert.equal(toBase64(bytes), text);
    assert.deepEqual(fromBase64(text), bytes);
  } finally {
    globalThis.Buffer = Buffer;
  }
  assert.deepEqual(fromBase64(text), bytes);
});

test("unsupported module syntax is rejected", () => {
  assert.match(toCommonJs('import { a } from "./b.js";\nexport const c = a;\n', "x"), /require\("\.\/b\.cjs"\)[^]*module\.exports = \{ c \};/);
  for (const source of ['import a from "./b.js";', 'export * from "./b.js";', "export default 1;", "import.meta.url;"]) {
    assert.throws(() => toCommonJs(`${source}\n`, "x"), /is not supported/);
  }
});
