// Builds the generated files of the package: `clawpowers.node`, `js` and the licenses. `npm install` of this folder and
// `npm pack` run it; users of the packed package need no Rust.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, renameSync, writeFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stage, stageLicenses } from "../js/stage.mjs";

const here = new URL("./", import.meta.url);
const profile = process.env.CLAWPOWERS_PROFILE || "release";
const features = process.env.CLAWPOWERS_FEATURES || "";

// Always run cargo: it decides whether the library is up to date.
const args = ["build", "--package", "clawpowers-ffi", "--lib", "--profile", profile, "--message-format", "json-render-diagnostics"];
if (features !== "") args.push("--features", features);
const cargo = spawnSync(process.env.CARGO || "cargo", args, {
  cwd: fileURLToPath(here),
  encoding: "utf8",
  maxBuffer: 1 << 28,
  stdio: ["ignore", "pipe", "inherit"],
});
if (cargo.error !== undefined) {
  fail(`cannot run cargo (${cargo.error.message}); building the package needs Rust: https://rustup.rs`);
}
if (cargo.status !== 0) {
  fail("cargo failed to build the library");
}
// Take the path of the library from cargo's output, because CARGO_TARGET_DIR or the configuration may change it.
const library = cargo.stdout
  .split("\n")
  .filter((line) => line.includes('"compiler-artifact"'))
  .map((line) => JSON.parse(line))
  .filter((artifact) => artifact.target.name === "clawpowers_ffi")
  .flatMap((artifact) => artifact.filenames)
  .find((file) => /\.(so|dylib|dll)$/.test(file));
if (library === undefined || !existsSync(library)) {
  fail("cargo reported no library");
}
// Rename, so that a running process keeps the old file.
const temporary = fileURLToPath(new URL("clawpowers.node.tmp", here));
copyFileSync(library, temporary);
renameSync(temporary, fileURLToPath(new URL("clawpowers.node", here)));

stage(here, ["cjs"]);
stageLicenses(here);
const types = new URL("../js/index.d.ts", here);
for (const name of ["index.d.cts", "index.d.mts"]) {
  writeFileSync(new URL(name, here), readFileSync(types));
}

function fail(why) {
  console.error(`clawpowers: ${why}`);
  process.exit(1);
}
