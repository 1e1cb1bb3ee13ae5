// Builds what the package consists of besides the files that are here: `pkg` (the module and its glue), the surface, the
// licences. `npm install` of this folder runs it, and so does `npm pack`; whoever installs a packed one needs no Rust.
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stage, stageLicences } from "../js/stage.mjs";

const here = new URL("./", import.meta.url);
const { error, status } = spawnSync(process.env.CARGO || "cargo", ["xtask", "bindings", "wasm-module"], {
  cwd: fileURLToPath(new URL("../../", here)),
  stdio: "inherit",
});
if (error !== undefined) fail(`cargo cannot be started (${error.message}); Rust is needed to build the package: https://rustup.rs`);
if (status !== 0) fail("cargo did not build the module");

stage(here, ["js"]);
copyFileSync(new URL("../js/index.d.ts", here), new URL("js/index.d.ts", here));
stageLicences(here);

function fail(why) {
  console.error(`clawpowers-wasm: ${why}`);
  process.exit(1);
}
