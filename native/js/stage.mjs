// Copies the modules of `native/js` into a package, as ES modules or as CommonJS: Node before 20.19 cannot `require` ES
// modules.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = new URL("./", import.meta.url);

/**
 * Rewrites an ES module as CommonJS.
 *
 * It supports only the syntax that `native/js` uses and throws on anything else.
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
      throw new Error(`${name}: \`${line}\` is not supported by stage.mjs`);
    }
    return line;
  });
  return `"use strict";\n${lines.join("\n")}module.exports = { ${exported.join(", ")} };\n`;
}

/** Fills the folder `js` of a package with the modules of `native/js`, in the given formats: `js`, `cjs`. */
export function stage(folder, formats) {
  const target = new URL("js/", folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(fileURLToPath(here)).filter((name) => name.endsWith(".js"))) {
    const source = readFileSync(new URL(name, here), "utf8");
    if (formats.includes("js")) writeFileSync(new URL(name, target), source);
    if (formats.includes("cjs")) writeFileSync(new URL(name.replace(/js$/, "cjs"), target), toCommonJs(source, name));
  }
}

/** Copies the license files into a package. */
export function stageLicenses(folder) {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    writeFileSync(new URL(name, folder), readFileSync(new URL(`../../${name}`, here)));
  }
}
