// Builds the generated files of the package: `pkg` (the WASM module and its JavaScript), `js` and the licenses.
// `npm install` of this folder and `npm pack` run it; users of the packed package need no Rust.
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stage, stageLicenses } from "../js/stage.mjs";

const here = new URL("./", import.meta.url);
const { error, status } = spawnSync(process.env.CARGO || "cargo", ["xtask", "bindings", "wasm-module"], {
  cwd: fileURLToPath(new URL("../../", here)),
  stdio: "inherit",
});
if (error !== undefined) fail(`cannot run cargo (${error.message}); building the package needs Rust: https://rustup.rs`);
if (status !== 0) fail("cargo failed to build the module");

stage(here, ["js"]);
copyFileSync(new URL("../js/index.d.ts", here), new URL("js/index.d.ts", here));
stageLicenses(here);

function fail(why) {
  console.error(`clawpowers-wasm: ${why}`);
  process.exit(1);
}
