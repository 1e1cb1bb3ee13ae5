import { decode, thrown } from "./decode.js";
import { encode } from "./encode.js";
import { closed, invalidRequest } from "./errors.js";

/** Calls operations of the native module on behalf of a runtime and its groups. */
export class Connection {
  #core;
  #fatal;
  #calling = false;

  /**
   * @param {object} core the `Core` of a binding
   * @param {(error?: unknown) => boolean} [fatal] returns whether the error makes the core unusable; without an
   *   argument, whether an earlier call left it unusable
   */
  constructor(core, fatal = () => false) {
    this.#core = core;
    this.#fatal = fatal;
  }

  /** Calls an operation; returns its reply as JSON text. */
  text(operation, request) {
    const core = this.#open();
    try {
      const reply = core.call(operation, request);
      this.#calling = false;
      return reply;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Calls an operation, on another thread if the binding has threads. */
  async textAsync(operation, request) {
    const core = this.#open();
    try {
      const reply = core.callAsync === undefined ? core.call(operation, request) : core.callAsync(operation, request);
      this.#calling = false;
      return await reply;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Calls a method of the core that is not an operation. */
  use(work) {
    const core = this.#open();
    try {
      const result = work(core);
      this.#calling = false;
      return result;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Closes the core, once. */
  close() {
    const core = this.#core;
    if (core === undefined) return;
    try {
      core.close();
      core.free?.();
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#core = undefined;
    }
  }

  #open() {
    // After a stack overflow, `#failed` may have overflowed too and the call is still marked; handle the failure now.
    if (this.#calling && this.#fatal()) this.#core = undefined;
    if (this.#core === undefined) throw closed();
    this.#calling = true;
    return this.#core;
  }

  #failed(error) {
    if (this.#fatal(error)) this.#core = undefined;
    this.#calling = false;
    return thrown(error);
  }
}

let connectionOf;

/** A group of operations. Its private state is visible only in this module. */
export class Base {
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  static {
    connectionOf = (group) => group.#connection;
  }
}

/**
 * Runs an operation.
 *
 * @param {Base} group the group whose method was called
 * @param {string} operation the name of the operation
 * @param {object} request the fields given as positional arguments
 * @param {object} [options] the other fields
 * @param {string} [result] the field of the reply to return; default: the whole reply
 * @param {boolean} [bytes] whether the reply may contain bytes
 */
export function run(group, operation, request, options, result, bytes) {
  const text = encode(options === undefined ? request : merged(request, options));
  return decode(connectionOf(group).text(operation, text), result, bytes);
}

/** Runs an operation as `run` does, on another thread if the binding has threads. */
export async function runAsync(group, operation, request, options, result, bytes) {
  const text = encode(options === undefined ? request : merged(request, options));
  return decode(await connectionOf(group).textAsync(operation, text), result, bytes);
}

/** Calls an operation by its name: plain JSON in and out. */
export function call(group, operation, request) {
  return decode(connectionOf(group).text(checked(operation), encode(request)));
}

/** Calls an operation by its name, on another thread if the binding has threads. */
export async function callAsync(group, operation, request) {
  return decode(await connectionOf(group).textAsync(checked(operation), encode(request)));
}

/** Returns the connection of a group, for other modules of the package. */
export function connection(group) {
  return connectionOf(group);
}

function checked(operation) {
  if (typeof operation !== "string") throw invalidRequest("the name of the operation is not a string");
  return operation;
}

function merged(request, options) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidRequest("the options are not an object");
  }
  for (const key in request) {
    if (Object.hasOwn(options, key)) throw invalidRequest(`\`${key}\` is given twice`);
  }
  const prototype = Object.getPrototypeOf(options);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidRequest("the options are not a plain object");
  }
  return { ...options, ...request };
}
