import { decode, thrown } from "./decode.js";
import { encode } from "./encode.js";
import { closed, invalidRequest } from "./errors.js";

/** What an open runtime and its groups of operations share: the way to the facade. */
export class Door {
  #core;
  #fatal;
  #inside = false;

  /**
   * @param {object} core the `Core` of a binding
   * @param {(error: unknown) => boolean} [fatal] tells whether an error of the core leaves it unusable; without one, whether
   *   a call did that ended unseen
   */
  constructor(core, fatal = () => false) {
    this.#core = core;
    this.#fatal = fatal;
  }

  /** Calls an operation; returns the text of its reply. */
  text(operation, request) {
    const core = this.#open();
    try {
      const reply = core.call(operation, request);
      this.#inside = false;
      return reply;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Calls an operation on another thread where the binding has one. */
  async textAsync(operation, request) {
    const core = this.#open();
    try {
      const reply = core.callAsync === undefined ? core.call(operation, request) : core.callAsync(operation, request);
      this.#inside = false;
      return await reply;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Does with the core what is no operation. */
  use(work) {
    const core = this.#open();
    try {
      const result = work(core);
      this.#inside = false;
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
    // At the end of the stack there may be no room to see to a call that failed; that is done now.
    if (this.#inside && this.#fatal()) this.#core = undefined;
    if (this.#core === undefined) throw closed();
    this.#inside = true;
    return this.#core;
  }

  #failed(error) {
    if (this.#fatal(error)) this.#core = undefined;
    this.#inside = false;
    return thrown(error);
  }
}

let doorOf;

/** A group of operations; what it holds is seen by `run` alone. */
export class Base {
  #door;

  constructor(door) {
    this.#door = door;
  }

  static {
    doorOf = (group) => group.#door;
  }
}

/**
 * Runs an operation.
 *
 * @param {Base} group what the operation was called on
 * @param {string} operation its name
 * @param {object} request the fields that were given by position
 * @param {object} [options] the other fields
 * @param {string} [result] the field of the reply to return; all of it where there is none
 * @param {boolean} [bytes] whether its replies may hold bytes
 */
export function run(group, operation, request, options, result, bytes) {
  const text = encode(options === undefined ? request : merged(request, options));
  return decode(doorOf(group).text(operation, text), result, bytes);
}

/** Runs an operation as `run` does, on another thread where the binding has one. */
export async function runAsync(group, operation, request, options, result, bytes) {
  const text = encode(options === undefined ? request : merged(request, options));
  return decode(await doorOf(group).textAsync(operation, text), result, bytes);
}

/** The raw door: plain JSON in and out. */
export function call(group, operation, request) {
  return decode(doorOf(group).text(named(operation), encode(request)));
}

/** The raw door, on another thread. */
export async function callAsync(group, operation, request) {
  return decode(await doorOf(group).textAsync(named(operation), encode(request)));
}

/** Gives the door of a group to what surrounds it. */
export function door(group) {
  return doorOf(group);
}

function named(operation) {
  if (typeof operation !== "string") throw invalidRequest("the name of the operation is not a text");
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
