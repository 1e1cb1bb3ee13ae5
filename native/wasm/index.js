import load from "./pkg/clawpowers.js";
import { initialize } from "./api.js";

export { ClawpowersError, Runtime, detect, open, openPersistent, parseSkill, version } from "./api.js";

let loading;

/**
 * Loads the module. Call this first.
 *
 * @param {RequestInfo | URL | Response | BufferSource | WebAssembly.Module} [source] where to load it from; default:
 *   the file in the package
 */
export function init(source) {
  loading ??= load(source === undefined ? undefined : { module_or_path: source }).then(initialize, (error) => {
    // Allow another attempt.
    loading = undefined;
    throw error;
  });
  return loading;
}
