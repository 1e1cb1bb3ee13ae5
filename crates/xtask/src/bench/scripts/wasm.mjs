// The module for browsers beside sql.js and js-yaml, all in memory: a file with the paths of skills.
import { init, open, parseSkill } from "clawpowers-wasm";
import { load } from "js-yaml";
import { readFileSync } from "node:fs";
import initSqlJs from "sql.js";
import { beside, frontmatter, tried } from "./rates.mjs";

const [list] = process.argv.slice(2);
await init();
const rt = open();
for (let i = 0; i < 1000; i++) rt.store.set(`key${i}`, `value ${i}`);

const SQL = await initSqlJs();
const db = new SQL.Database(rt.exportDatabase());
const get = db.prepare("SELECT value FROM entry WHERE key = ?");
const set = db.prepare(
  `INSERT INTO entry (key, value, updated_at) VALUES (?, ?, ?)
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
);
const key = (i) => `key${i % 1000}`;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
beside("WASM: store.get", 20000, (i) => rt.store.get(key(i)), (i) => decoder.decode(get.get([key(i)])[0]), "sql.js");
beside(
  "WASM: store.set",
  20000,
  (i) => rt.store.set(key(i), "new"),
  (i) => set.run([key(i), encoder.encode("new"), Date.now() * 1000]),
  "sql.js",
);
const texts = list === undefined ? [] : readFileSync(list, "utf8").split("\n").map((path) => readFileSync(path, "utf8"));
if (texts.length > 0) {
  const text = (i) => texts[i % texts.length];
  const yaml = (i) => tried(() => load(frontmatter(text(i))));
  beside(`WASM: ${texts.length} files parsed`, texts.length, (i) => parseSkill(text(i)), yaml, "js-yaml, head alone");
}
rt.close();
