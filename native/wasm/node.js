// In Node, the module is read from the package synchronously.
import { readFileSync } from "node:fs";
import { initSync } from "./pkg/clawpowers.js";
import { initialize } from "./api.js";

export { ClawpowersError, Runtime, detect, open, openPersistent, parseSkill, version } from "./api.js";

initialize(initSync({ module: readFileSync(new URL("pkg/clawpowers_bg.wasm", import.meta.url)) }));

/** No-op in Node, so that the same program runs in browsers and in Node. */
export async function init() {}
