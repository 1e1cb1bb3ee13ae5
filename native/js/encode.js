import { toBase64 } from "./base64.js";
import { ClawpowersError, invalidRequest } from "./errors.js";

// The nesting limit of the Rust parser; it also stops at cycles.
const LEVELS = 127;
// A small graph of shared lists can expand to an unbounded amount of JSON.
const LISTS_AND_OBJECTS = 1 << 20;
// More bytes would be too long for a string in base64, and Node does not report that as a RangeError.
const BYTES = 1 << 28;

// Detect buffers by internal slot, because `Symbol.toStringTag` can be forged. Pages without cross-origin isolation
// have no SharedArrayBuffer.
const bufferLengths = [globalThis.ArrayBuffer, globalThis.SharedArrayBuffer]
  .filter((kind) => kind !== undefined)
  .map((kind) => Object.getOwnPropertyDescriptor(kind.prototype, "byteLength").get);

/**
 * Encodes a request as JSON text.
 *
 * Unlike JSON.stringify, it keeps all digits of a `bigint`, writes bytes as base64 in a field named `*_base64`, and
 * throws on values that JSON cannot represent instead of writing `null`.
 */
export function encode(request) {
  if (isSimple(request)) {
    return JSON.stringify(request);
  }
  if (kindOf(request) !== "object") {
    throw invalidRequest("it is not an object");
  }
  try {
    return writeObject(request, { parents: [], count: 0 }, true);
  } catch (error) {
    // A RangeError here can only mean that the string is too long.
    throw error instanceof RangeError ? invalidRequest("it is too large") : error;
  }
}

/** Returns whether JSON.stringify is sufficient: a plain object of strings, booleans and numbers of moderate size. */
function isSimple(value) {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return false;
  }
  for (const key in value) {
    const field = value[key];
    switch (typeof field) {
      case "string":
        // With escapes, a longer one could exceed the maximum length of a string.
        if (field.length > 0x400000) return false;
        break;
      case "boolean":
      case "undefined":
        break;
      case "number":
        // This form also excludes NaN.
        if (!(Math.abs(field) <= Number.MAX_SAFE_INTEGER)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Returns the JSON kind of a value, even for objects from other realms. */
function kindOf(value) {
  if (typeof value !== "object") return typeof value;
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (ArrayBuffer.isView(value)) return "bytes";
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return "object";
  if (accepts(Date.prototype.getTime, value)) return "date";
  return bufferLengths.some((length) => accepts(length, value)) ? "buffer" : "other";
}

/** Returns whether a value has the internal slot that `method` needs, in any realm. */
function accepts(method, value) {
  try {
    method.call(value);
    return true;
  } catch {
    return false;
  }
}

function write(value, state) {
  switch (kindOf(value)) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "null":
      return "null";
    case "number":
      if (!Number.isFinite(value)) throw invalidRequest("numbers must be finite");
      // JSON.stringify prints 2**60 with 16 significant digits.
      return Number.isInteger(value) ? String(BigInt(value)) : JSON.stringify(value);
    case "date":
      if (Number.isNaN(Date.prototype.getTime.call(value))) throw invalidRequest("a date is not valid");
      return JSON.stringify(Date.prototype.toISOString.call(value));
    case "list":
      return writeList(value, state);
    case "object":
      return writeObject(value, state, false);
    case "bytes":
    case "buffer":
      throw invalidRequest("bytes must be the whole value of a field");
    case "undefined":
      throw invalidRequest("a list contains `undefined`");
    case "other":
      throw invalidRequest(`objects of the class \`${className(value)}\` are not supported`);
    default:
      throw invalidRequest(`values of the type \`${typeof value}\` are not supported`);
  }
}

function writeList(list, state) {
  enter(list, state);
  const items = [];
  for (let at = 0; at < list.length; at += 1) {
    items.push(write(list[at], state));
  }
  state.parents.pop();
  return `[${items.join(",")}]`;
}

function writeObject(object, state, isRequest) {
  enter(object, state);
  const fields = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const bytes = isRequest ? bytesOf(value) : undefined;
    if (bytes?.length > BYTES) throw invalidRequest("it is too large");
    fields.push(
      bytes === undefined
        ? `${JSON.stringify(key)}:${write(value, state)}`
        : `${JSON.stringify(`${key}_base64`)}:"${toBase64(bytes)}"`,
    );
  }
  state.parents.pop();
  return `{${fields.join(",")}}`;
}

/** Returns the bytes of a buffer or view; `undefined` for other values. */
export function bytesOf(value) {
  const kind = kindOf(value);
  if (kind !== "bytes" && kind !== "buffer") return undefined;
  try {
    return kind === "buffer" ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  } catch {
    throw invalidRequest("the buffer is detached");
  }
}

function enter(value, state) {
  const { parents } = state;
  if (parents.includes(value)) throw invalidRequest("it contains a circular reference");
  if (parents.length >= LEVELS) throw invalidRequest(`it is nested more than ${LEVELS} levels deep`);
  state.count += 1;
  if (state.count > LISTS_AND_OBJECTS) throw invalidRequest("it is too large");
  parents.push(value);
}

function className(value) {
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name.slice(0, 60) : "unknown";
}
