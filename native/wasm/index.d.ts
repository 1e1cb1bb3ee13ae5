import type { Runtime as Shared } from "./js/index.js";

// Declarations here replace those of the same name in `js/index.js`.
export * from "./js/index.js";

/** A file of an in-memory runtime. */
export interface Document {
  /** Its path, with forward slashes, such as `skills/writing-plans/SKILL.md`. */
  path: string;
  /** Its content, as a string or as bytes, which may be invalid UTF-8. */
  text: string | Uint8Array | ArrayBuffer;
}

/** Options of an in-memory runtime. */
export interface OpenOptions {
  /** The files of the runtime. Default: none. */
  documents?: readonly Document[] | undefined;
}

/** Options of a runtime with a persistent database. */
export interface PersistentOptions extends OpenOptions {
  /** The name of the database: at most 64 ASCII letters, digits, `-`, `_` and `.`, not starting with `.`. */
  name: string;
}

/**
 * Loads the module. In a browser, call this first; in Node, it does nothing.
 *
 * @param source where to load the module from; default: the file in the package
 */
export function init(source?: RequestInfo | URL | Response | BufferSource | WebAssembly.Module): Promise<void>;

/** Opens a runtime with these documents and a database in memory. */
export function open(options?: OpenOptions): Runtime;

/** Opens a runtime with a persistent database (OPFS). Only in a Dedicated Worker. */
export function openPersistent(options: PersistentOptions): Promise<Runtime>;

/** An open runtime. */
export interface Runtime extends Shared {}
export class Runtime {
  private constructor();
  /** Exports the database as the bytes of an SQLite file. */
  exportDatabase(): ReturnType<Uint8Array["slice"]>;
  /** Replaces the database with the one in `bytes`. */
  importDatabase(bytes: Uint8Array | ArrayBuffer): void;
  /** Replaces all documents. */
  setDocuments(documents: readonly Document[]): void;
}
