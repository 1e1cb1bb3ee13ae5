// The package for Node beside better-sqlite3 and js-yaml: HOME, then a file with the paths of skills.
import Database from "better-sqlite3";
import { open, parseSkill } from "clawpowers";
import { load } from "js-yaml";
import { readFileSync } from "node:fs";
import { beside, frontmatter, tried } from "./rates.mjs";

const [home, list] = process.argv.slice(2);
const rt = open({ home });
for (let i = 0; i < 1000; i++) rt.store.set(`key${i}`, `value ${i}`);

const db = new Database(`${home}/clawpowers.db`);
db.pragma("synchronous = FULL");
const get = db.prepare("SELECT value FROM entry WHERE key = ?");
const set = db.prepare(
  `INSERT INTO entry (key, value, updated_at) VALUES (?, ?, ?)
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
);
const key = (i) => `key${i % 1000}`;
beside("Node: store.get", 20000, (i) => rt.store.get(key(i)), (i) => get.get(key(i)).value.toString(), "better-sqlite3");
beside(
  "Node: store.set",
  300,
  (i) => rt.store.set(key(i), "new"),
  (i) => set.run(key(i), Buffer.from("new"), Date.now() * 1000),
  "better-sqlite3",
);
const texts = list === undefined ? [] : readFileSync(list, "utf8").split("\n").map((path) => readFileSync(path, "utf8"));
if (texts.length > 0) {
  const text = (i) => texts[i % texts.length];
  const yaml = (i) => tried(() => load(frontmatter(text(i))));
  beside(`Node: ${texts.length} files parsed`, texts.length, (i) => parseSkill(text(i)), yaml, "js-yaml, head alone");
}
rt.close();
