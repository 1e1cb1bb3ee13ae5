// Reads what was dropped or chosen, as a list of `{path, text}`; a text is its bytes, which may be any.

const MOST_FILES = 5000;
// A larger file is known to be there, which is all that links need; a skill's own text is another matter.
const LARGEST = 1 << 20;
const LARGEST_SKILL = 16 << 20;
// So much text of files beside skills is taken at most; what comes after is known to be there as well.
const MOST_BESIDE = 32 << 20;
const LONGEST_PATH = 4096;
const LEFT_OUT = new Set([".git", "node_modules"]);

/** Tells whether a path is that of a skill's text. */
export function isSkill(path) {
  return /(^|\/)skill\.md$/i.test(path);
}

/** Tells whether a path is one that a document may have; one that is not would have all the others refused. */
function isPlain(path) {
  return !path.includes("\\") && new TextEncoder().encode(path).length <= LONGEST_PATH;
}

/** Returns the entries of a drop; they are gone once the event has passed. */
export function entriesOf(transfer) {
  return [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined);
}

/** Reads entries, and folders all the way down. */
export async function readEntries(entries) {
  const found = new Found();
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** Reads the files of an input; those of a folder have their paths in it. */
export async function readFiles(files) {
  const found = new Found();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (path.split("/").some((name) => LEFT_OUT.has(name))) continue;
    await found.take(path, file);
  }
  return found;
}

/** What was found: the documents, and how many files could not be read or were too many. */
class Found {
  documents = [];
  unread = 0;
  #beside = 0;

  async take(path, file) {
    // A file for itself is meant to be a skill, whatever it is called; what else could it be here for?
    const alone = !path.includes("/");
    if (this.documents.length >= MOST_FILES || !isPlain(path) || (alone && !/\.(md|markdown|txt)$/i.test(path))) {
      this.unread += 1;
      return;
    }
    const skill = alone || isSkill(path);
    if (skill && file.size > LARGEST_SKILL) {
      this.unread += 1;
      return;
    }
    const whole = skill || (file.size <= LARGEST && this.#beside + file.size <= MOST_BESIDE);
    if (!skill && whole) this.#beside += file.size;
    try {
      this.documents.push({ path, text: new Uint8Array(whole ? await file.arrayBuffer() : 0) });
    } catch {
      this.unread += 1;
    }
  }
}

async function walk(entry, found) {
  // The path of an entry begins with a slash.
  if (entry.isFile) {
    try {
      await found.take(entry.fullPath.slice(1), await new Promise((resolve, reject) => entry.file(resolve, reject)));
    } catch {
      found.unread += 1;
    }
    return;
  }
  if (LEFT_OUT.has(entry.name)) return;
  const reader = entry.createReader();
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, found);
  }
}
