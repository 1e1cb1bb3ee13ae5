// Reads the cases and prints the results, for the runners in Node.
import { readFileSync, readdirSync } from "node:fs";
import { parse, runAll } from "./compare.mjs";

const cases = new URL("cases/", import.meta.url);

export const table = JSON.parse(readFileSync(new URL("../../schemas/operations.json", import.meta.url), "utf8"));

/** Returns all suites in the order of their operations. */
export function suites() {
  const names = readdirSync(cases).filter((name) => name.endsWith(".json")).sort();
  return names.map((name) => parse(readFileSync(new URL(name, cases), "utf8")));
}

/** Runs all cases in a platform, prints the results, and sets the exit code. */
export async function main(runner, platform) {
  const { cases, failed, failures } = await runAll(platform, suites(), table);
  for (const failure of failures) console.log(failure);
  console.log(`${runner}: ${cases} cases, ${failed} failed`);
  if (failed > 0 || cases === 0) process.exitCode = 1;
}
