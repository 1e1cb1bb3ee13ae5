"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (!existsSync(join(__dirname, "clawpowers.node"))) {
  throw new Error(
    `clawpowers.node is not built, perhaps because npm ran with \`--ignore-scripts\`; run \`npm run prepare\` in ${__dirname}`,
  );
}

const { Core } = require("./clawpowers.node");
const { ClawpowersError } = require("./js/errors.cjs");
const { VERSION } = require("./js/operations.cjs");
const { Runtime, functions, openWith } = require("./js/runtime.cjs");

/** Opens a runtime. */
function open(options = {}) {
  return new Runtime(openWith((text) => Core.open(text), options));
}

// One assignment per name, so that `import` from an ES module finds the names.
const { parseSkill, detect } = functions(() => open());
exports.open = open;
exports.parseSkill = parseSkill;
exports.detect = detect;
exports.ClawpowersError = ClawpowersError;
exports.Runtime = Runtime;
exports.version = VERSION;
