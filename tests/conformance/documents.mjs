// Opens an in-memory runtime with the files of a case as documents; for Node and for browsers.
import { bytesOf, mapStrings } from "./compare.mjs";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Returns the platform of the WASM package, for `runAll`.
 *
 * @param {object} clawpowers the loaded package
 * @param {object} Core the class of the binding, which takes requests as JSON text
 */
export function platform({ open, ClawpowersError }, Core) {
  return {
    expected(one) {
      const contents = Object.values(one.files ?? {});
      // The documents of `Core.open` are strings.
      if (contents.some((content) => content.$base64 !== undefined)) return undefined;
      return mapStrings(one.wasm ?? one.reply, (text) => text.replaceAll("$WORK/", ""));
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
