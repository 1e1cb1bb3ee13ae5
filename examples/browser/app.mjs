// The page: the WASM module parses, validates, repairs and ranks the files that users drop.
import { init, open, parseSkill } from "./clawpowers/index.js";
import { entriesOf, isSkill, readEntries, readFiles } from "./read.mjs";
import { card, count } from "./view.mjs";

const BROKEN = `---
name: release-notes
description: Writes release notes. Use when: a release is due.
tags: [release, notes
---

# Release notes

1. Read the changes since the last tag.
2. Write one line each, in [our style](references/style.md).
`;

const [drop, list, status, tools, words, target] = ["drop", "list", "status", "tools", "words", "target"].map((id) =>
  document.getElementById(id),
);
// Rules that cannot be checked for a file that was dropped without its folder.
const FOLDER_RULES = new Set(["name-folder-mismatch", "dangling-link", "dangling-path"]);

/** Files by path: `{path, text, shown, noFolder}`; `text` is bytes, `shown` is the path that users see. */
let documents = new Map();
let entries = [];
let runtime;
const utf8 = new TextEncoder();
let last = Promise.resolve();

/** Runs tasks one after another, and shows their errors. */
function then(work) {
  last = last.then(work).catch((error) => {
    say([error.message, error.hint].filter(Boolean).join(" – "), true);
    // An internal error closes the runtime.
    if (error.code === "internal" || error.code === "closed") runtime = open({ documents: [...documents.values()].map(plain) });
  });
}

function say(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

function plain({ path, text }) {
  return { path, text };
}

/** Adds documents; a document with the same path is replaced. */
function add({ documents: found, unread }) {
  const before = documents;
  documents = new Map(before);
  const used = new Set();
  for (const one of found) {
    const placed = one.path.includes("/") ? { ...one, shown: one.path } : withFolder(one, used);
    used.add(placed.path);
    documents.set(placed.path, placed);
  }
  try {
    runtime.setDocuments([...documents.values()].map(plain));
  } catch (error) {
    documents = before;
    throw error;
  }
  const skills = found.filter(({ path }) => !path.includes("/") || isSkill(path)).length;
  const more = unread > 0 ? `; ${count(unread, "file")} could not be read` : "";
  check(skills === 0 ? `No SKILL.md among ${count(found.length, "file")}${more}.` : `Read ${count(skills, "SKILL.md", "SKILL.md files")}${more}.`);
}

/** Gives a file that was dropped without a folder the folder that its `name` asks for, so that no mismatch is reported. */
function withFolder({ path, text }, used) {
  const name = parseSkill(text).skill?.name ?? "";
  const folder = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name) ? name : "file";
  let placed = `${folder}/SKILL.md`;
  const free = () => !used.has(placed) && (folder !== "file" || same(documents.get(placed)?.text ?? text, text));
  for (let number = 2; !free(); number += 1) placed = `${folder}-${number}/SKILL.md`;
  return { path: placed, text, shown: path, noFolder: true };
}

