import { Core, lastPanic } from "./pkg/clawpowers.js";
import { toBase64 } from "./js/base64.js";
import { thrown } from "./js/decode.js";
import { Door, door } from "./js/door.js";
import { bytesOf, encode } from "./js/encode.js";
import { ClawpowersError, invalidRequest } from "./js/errors.js";
import { VERSION } from "./js/operations.js";
import { Runtime as Shared, functions, openWith } from "./js/runtime.js";

let stack;
let bottom;

/** Takes note of the module's exports, once it is there. */
export function loaded({ __stack_pointer }) {
  stack = __stack_pointer;
  bottom = stack.value;
}

/**
 * Tells whether an error left its runtime in the middle of something, and makes the best of it.
 *
 * A trap does, and so does a call that found too little left of JavaScript's own stack.
 */
function fatal(error) {
  const trap = error instanceof WebAssembly.RuntimeError;
  if (!trap && stack.value === bottom) return false;
  // Nothing was unwound; the stack is put back for the other runtimes.
  stack.value = bottom;
  if (trap) error.message = lastPanic() ?? error.message;
  return true;
}

/** An open runtime; `open` makes one. */
export class Runtime extends Shared {
  /** Returns the database as the bytes of its file. */
  exportDatabase() {
    return door(this).use((core) => core.exportDatabase());
  }

  /** Takes the bytes of a database's file in place of the database that is there. */
  importDatabase(bytes) {
    const given = bytesOf(bytes);
    if (given === undefined) throw invalidRequest("the database is no bytes");
    door(this).use((core) => core.importDatabase(given));
  }

  /** Takes other documents in place of those that there are. */
  setDocuments(documents) {
    if (!Array.isArray(documents)) throw invalidRequest("the documents are not a list");
    // What `encode` writes is an object.
    const text = encode(withBytes({ documents })).slice('{"documents":'.length, -1);
    door(this).use((core) => core.setDocuments(text));
  }
}

/** Opens a runtime on documents, with its database in memory. */
export function open(options = {}) {
  check();
  return new Runtime(openWith((text) => Core.open(text), withBytes(options), fatal));
}

// Room for files is made for one database at a time.
let opening = Promise.resolve();

/** Opens a runtime whose database stays in the browser, under a name; in a Dedicated Worker alone. */
export function openPersistent(options) {
  const opened = opening.then(() => openKept(options));
  opening = opened.catch(() => undefined);
  return opened;
}

async function openKept(options) {
  check();
  if (typeof options?.name !== "string") throw invalidRequest("the name of the database is not a text");
  const { name, ...rest } = options;
  const text = encode(withBytes(rest));
  try {
    return new Runtime(new Door(await Core.openPersistent(name, text), fatal));
  } catch (error) {
    fatal(error);
    throw thrown(error);
  }
}

/** Writes the bytes of documents as the facade takes them; everything else stays, for `encode` to judge. */
function withBytes(options) {
  if (!Array.isArray(options?.documents)) return options;
  const documents = options.documents.map((document) => {
    const bytes = bytesOf(document?.text);
    if (bytes === undefined) return document;
    const { text: _, ...rest } = document;
    return { ...rest, text_base64: toBase64(bytes) };
  });
  return { ...options, documents };
}

function check() {
  if (stack === undefined) throw new Error("the module is not loaded yet: `await init()` first");
}

export const { parseSkill, detect } = functions(() => open());
export const version = VERSION;
export { ClawpowersError };
