// Runs the cases with the Node package: `node tests/conformance/node.mjs`. Build `native/ffi` first.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ClawpowersError, open } from "../../native/ffi/index.mjs";
import { bytesOf } from "./compare.mjs";
import { main } from "./files.mjs";

const { Core } = createRequire(import.meta.url)("../../native/ffi/clawpowers.node");

// Do not read skills of the current user.
for (const name of ["CLAUDE_CONFIG_DIR", "CODEX_HOME", "COPILOT_HOME", "XDG_CONFIG_HOME"]) delete process.env[name];

await main("node", {
  expected: (one) => one.reply,
  open(one) {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "clawpowers-")));
    const [work, home, user] = ["work", "home", "user"].map((name) => join(folder, name));
    for (const made of [work, user]) mkdirSync(made);
    for (const [name, content] of Object.entries(one.files ?? {})) {
      const path = name.startsWith("$HOME/") ? join(home, name.slice("$HOME/".length)) : join(work, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytesOf(content));
    }
    const options = { home, cwd: work, user_home: user };
    const rt = open(options);
    const core = Core.open(JSON.stringify(options));
    return {
      rt,
      raw: (operation, text) => core.call(operation, text),
      names: [["$WORK", work], ["$HOME", home], ["$USER", user]],
      error: ClawpowersError,
      end() {
        rt.close();
        core.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
