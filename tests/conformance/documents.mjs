// Opens a runtime without a disk for a case, whose files are documents; for Node and for browsers.
import { bytesOf, texts } from "./compare.mjs";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Returns the world of the package for WebAssembly.
 *
 * @param {object} clawpowers the package, loaded
 * @param {object} Core the class of the binding, for requests that are text
 */
export function world({ open, ClawpowersError }, Core) {
  return {
    expected(one) {
      const contents = Object.values(one.files ?? {});
      // A document is a text.
      if (contents.some((content) => content.$base64 !== undefined)) return undefined;
      return texts(one.wasm ?? one.reply, (text) => text.replaceAll("$WORK/", ""));
    },
    open(one) {
      const files = Object.entries(one.files ?? {}).filter(([name]) => !name.startsWith("$HOME/"));
      const documents = files.map(([path, content]) => ({ path, text: utf8.decode(bytesOf(content)) }));
      const rt = open({ documents });
      const core = Core.open(JSON.stringify({ documents }));
      return {
        rt,
        raw: (operation, text) => core.call(operation, text),
        names: [["$WORK/", ""]],
        error: ClawpowersError,
        end() {
          rt.close();
          core.close();
          core.free();
        },
      };
    },
  };
}
