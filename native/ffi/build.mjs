// Builds what the package consists of besides the files that are here: `clawpowers.node`, the surface, the licences.
// `npm install` of this folder runs it, and so does `npm pack`; whoever installs a packed one needs no Rust.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, renameSync, writeFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stage, stageLicences } from "../js/stage.mjs";

const here = new URL("./", import.meta.url);
const profile = process.env.CLAWPOWERS_PROFILE || "release";
const features = process.env.CLAWPOWERS_FEATURES || "";

// What is there already is cargo's business: it knows every file that the library depends on.
const args = ["build", "--package", "clawpowers-ffi", "--lib", "--profile", profile, "--message-format", "json-render-diagnostics"];
if (features !== "") args.push("--features", features);
const cargo = spawnSync(process.env.CARGO || "cargo", args, {
  cwd: fileURLToPath(here),
  encoding: "utf8",
  maxBuffer: 1 << 28,
  stdio: ["ignore", "pipe", "inherit"],
});
if (cargo.error !== undefined) {
  fail(`cargo cannot be started (${cargo.error.message}); Rust is needed to build the package: https://rustup.rs`);
}
if (cargo.status !== 0) {
  fail("cargo did not build the library");
}
// Cargo says itself where it put the library, whatever CARGO_TARGET_DIR and the configuration say.
const library = cargo.stdout
  .split("\n")
  .filter((line) => line.includes('"compiler-artifact"'))
  .map((line) => JSON.parse(line))
  .filter((artifact) => artifact.target.name === "clawpowers_ffi")
  .flatMap((artifact) => artifact.filenames)
  .find((file) => /\.(so|dylib|dll)$/.test(file));
if (library === undefined || !existsSync(library)) {
  fail("cargo named no library");
}
// By a rename, so that a process that has the old one open goes on with it.
const fresh = fileURLToPath(new URL("clawpowers.node.tmp", here));
copyFileSync(library, fresh);
renameSync(fresh, fileURLToPath(new URL("clawpowers.node", here)));

stage(here, ["cjs"]);
stageLicences(here);
const types = new URL("../js/index.d.ts", here);
for (const name of ["index.d.cts", "index.d.mts"]) {
  writeFileSync(new URL(name, here), readFileSync(types));
}

function fail(why) {
  console.error(`clawpowers: ${why}`);
  process.exit(1);
}
