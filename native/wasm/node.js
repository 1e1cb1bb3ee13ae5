// In Node the module is a file beside this one, and there is nothing to wait for.
import { readFileSync } from "node:fs";
import { initSync } from "./pkg/clawpowers.js";
import { loaded } from "./surface.js";

export { ClawpowersError, Runtime, detect, open, openPersistent, parseSkill, version } from "./surface.js";

loaded(initSync({ module: readFileSync(new URL("pkg/clawpowers_bg.wasm", import.meta.url)) }));

/** Does nothing here; it is there so that one program serves browsers too. */
export async function init() {}
