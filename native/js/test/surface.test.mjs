// What the surface does with a binding, whatever the binding is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../base64.js";
import { Door } from "../door.js";
import { encode } from "../encode.js";
import { Runtime, functions, openWith } from "../runtime.js";
import { toCommonJs } from "../stage.mjs";

const ok = (value) => JSON.stringify({ ok: value });
const runtime = (core, fatal) => new Runtime(new Door({ close() {}, ...core }, fatal));

test("a trap finishes its runtime", () => {
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

test("a call that ended unseen is seen to before the next one", () => {
  for (const broken of [true, false]) {
    const seen = [];
    const fatal = (error) => {
      seen.push(error);
      if (seen.length === 1) throw new RangeError("no room for this either");
      return broken;
    };
    let fails = true;
    const call = () => {
      if (fails) throw new RangeError("no room");
      return ok({ keys: 1 });
    };
    const rt = runtime({ call }, fatal);
    assert.throws(() => rt.status(), { message: "no room for this either" });
    fails = false;
    if (broken) assert.throws(() => rt.status(), { code: "closed" });
    else assert.deepEqual(rt.status(), { keys: 1 });
    assert.equal(seen.length, 2);
    assert.equal(seen[1], undefined);
  }
});

test("another error leaves its runtime as it is", async () => {
  let fails = true;
  const call = () => {
    if (fails) throw new Error("no room");
    return ok({ keys: 1 });
  };
  const rt = runtime({ call, callAsync: async () => call() });
  assert.throws(() => rt.status(), { code: "internal", message: /no room/ });
  await assert.rejects(rt.doctorAsync(), { code: "internal" });
  fails = false;
  assert.deepEqual(rt.status(), { keys: 1 });
  assert.deepEqual(await rt.doctorAsync(), { keys: 1 });
});

test("a binding without threads has promises all the same", async () => {
  const rt = runtime({ call: (operation) => ok({ operation }) });
  assert.deepEqual(await rt.callAsync("status"), { operation: "status" });
});

test("a reply that is none is a fault", () => {
  for (const text of ["{}", '{"error":{}}', '{"error":null}']) {
    assert.throws(() => runtime({ call: () => text }).status(), { code: "internal" });
  }
});

test("a binding that refuses its options says why", () => {
  const error = { code: "invalid_request", message: "no", hint: "why", details: { at: 1 } };
  const refuse = () => {
    throw new Error(JSON.stringify({ error }));
  };
  assert.throws(() => openWith(refuse, {}), error);
  const failed = new Error("x");
  const fail = () => {
    throw failed;
  };
  assert.throws(() => openWith(fail, {}), { code: "internal", cause: failed });
  // A trap is one there as well.
  const seen = [];
  assert.throws(() => openWith(fail, {}, (error) => seen.push(error) > 0), { code: "internal" });
  assert.deepEqual(seen, [failed]);
});

test("a runtime is closed once, and what it held is let go", () => {
  const seen = [];
  const rt = runtime({ close: () => seen.push("close"), free: () => seen.push("free") });
  rt.close();
  rt.close();
  assert.deepEqual(seen, ["close", "free"]);
});

test("functions share one runtime", () => {
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

test("requests are written as JSON.stringify would where it does right", () => {
  const cases = [{}, { a: "é\u0000\ud83d\ude00" }, { a: "\ud800" }, { a: 1, b: -0.5, c: 1e-7, d: true }, { a: [1, "x", null, { b: [] }] }, { a: undefined, b: null }];
  for (const request of cases) assert.equal(encode(request), JSON.stringify(request));
  assert.equal(encode({ "\ud800": [1] }), '{"\\ud800":[1]}');
  assert.equal(encode({ a: 2n ** 70n, b: [-1n] }), '{"a":1180591620717411303424,"b":[-1]}');
  assert.equal(encode({ a: 2 ** 60, b: 1e21 }), '{"a":1152921504606846976,"b":1000000000000000000000}');
  assert.equal(encode({ at: new Date(0), v: Uint8Array.of(255) }), '{"at":"1970-01-01T00:00:00.000Z","v_base64":"/w=="}');
});

test("base64 with and without Node's own", () => {
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

test("a form that CommonJS is not made of is refused", () => {
  assert.match(toCommonJs('import { a } from "./b.js";\nexport const c = a;\n', "x"), /require\("\.\/b\.cjs"\)[^]*module\.exports = \{ c \};/);
  for (const source of ['import a from "./b.js";', 'export * from "./b.js";', "export default 1;", "import.meta.url;"]) {
    assert.throws(() => toCommonJs(`${source}\n`, "x"), /does not know/);
  }
});
