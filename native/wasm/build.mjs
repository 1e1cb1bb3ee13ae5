// Builds what the package consists of besides the files that are here: `pkg` (the module and the glue of wasm-bindgen), the
// surface, the licences. `npm install` of this folder runs it, and so does `npm pack`.
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stage, stageLicences } from "../js/stage.mjs";

const here = new URL("./", import.meta.url);
const target = "wasm32-unknown-unknown";
const profile = process.env.CLAWPOWERS_PROFILE || "release";

const args = ["build", "--package", "clawpowers-wasm", "--lib", "--target", target, "--profile", profile];
if (process.env.CLAWPOWERS_FEATURES) args.push("--features", process.env.CLAWPOWERS_FEATURES);
const built = run(process.env.CARGO || "cargo", [...args, "--message-format", "json-render-diagnostics"], `rustup target add ${target}`);
// Cargo says itself where it put the module, whatever CARGO_TARGET_DIR and the configuration say.
const module = built
  .split("\n")
  .filter((line) => line.includes('"compiler-artifact"'))
  .map((line) => JSON.parse(line))
  .filter((artifact) => artifact.target.name === "clawpowers_wasm")
  .flatMap((artifact) => artifact.filenames)
  .find((file) => file.endsWith(".wasm"));
if (module === undefined) fail("cargo named no module");

const pkg = fileURLToPath(new URL("pkg", here));
rmSync(pkg, { recursive: true, force: true });
run(
  process.env.WASM_BINDGEN || "wasm-bindgen",
  ["--target", "web", "--no-typescript", "--out-dir", pkg, "--out-name", "clawpowers_wasm", module],
  "cargo install wasm-bindgen-cli, in the version that Cargo.lock has",
);

stage(here, ["js"]);
copyFileSync(new URL("../js/index.d.ts", here), new URL("js/index.d.ts", here));
stageLicences(here);

function run(program, words, hint) {
  const { error, status, stdout } = spawnSync(program, words, {
    cwd: fileURLToPath(here),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error !== undefined) fail(`${program} cannot be started (${error.message}); ${hint}`);
  if (status !== 0) fail(`${program} failed; ${hint}`);
  return stdout;
}

function fail(why) {
  console.error(`clawpowers-wasm: ${why}`);
  process.exit(1);
}
