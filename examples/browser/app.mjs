// The page: documents come in, and are parsed, judged, repaired and ranked by the module.
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
// What cannot be said of a file that came without its folder.
const OF_FOLDERS = new Set(["name-folder-mismatch", "dangling-link", "dangling-path"]);

/** Texts, as bytes, by their paths, and what the paths of files without a folder were. */
let documents = new Map();
let entries = [];
let runtime;
const utf8 = new TextEncoder();
let last = Promise.resolve();

/** Does one thing after another, and says what went wrong. */
function then(work) {
  last = last.then(work).catch((error) => {
    say([error.message, error.hint].filter(Boolean).join(" – "), true);
    // What failed inside has finished its runtime.
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

/** Takes documents in beside those that are there; the same path again is the same file again. */
function add({ documents: found, unread }) {
  const before = documents;
  documents = new Map(before);
  const taken = new Set();
  for (const one of found) {
    const placed = one.path.includes("/") ? { ...one, shown: one.path } : alone(one, taken);
    taken.add(placed.path);
    documents.set(placed.path, placed);
  }
  try {
    runtime.setDocuments([...documents.values()].map(plain));
  } catch (error) {
    documents = before;
    throw error;
  }
  const skills = found.filter(({ path }) => !path.includes("/") || isSkill(path)).length;
  const more = unread > 0 ? `; ${count(unread, "file")} could not be taken` : "";
  judge(skills === 0 ? `No SKILL.md among ${count(found.length, "file")}${more}.` : `Read ${count(skills, "SKILL.md", "SKILL.md files")}${more}.`);
}

/** A file without a folder is given the one that its skill asks for: there is none to hold against its name. */
function alone({ path, text }, taken) {
  const name = parseSkill(text).skill?.name ?? "";
  const folder = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name) ? name : "file";
  let placed = `${folder}/SKILL.md`;
  const free = () => !taken.has(placed) && (folder !== "file" || same(documents.get(placed)?.text ?? text, text));
  for (let number = 2; !free(); number += 1) placed = `${folder}-${number}/SKILL.md`;
  return { path: placed, text, shown: path, homeless: true };
}

function same(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Parses, judges and repairs everything, and shows it. */
function judge(said = "") {
  const paths = [...documents.keys()].filter(isSkill);
  entries = paths.length === 0 ? [] : judged(paths);
  tools.hidden = entries.length === 0;
  rank(said);
}

function judged(paths) {
  const verdicts = runtime.skills.validate(paths, { target: target.value }).files;
  const repairs = runtime.skills.fix(paths).files;
  const { shadowed } = runtime.skills.list({ roots: paths.map(folderOf) });
  return paths.map((path, at) => {
    const { text, shown, homeless } = documents.get(path);
    const [verdict, repair] = [homeless ? withoutFolder(verdicts[at]) : verdicts[at], repairs[at]];
    const parsed = parseSkill(text, { folder: folderOf(path).split("/").at(-1), target: target.value });
    const counts = { error: 0, warning: 0, info: 0 };
    for (const { severity } of verdict.diagnostics) counts[severity] += 1;
    const beside = `${folderOf(path)}/`;
    const files = [...documents.keys()].filter((other) => other !== path && other.startsWith(beside)).map((other) => other.slice(beside.length));
    const winner = shadowed.find(({ location }) => location === path)?.winner;
    const hiddenBy = winner === undefined ? undefined : (documents.get(winner)?.shown ?? winner);
    const entry = { path, shown, parsed, verdict, repair, counts, files, hiddenBy };
    return { ...entry, card: card(entry) };
  });
}

/** Returns a verdict without what it says about a folder that we have made up. */
function withoutFolder(verdict) {
  const diagnostics = verdict.diagnostics.filter(({ rule }) => !OF_FOLDERS.has(rule));
  return { ...verdict, diagnostics, valid: diagnostics.every(({ severity }) => severity !== "error") };
}

function folderOf(path) {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Puts the cards in order: by the words, or the soundest and shortest first. */
function rank(said = "") {
  const asked = words.value.trim();
  let shown = [...entries].sort(sounder);
  if (asked !== "" && entries.length > 0) {
    const hits = runtime.skills.search(asked, { roots: entries.map(({ path }) => folderOf(path)), limit: entries.length });
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    shown = hits.map(({ location }) => byPath.get(location)).filter((entry) => entry !== undefined);
  }
  for (const [at, entry] of shown.entries()) entry.card.querySelector(".rank").textContent = String(at + 1);
  list.replaceChildren(...shown.map((entry) => entry.card));
  say([said, summary(asked, shown.length)].filter(Boolean).join(" "));
}

function summary(asked, shown) {
  if (entries.length === 0) return "";
  if (asked !== "") return `${shown} of ${count(entries.length, "skill")} ${shown === 1 ? "matches" : "match"} these words, the best first.`;
  const valid = entries.filter(({ verdict }) => verdict.valid).length;
  const fixable = entries.filter(({ repair }) => repair.changed).length;
  return `${valid} of ${entries.length} valid, ${fixable} can be repaired; the soundest first.`;
}

function sounder(a, b) {
  return (
    Number(b.verdict.valid) - Number(a.verdict.valid) ||
    a.counts.error - b.counts.error ||
    a.counts.warning - b.counts.warning ||
    Number(b.parsed.skill !== null) - Number(a.parsed.skill !== null) ||
    a.parsed.tokens - b.parsed.tokens ||
    (a.path < b.path ? -1 : 1)
  );
}

/** A drop is taken wherever it falls; a page that lets it pass is left for the file. */
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
      // So that the same files can be chosen again once they have changed.
      input.value = "";
      then(async () => {
        say("Reading …");
        add(await readFiles(files));
      });
    });
  }
  document.getElementById("example").addEventListener("click", () => {
    then(() => {
      const shipped = open();
      const found = [{ path: "release-notes/SKILL.md", text: utf8.encode(BROKEN) }];
      for (const { name } of shipped.skills.list().skills) {
        found.push({ path: `${name}/SKILL.md`, text: utf8.encode(shipped.skills.read(name).text) });
        for (const { path } of shipped.skills.show(name).resources) {
          found.push({ path: `${name}/${path}`, text: utf8.encode(shipped.skills.read(name, { resource: path }).text) });
        }
      }
      shipped.close();
      add({ documents: found, unread: 0 });
    });
  });
  document.getElementById("clear").addEventListener("click", () => {
    then(() => {
      words.value = "";
      documents = new Map();
      runtime.setDocuments([]);
      judge("Nothing is left.");
      document.getElementById("files").focus();
    });
  });
  let waiting;
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => then(() => rank()), 120);
  });
  target.addEventListener("change", () => then(() => judge()));
  tools.addEventListener("submit", (event) => event.preventDefault());
}

then(async () => {
  await init();
  runtime = open();
  listen();
  say("Ready.");
});
