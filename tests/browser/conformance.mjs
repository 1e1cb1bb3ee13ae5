// Runs the conformance cases in a browser, and tests of features that exist only there:
// `node tests/browser/conformance.mjs CHROMIUM`. Build `native/wasm` first.
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

  await persistence(page, inside);
  assert.equal(await inside("persistentInPage"), "unsupported_platform");

  const wrong = await inside("panics");
  if (wrong === undefined) {
    console.log("chromium: panics not tested, because the module is built without `test-panic`");
  } else {
    assert.deepEqual(wrong, []);
    console.log("chromium: a panic closes only its own runtime");
  }

  assert.deepEqual(page.problems, []);
  console.log("chromium: the database is persistent");
});
close();

/** A persistent database outlives its worker and the page. */
async function persistence(page, inside) {
  const keys = Array.from({ length: KEYS }, (_, at) => ["store_set", { key: `key ${at}`, value: `${at} ü`.repeat(at) }]);
  const executions = Array.from({ length: EXECUTIONS }, (_, at) => [
    "metrics_record",
    { skill: `skill-${at % 5}`, outcome: at % 3 === 0 ? "failure" : "success", duration: at },
  ]);
  const look = [
    ["store_list_values", {}],
    ["metrics_summary", {}],
  ];
  const persistent = async (calls, ...names) => {
    const { replies, ...failure } = await inside("persistent", calls, ...names);
    assert.deepEqual(failure, {}, "a worker can open a persistent database");
    return replies;
  };
  const before = (await persistent([...keys, ...executions, ...look])).slice(-2);
  assert.equal(before[0].entries.length, KEYS);
  assert.equal(before[1].all.count ?? before[1].all.total, EXECUTIONS);
  assert.deepEqual(await persistent(look), before, "another worker reads what was written");
  await page.reload();
  assert.deepEqual(await persistent(look), before, "a reloaded page reads what was written");
  const [{ value }] = await persistent([["store_incr", { key: "loads" }]]);
  assert.equal(value, "1", "the database is writable");
  // More databases than the initial capacity of the pool.
  const many = ["main", ...Array.from({ length: 40 }, (_, at) => `other-${at}`)];
  const [{ value: again }] = await persistent([["store_incr", { key: "loads" }]], many);
  assert.equal(again, "2", "other databases do not replace it");
}
