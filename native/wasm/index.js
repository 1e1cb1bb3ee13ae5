import load from "./pkg/clawpowers.js";
import { loaded } from "./surface.js";

export { ClawpowersError, Runtime, detect, open, openPersistent, parseSkill, version } from "./surface.js";

let loading;

/**
 * Loads the module, once; everything else needs it.
 *
 * @param {RequestInfo | URL | Response | BufferSource | WebAssembly.Module} [source] where it is; else beside this file
 */
export function init(source) {
  loading ??= load(source === undefined ? undefined : { module_or_path: source }).then(loaded, (error) => {
    // So that it can be tried again.
    loading = undefined;
    throw error;
  });
  return loading;
}
