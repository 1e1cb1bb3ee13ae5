// Writes a program that makes the request of every case that succeeds, by the methods: `node calls.mjs FILE`.
//
// TypeScript compiles it, so the declarations accept whatever the operations accept.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { expanded } from "../conformance/compare.mjs";

const folder = new URL("../conformance/cases/", import.meta.url);
const table = JSON.parse(readFileSync(new URL("../../schemas/operations.json", import.meta.url), "utf8"));
const suites = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
// Longer requests contain repeated strings, on which the types do not depend; they are left out.
const LONGEST = 10_000;

const lines = table.operations.flatMap((entry) => {
  const requests = suites
    .find(({ operation }) => operation === entry.name)
    .cases.filter((one) => one.call === undefined && one.request !== undefined && one.reply.ok !== undefined)
    .map((one) => expanded(one.request))
    .filter((request) => JSON.stringify(request).length < LONGEST);
  const calls = new Set(requests.map((request) => call(entry, request)));
  if (calls.size === 0) throw new Error(`${entry.name}: no case succeeds by its method`);
  return [...calls].flatMap((text) => [`  ${text};`, `  void ${text.replace("(", "Async(")};`]);
});

/** Writes the call of a method with a request. */
function call({ group, method, positional, request: { $ref } }, request) {
  const { properties = {}, required = [] } = table.$defs[$ref.replace("#/$defs/", "")];
  const options = {};
  for (const [name, value] of Object.entries(request)) {
    const base = name.replace(/_base64$/, "");
    const isTwin = base !== name && base in properties;
    options[isTwin ? base : name] = isTwin ? `new Uint8Array([${[...Buffer.from(value, "base64")]}])` : JSON.stringify(value);
  }
  const places = positional.map((name) => {
    const value = options[name];
    delete options[name];
    return value;
  });
  const rest = Object.entries(options).map(([name, value]) => `${JSON.stringify(name)}: ${value}`);
  if (rest.length > 0) places.push(`{ ${rest.join(", ")} }`);
  while (places.length > 0 && places.at(-1) === undefined) places.pop();
  // An omitted argument is null, or undefined if it is the last positional one and not required.
  const list = places.map((value, at) => value ?? (at === positional.length - 1 && !required.includes(positional[at]) ? "undefined" : "null"));
  const name = method.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return `rt.${group === null ? "" : `${group}.`}${name}(${list.join(", ")})`;
}

const head = 'import type { Runtime } from "clawpowers";\n\nexport function calls(rt: Runtime): void {\n';
writeFileSync(process.argv[2], `${head}${lines.join("\n")}\n}\n`);
