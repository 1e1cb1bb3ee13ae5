import { toBase64 } from "./base64.js";
import { ClawpowersError, invalidRequest } from "./errors.js";

// What the facade's reader takes; it also ends every cycle.
const LEVELS = 127;
// Lists that hold the same lists again and again grow beyond all bounds when they are written out.
const LISTS_AND_OBJECTS = 1 << 20;
// In base64, more would be too long for a string, which Node does not report as a RangeError.
const BYTES = 1 << 28;

// What tells buffers by what they are: a tag can be anyone's. Pages that are not isolated have no SharedArrayBuffer.
const lengthsOfBuffers = [globalThis.ArrayBuffer, globalThis.SharedArrayBuffer]
  .filter((kind) => kind !== undefined)
  .map((kind) => Object.getOwnPropertyDescriptor(kind.prototype, "byteLength").get);

/**
 * Writes a request as JSON text.
 *
 * It differs from JSON.stringify where that would lose or refuse something: big integers keep their digits, bytes go
 * as base64 under the name that the facade has for them, and what JSON has no word for is an error, never `null`.
 */
export function encode(request) {
  if (isSimple(request)) {
    return JSON.stringify(request);
  }
  if (kindOf(request) !== "object") {
    throw invalidRequest("it is not an object");
  }
  try {
    return writeObject(request, { inside: [], count: 0 }, true);
  } catch (error) {
    // Only what is too long for a string of JavaScript can end in one.
    throw error instanceof RangeError ? invalidRequest("it is too large") : error;
  }
}

/** Tells whether JSON.stringify does right: a plain object of texts, booleans and numbers of moderate size. */
function isSimple(value) {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return false;
  }
  for (const key in value) {
    const field = value[key];
    switch (typeof field) {
      case "string":
        // Escaped, a longer one could be too long for a string.
        if (field.length > 0x400000) return false;
        break;
      case "boolean":
      case "undefined":
        break;
      case "number":
        // NaN is not smaller either.
        if (!(Math.abs(field) <= Number.MAX_SAFE_INTEGER)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Says what a value is for JSON; objects of other realms count as well. */
function kindOf(value) {
  if (typeof value !== "object") return typeof value;
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (ArrayBuffer.isView(value)) return "bytes";
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return "object";
  if (accepts(Date.prototype.getTime, value)) return "date";
  return lengthsOfBuffers.some((length) => accepts(length, value)) ? "buffer" : "other";
}

/** Tells whether a value is of the class that a method is of, in whichever realm it was made. */
function accepts(method, value) {
  try {
    method.call(value);
    return true;
  } catch {
    return false;
  }
}

function write(value, around) {
  switch (kindOf(value)) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "null":
      return "null";
    case "number":
      if (!Number.isFinite(value)) throw invalidRequest("a number that is not finite");
      // JSON.stringify rounds 2**60 to the sixteen digits that tell it from its neighbours.
      return Number.isInteger(value) ? String(BigInt(value)) : JSON.stringify(value);
    case "date":
      if (Number.isNaN(Date.prototype.getTime.call(value))) throw invalidRequest("a date that is not valid");
      return JSON.stringify(Date.prototype.toISOString.call(value));
    case "list":
      return writeList(value, around);
    case "object":
      return writeObject(value, around, false);
    case "bytes":
    case "buffer":
      throw invalidRequest("bytes inside of a field");
    case "undefined":
      throw invalidRequest("`undefined` in a list");
    case "other":
      throw invalidRequest(`an object of the class \`${className(value)}\``);
    default:
      throw invalidRequest(`a ${typeof value}`);
  }
}

function writeList(list, around) {
  enter(list, around);
  const items = [];
  for (let at = 0; at < list.length; at += 1) {
    items.push(write(list[at], around));
  }
  around.inside.pop();
  return `[${items.join(",")}]`;
}

function writeObject(object, around, isRequest) {
  enter(object, around);
  const fields = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const bytes = isRequest ? bytesOf(value) : undefined;
    if (bytes?.length > BYTES) throw invalidRequest("it is too large");
    fields.push(
      bytes === undefined
        ? `${JSON.stringify(key)}:${write(value, around)}`
        : `${JSON.stringify(`${key}_base64`)}:"${toBase64(bytes)}"`,
    );
  }
  around.inside.pop();
  return `{${fields.join(",")}}`;
}

/** Returns the bytes that a value stands for; `undefined` where it is something else. */
export function bytesOf(value) {
  const kind = kindOf(value);
  if (kind !== "bytes" && kind !== "buffer") return undefined;
  try {
    return kind === "buffer" ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  } catch {
    throw invalidRequest("bytes that were transferred elsewhere");
  }
}

function enter(value, around) {
  const { inside } = around;
  if (inside.includes(value)) throw invalidRequest("a value that holds itself");
  if (inside.length >= LEVELS) throw invalidRequest(`more than ${LEVELS} levels`);
  around.count += 1;
  if (around.count > LISTS_AND_OBJECTS) throw invalidRequest("it is too large");
  inside.push(value);
}

function className(value) {
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name.slice(0, 60) : "unknown";
}
