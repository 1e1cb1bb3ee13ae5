// Creates the elements of the page. Skills are not trusted: their text is never parsed as HTML, and invisible characters
// are shown.

// Control characters except tabs and line feeds, characters that change the direction of text, and characters without
// width, except joiners, which scripts and emoji need.
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

// At most this many problems of a valid skill are shown expanded.
const FEW = 3;

/** Creates an element; strings among the children need not be trusted. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children) made.append(...(typeof child === "string" ? visible(child) : [child]));
  return made;
}

/** Splits a string into pieces, in which invisible characters are replaced with their code points. */
function visible(text) {
  const pieces = [];
  let at = 0;
  for (const { 0: char, index } of text.matchAll(HIDDEN)) {
    const mark = document.createElement("span");
    mark.className = "control";
    mark.textContent = `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    pieces.push(text.slice(at, index), mark);
    at = index + char.length;
  }
  pieces.push(text.slice(at));
  return pieces;
}

/** Formats a number with its noun. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Creates the card of a skill. */
export function card(entry) {
  const { parsed, result, repair } = entry;
  const title = parsed.skill?.name ?? "No skill";
  const made = element(
    "li",
    { "data-path": entry.path },
    element("div", { class: "head" }, element("h2", {}, element("span", { class: "rank" }), " ", element("bdi", {}, title)), ...badges(entry)),
    element("p", { class: "about" }, element("bdi", { class: "path" }, entry.shown), `, about ${count(parsed.tokens, "token")}`),
  );
  if (parsed.skill !== null) made.append(element("p", { class: "description", dir: "auto" }, parsed.skill.description));
  if (result.diagnostics.length > 0) made.append(problems(result.diagnostics, !result.valid || result.diagnostics.length <= FEW));
  if (repair.changed) made.append(repaired(repair));
  if (parsed.skill !== null) made.append(fields(parsed.skill.frontmatter, entry.files));
  return made;
}

function badges({ parsed, result, repair, counts, shadowedBy }) {
  const made = [];
  const badge = (kind, text) => made.push(element("span", { class: `badge ${kind}` }, text));
  if (parsed.skill === null) badge("error", "does not load");
  if (result.valid) badge("good", "valid");
  if (counts.error > 0) badge("error", count(counts.error, "error"));
  if (counts.warning > 0) badge("warning", count(counts.warning, "warning"));
  if (repair.changed) badge("", "can be repaired");
  if (shadowedBy !== undefined) badge("warning", `shadowed by ${shadowedBy}`);
  return made;
}

function problems(diagnostics, open) {
  const rows = diagnostics.map(({ rule, severity, line, message, hint }) => {
    const row = element(
      "li",
      {},
      element("span", { class: `badge ${severity}` }, severity),
      element("span", { class: "where" }, ` line ${line}, `, element("code", {}, rule)),
      element("p", { dir: "auto" }, ...quoted(message)),
    );
    if (typeof hint === "string") row.append(element("p", { class: "hint" }, ...quoted(hint)));
    return row;
  });
  const list = element("ul", { class: "problems" }, ...rows);
  return folded(count(diagnostics.length, "problem"), open, list);
}

/** Turns text in backticks into `code` elements. */
function quoted(text) {
  return text.split("`").map((part, at) => (at % 2 === 1 ? element("code", {}, part) : part));
}

function repaired({ diff, text, remaining }) {
  const lines = diff.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const shown = lines.map((line, at) => element("span", { class: `line ${kindOf(line, at)}` }, line));
  const save = element("button", { class: "button", type: "button" }, "Download the repaired SKILL.md");
  save.addEventListener("click", () => download(text));
  const lined = element("pre", { class: "diff", tabindex: "0", role: "region", "aria-label": "Changes" }, ...shown);
  const rest = remaining.length === 0 ? [] : [element("p", { class: "hint" }, `${count(remaining.length, "problem")} must be fixed by hand`)];
  return folded("Repair", true, lined, save, ...rest);
}

function kindOf(line, at) {
  if (at < 2 || line.startsWith("@@")) return "place";
  return { "+": "added", "-": "removed" }[line[0]] ?? "same";
}

function fields(frontmatter, files) {
  const rows = Object.entries(frontmatter).flatMap(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    return [element("dt", {}, element("bdi", {}, key)), element("dd", { dir: "auto" }, text)];
  });
  if (files.length > 0) rows.push(element("dt", {}, "Other files"), element("dd", {}, files.join("\n")));
  return folded(files.length > 0 ? "Fields and files" : "Fields", false, element("dl", {}, ...rows));
}

function folded(title, open, ...children) {
  return element("details", open ? { open: "" } : {}, element("summary", {}, title), ...children);
}

function download(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  element("a", { href: address, download: "SKILL.md" }).click();
  // The browser reads the URL some time after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
