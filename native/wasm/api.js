import { Core, lastPanic } from "./pkg/clawpowers.js";
import { toBase64 } from "./js/base64.js";
import { Connection, connection } from "./js/connection.js";
import { thrown } from "./js/decode.js";
import { bytesOf, encode } from "./js/encode.js";
import { ClawpowersError, invalidRequest } from "./js/errors.js";
import { VERSION } from "./js/operations.js";
import { Runtime as Shared, functions, openWith } from "./js/runtime.js";

let stack;
let stackStart;

/** Stores the exports of the loaded module. */
export function initialize({ __stack_pointer }) {
  stack = __stack_pointer;
  stackStart = stack.value;
}

/**
 * Returns whether an error left its runtime in an inconsistent state: a trap does, and so does a call that overflowed
 * the JavaScript stack. If so, restores the stack pointer for the other runtimes.
 */
function fatal(error) {
  const trap = error instanceof WebAssembly.RuntimeError;
  if (!trap && stack.value === stackStart) return false;
  // The WASM stack was not unwound.
  stack.value = stackStart;
  if (trap) error.message = lastPanic() ?? error.message;
  return true;
}

/** An open runtime, as returned by `open`. */
export class Runtime extends Shared {
  /** Exports the database as the bytes of an SQLite file. */
  exportDatabase() {
    return connection(this).use((core) => core.exportDatabase());
  }

  /** Replaces the database with the one in `bytes`. */
  importDatabase(bytes) {
    const given = bytesOf(bytes);
    if (given === undefined) throw invalidRequest("the database is not bytes");
    connection(this).use((core) => core.importDatabase(given));
  }

  /** Replaces all documents. */
  setDocuments(documents) {
    if (!Array.isArray(documents)) throw invalidRequest("the documents are not a list");
    // `encode` takes an object; cut the list out of its text.
    const text = encode(withBytes({ documents })).slice('{"documents":'.length, -1);
    connection(this).use((core) => core.setDocuments(text));
  }
}

/** Opens a runtime with these documents and a database in memory. */
export function open(options = {}) {
  check();
  return new Runtime(openWith((text) => Core.open(text), withBytes(options), fatal));
}

// The OPFS pool is extended for one database at a time.
let opening = Promise.resolve();

/** Opens a runtime with a persistent database (OPFS). Only in a Dedicated Worker. */
export function openPersistent(options) {
  const opened = opening.then(() => openNext(options));
  opening = opened.catch(() => undefined);
  return opened;
}

async function openNext(options) {
  check();
  if (typeof options?.name !== "string") throw invalidRequest("the name of the database is not a string");
  const { name, ...rest } = options;
  const text = encode(withBytes(rest));
  try {
    return new Runtime(new Connection(await Core.openPersistent(name, text), fatal));
  } catch (error) {
    fatal(error);
    throw thrown(error);
  }
}

/** Encodes the bytes of documents as base64; leaves everything else for `encode` to check. */
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
  if (stack === undefined) throw new Error("the module is not loaded: call `await init()` first");
}

export const { parseSkill, detect } = functions(() => open());
export const version = VERSION;
export { ClawpowersError };
