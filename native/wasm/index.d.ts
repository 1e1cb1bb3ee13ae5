import type { Runtime as Shared } from "./js/index.js";

// What is declared here takes the place of what has the same name there.
export * from "./js/index.js";

/** A file that a runtime without a disk is to see. */
export interface Document {
  /** Its path, with forward slashes, such as `skills/writing-plans/SKILL.md`. */
  path: string;
  /** Its text, or its bytes, which need not be UTF-8. */
  text: string | Uint8Array | ArrayBuffer;
}

/** What a runtime is to work on. */
export interface OpenOptions {
  /** The files that it is to see. */
  documents?: readonly Document[] | undefined;
}

/** What a runtime with a lasting database is to work on. */
export interface PersistentOptions extends OpenOptions {
  /** The name of the database, each name another one: letters of ASCII, digits, `-`, `_`, `.`; at most 64, no `.` first. */
  name: string;
}

/**
 * Loads the module, once; in a browser everything else needs it, in Node it does nothing.
 *
 * @param source where the module is; else beside the package's file
 */
export function init(source?: RequestInfo | URL | Response | BufferSource | WebAssembly.Module): Promise<void>;

/** Opens a runtime on documents, with its database in memory. */
export function open(options?: OpenOptions): Runtime;

/** Opens a runtime whose database stays in the browser; in a Dedicated Worker alone. */
export function openPersistent(options: PersistentOptions): Promise<Runtime>;

/** An open runtime. */
export interface Runtime extends Shared {}
export class Runtime {
  private constructor();
  /** Returns the database as the bytes of its file. */
  exportDatabase(): ReturnType<Uint8Array["slice"]>;
  /** Takes the bytes of a database's file in place of the database that is there. */
  importDatabase(bytes: Uint8Array | ArrayBuffer): void;
  /** Takes other documents in place of those that there are. */
  setDocuments(documents: readonly Document[]): void;
}
