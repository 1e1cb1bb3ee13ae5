// Reads dropped and chosen files as a list of `{path, text}`; `text` is the bytes of the file.

const MAX_FILES = 5000;
// Larger files are recorded but not read: links only need their existence. SKILL.md is always read.
const MAX_RESOURCE = 1 << 20;
const MAX_SKILL = 16 << 20;
// The maximum size of all resources together; those after it are recorded but not read.
const MAX_RESOURCES = 32 << 20;
const MAX_PATH = 4096;
const IGNORED = new Set([".git", "node_modules"]);

/** Returns whether a path is that of a SKILL.md. */
export function isSkill(path) {
  return /(^|\/)skill\.md$/i.test(path);
}

/** Returns whether a path is valid for a document; one invalid path would make the runtime reject all documents. */
function isValid(path) {
  return !path.includes("\\") && new TextEncoder().encode(path).length <= MAX_PATH;
}

/** Returns the entries of a drop; they are only available during the event. */
export function entriesOf(transfer) {
  return [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined);
}

/** Reads files, and folders recursively. */
export async function readEntries(entries) {
  const found = new Found();
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** Reads the files of an input; files of a folder keep their paths in it. */
export async function readFiles(files) {
  const found = new Found();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (path.split("/").some((name) => IGNORED.has(name))) continue;
    await found.read(path, file);
  }
  return found;
}

/** The documents that were read, and the number of files that were not (unreadable, invalid or too many). */
class Found {
  documents = [];
  unread = 0;
  #resourceBytes = 0;

  async read(path, file) {
    // A single file is treated as a SKILL.md, whatever its name.
    const single = !path.includes("/");
    if (this.documents.length >= MAX_FILES || !isValid(path) || (single && !/\.(md|markdown|txt)$/i.test(path))) {
      this.unread += 1;
      return;
    }
    const skill = single || isSkill(path);
    if (skill && file.size > MAX_SKILL) {
      this.unread += 1;
      return;
    }
    const whole = skill || (file.size <= MAX_RESOURCE && this.#resourceBytes + file.size <= MAX_RESOURCES);
    if (!skill && whole) this.#resourceBytes += file.size;
    try {
      this.documents.push({ path, text: new Uint8Array(whole ? await file.arrayBuffer() : 0) });
    } catch {
      this.unread += 1;
    }
  }
}

async function walk(entry, found) {
  // The path of an entry starts with a slash.
  if (entry.isFile) {
    try {
      await found.read(entry.fullPath.slice(1), await new Promise((resolve, reject) => entry.file(resolve, reject)));
    } catch {
      found.unread += 1;
    }
    return;
  }
  if (IGNORED.has(entry.name)) return;
  const reader = entry.createReader();
  for (;;) {
    // A reader returns at most a hundred entries at a time.
    const batch = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (batch.length === 0) return;
    for (const inner of batch) await walk(inner, found);
  }
}
