// The part of the tests that runs in a page.
import * as clawpowers from "/native/wasm/index.js";
import load, { Core } from "/native/wasm/pkg/clawpowers.js";
import { parse, runAll } from "/tests/conformance/compare.mjs";
import { platform } from "/tests/conformance/documents.mjs";

const { init, open, openPersistent } = clawpowers;
const PANICS = 200;

await init();

/** Runs the cases of the files with these names. */
export async function cases(names) {
  const table = await (await fetch("/schemas/operations.json")).json();
  const suites = [];
  for (const name of names) suites.push(parse(await (await fetch(`/tests/conformance/cases/${name}`)).text()));
  return runAll(platform(clawpowers, Core), suites, table);
}

/** Returns the error code of opening a persistent database in the page, which is not a worker. */
export async function persistentInPage() {
  return openPersistent({ name: "page" }).then(() => "none", codeOf);
}

/** Makes many runtimes panic while another one is in use; returns what went wrong, or `undefined` without the operation. */
export async function panics() {
  const other = open();
  const wrong = [];
  // The module is already loaded, so this returns its exports.
  const { __stack_pointer: stack } = await load();
  const start = stack.value;
  for (let time = 1; time <= PANICS; time += 1) {
    const rt = open({ documents: [{ path: "a/SKILL.md", text: "---\nname: a\ndescription: b\n---\n" }] });
    rt.store.set("before", "here");
    const code = thrownBy(() => rt.call("test_panic"));
    if (code === "unknown_operation") return undefined;
    if (code !== "internal") wrong.push(`panic ${time} gave \`${code}\``);
    const after = thrownBy(() => rt.store.get("before"));
    if (after !== "closed") wrong.push(`after panic ${time} the runtime gave \`${after}\``);
    if (other.store.incr("panics") !== time) wrong.push(`another runtime lost count after panic ${time}`);
  }
  const { skills } = open().skills.list();
  if (skills.length === 0) wrong.push("no skills after the panics");
  if (stack.value !== start) wrong.push(`the stack pointer is ${stack.value} and was ${start}`);
  return wrong;
}

/** Runs calls on persistent databases in a new worker, and terminates the worker. */
export async function persistent(calls, names = ["main"]) {
  // The browser releases the files some time after the worker has terminated.
  for (let times = 0; ; times += 1) {
    const reply = await worker({ names, calls });
    if (reply.code !== "storage" || times === 50) return reply;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function worker(work) {
  const started = new Worker("/tests/browser/worker.mjs", { type: "module" });
  return new Promise((resolve, reject) => {
    started.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
    started.onmessage = ({ data }) => resolve(data);
    started.postMessage(work);
  }).finally(() => started.terminate());
}

function thrownBy(work) {
  try {
    work();
  } catch (error) {
    return codeOf(error);
  }
  return "none";
}

function codeOf(error) {
  return error.code ?? String(error);
}
