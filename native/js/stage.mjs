// Puts the surface into a package: as it is, and as CommonJS for Node, which takes no `require` of ES modules before 20.19.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = new URL("./", import.meta.url);

/**
 * Rewrites an ES module as CommonJS.
 *
 * It knows the few forms that the surface is written in and refuses every other one.
 */
export function toCommonJs(source, name) {
  const exported = [];
  const lines = source.split("\n").map((line) => {
    const imported = /^import \{ (.+) \} from "(\.\/[a-z0-9]+)\.js";$/.exec(line);
    if (imported !== null) {
      return `const { ${imported[1].replaceAll(" as ", ": ")} } = require("${imported[2]}.cjs");`;
    }
    const declared = /^export ((?:async )?(?:function|class|const) (\w+).*)$/.exec(line);
    if (declared !== null) {
      exported.push(declared[2]);
      return declared[1];
    }
    if (/^(import|export)\b|\bimport\.meta\b/.test(line)) {
      throw new Error(`${name}: \`${line}\` has a form that stage.mjs does not know`);
    }
    return line;
  });
  return `"use strict";\n${lines.join("\n")}module.exports = { ${exported.join(", ")} };\n`;
}

/** Fills the folder `js` of a package with the modules of the surface, in the given kinds: `js`, `cjs`. */
export function stage(folder, kinds) {
  const target = new URL("js/", folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(fileURLToPath(here)).filter((name) => name.endsWith(".js"))) {
    const source = readFileSync(new URL(name, here), "utf8");
    if (kinds.includes("js")) writeFileSync(new URL(name, target), source);
    if (kinds.includes("cjs")) writeFileSync(new URL(name.replace(/js$/, "cjs"), target), toCommonJs(source, name));
  }
}

/** Puts the licence of the workspace beside a package's own files. */
export function stageLicences(folder) {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    writeFileSync(new URL(name, folder), readFileSync(new URL(`../../${name}`, here)));
  }
}