function same(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Parses, validates and repairs all skills, and shows the results. */
function check(said = "") {
  const paths = [...documents.keys()].filter(isSkill);
  entries = paths.length === 0 ? [] : checked(paths);
  tools.hidden = entries.length === 0;
  rank(said);
}

function checked(paths) {
  const results = runtime.skills.validate(paths, { target: target.value }).files;
  const repairs = runtime.skills.fix(paths).files;
  const { shadowed } = runtime.skills.list({ roots: paths.map(folderOf) });
  return paths.map((path, at) => {
    const { text, shown, noFolder } = documents.get(path);
    const [result, repair] = [noFolder ? withoutFolderRules(results[at]) : results[at], repairs[at]];
    const parsed = parseSkill(text, { folder: folderOf(path).split("/").at(-1), target: target.value });
    const counts = { error: 0, warning: 0, info: 0 };
    for (const { severity } of result.diagnostics) counts[severity] += 1;
    const beside = `${folderOf(path)}/`;
    const files = [...documents.keys()].filter((other) => other !== path && other.startsWith(beside)).map((other) => other.slice(beside.length));
    const winner = shadowed.find(({ location }) => location === path)?.winner;
    const shadowedBy = winner === undefined ? undefined : (documents.get(winner)?.shown ?? winner);
    const entry = { path, shown, parsed, result, repair, counts, files, shadowedBy };
    return { ...entry, card: card(entry) };
  });
}

/** Returns a result without diagnostics about the invented folder. */
function withoutFolderRules(result) {
  const diagnostics = result.diagnostics.filter(({ rule }) => !FOLDER_RULES.has(rule));
  return { ...result, diagnostics, valid: diagnostics.every(({ severity }) => severity !== "error") };
}

function folderOf(path) {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Sorts the cards: by the search words, or with the fewest problems and the shortest first. */
function rank(said = "") {
  const query = words.value.trim();
  let shown = [...entries].sort(byProblems);
  if (query !== "" && entries.length > 0) {
    const hits = runtime.skills.search(query, { roots: entries.map(({ path }) => folderOf(path)), limit: entries.length });
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    shown = hits.map(({ location }) => byPath.get(location)).filter((entry) => entry !== undefined);
  }
  for (const [at, entry] of shown.entries()) entry.card.querySelector(".rank").textContent = String(at + 1);
  list.replaceChildren(...shown.map((entry) => entry.card));
  say([said, summary(query, shown.length)].filter(Boolean).join(" "));
}

function summary(query, shown) {
  if (entries.length === 0) return "";
  if (query !== "") return `${shown} of ${count(entries.length, "skill")} ${shown === 1 ? "matches" : "match"} these words, best first.`;
  const valid = entries.filter(({ result }) => result.valid).length;
  const fixable = entries.filter(({ repair }) => repair.changed).length;
  return `${valid} of ${entries.length} valid, ${fixable} can be repaired; fewest problems first.`;
}

function byProblems(a, b) {
  return (
    Number(b.result.valid) - Number(a.result.valid) ||
    a.counts.error - b.counts.error ||
    a.counts.warning - b.counts.warning ||
    Number(b.parsed.skill !== null) - Number(a.parsed.skill !== null) ||
    a.parsed.tokens - b.parsed.tokens ||
    (a.path < b.path ? -1 : 1)
  );
}

/** Accepts drops anywhere on the page; otherwise the browser would navigate to the file. */
function listen() {
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const dropped = entriesOf(event.dataTransfer);
    then(async () => {
      say("Reading …");
      add(await readEntries(dropped));
    });
  });
  for (const input of [document.getElementById("files"), document.getElementById("folder")]) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      // Allow choosing the same files again after they changed.
      input.value = "";
      then(async () => {
        say("Reading …");
        add(await readFiles(files));
      });
    });
  }
  document.getElementById("example").addEventListener("click", () => {
    then(() => {
      const bundled = open();
      const found = [{ path: "release-notes/SKILL.md", text: utf8.encode(BROKEN) }];
      for (const { name } of bundled.skills.list().skills) {
        found.push({ path: `${name}/SKILL.md`, text: utf8.encode(bundled.skills.read(name).text) });
        for (const { path } of bundled.skills.show(name).resources) {
          found.push({ path: `${name}/${path}`, text: utf8.encode(bundled.skills.read(name, { resource: path }).text) });
        }
      }
      bundled.close();
      add({ documents: found, unread: 0 });
    });
  });
  document.getElementById("clear").addEventListener("click", () => {
    then(() => {
      words.value = "";
      documents = new Map();
      runtime.setDocuments([]);
      check("All files removed.");
      document.getElementById("files").focus();
    });
  });
  let waiting;
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => then(() => rank()), 120);
  });
  target.addEventListener("change", () => then(() => check()));
  tools.addEventListener("submit", (event) => event.preventDefault());
}

then(async () => {
  await init();
  runtime = open();
  listen();
  say("Ready.");
});
