// Runs the cases in a browser, and what only a browser can do: `node tests/browser/conformance.mjs CHROMIUM`, once
// `native/wasm` is built.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { serve } from "../../examples/browser/serve.mjs";
import { withChromium } from "./chromium.mjs";

const SERVED = ["native/wasm/", "schemas/", "tests/browser/", "tests/conformance/"];
const KEYS = 200;
const EXECUTIONS = 50;

const root = new URL("../../", import.meta.url);
const program = process.argv[2] ?? "chromium";
const { address, close } = await serve(Object.fromEntries(SERVED.map((folder) => [`/${folder}`, new URL(folder, root)])));

await withChromium(program, 1800, async (browser) => {
  const page = await browser.open(`${address}/tests/browser/blank.html`);
  const inside = (name, ...given) =>
    page.evaluate(async (name, given) => (await import("/tests/browser/inside.mjs"))[name](...given), name, given);

  const names = readdirSync(new URL("tests/conformance/cases/", root)).filter((name) => name.endsWith(".json")).sort();
  const { cases, failed, failures } = await inside("cases", names);
  for (const failure of failures) console.log(failure);
  console.log(`chromium: ${cases} cases, ${failed} failed`);
  assert.ok(cases > 0 && failed === 0, "cases failed");

  await lasting(page, inside);
  assert.equal(await inside("refusal"), "unsupported_platform");

  const wrong = await inside("panics");
  if (wrong === undefined) {
    console.log("chromium: no panics, the module is built without the operation that does it");
  } else {
    assert.deepEqual(wrong, []);
    console.log("chromium: a panic ends one runtime and no more");
  }

  assert.deepEqual(page.troubles, []);
  console.log("chromium: the database lasts");
});
close();

/** A database in a worker outlives the worker, and the page. */
async function lasting(page, inside) {
  const keys = Array.from({ length: KEYS }, (_, at) => ["store_set", { key: `key ${at}`, value: `${at} ü`.repeat(at) }]);
  const executions = Array.from({ length: EXECUTIONS }, (_, at) => [
    "metrics_record",
    { skill: `skill-${at % 5}`, outcome: at % 3 === 0 ? "failure" : "success", duration: at },
  ]);
  const look = [
    ["store_list_values", {}],
    ["metrics_summary", {}],
  ];
  const kept = async (calls, ...names) => {
    const { replies, ...failure } = await inside("kept", calls, ...names);
    assert.deepEqual(failure, {}, "the worker keeps a database");
    return replies;
  };
  const before = (await kept([...keys, ...executions, ...look])).slice(-2);
  assert.equal(before[0].entries.length, KEYS);
  assert.equal(before[1].all.count ?? before[1].all.total, EXECUTIONS);
  assert.deepEqual(await kept(look), before, "another worker finds what was written");
  await page.reload();
  assert.deepEqual(await kept(look), before, "a page that was loaded again finds what was written");
  const [{ value }] = await kept([["store_incr", { key: "loads" }]]);
  assert.equal(value, "1", "it can be written to");
  // More than there is room for at first.
  const many = ["kept", ...Array.from({ length: 40 }, (_, at) => `other-${at}`)];
  const [{ value: again }] = await kept([["store_incr", { key: "loads" }]], many);
  assert.equal(again, "2", "others do not take its room");
}
