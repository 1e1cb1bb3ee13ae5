import { fromBase64 } from "./base64.js";
import { ClawpowersError, internal } from "./errors.js";

/**
 * Parses a reply: returns its result, or throws its error.
 *
 * @param {string} text the reply
 * @param {string} [result] the field of the reply to return; default: the whole reply
 * @param {boolean} [bytes] whether the reply may contain bytes
 */
export function decode(text, result, bytes) {
  const reply = JSON.parse(text);
  const { ok } = reply;
  if (ok === undefined) throw failure(reply);
  // Most replies contain no bytes, and searching the text is cheaper than walking the reply.
  if (bytes === true && text.includes('_base64":')) withBytes(ok);
  return result === undefined ? ok : ok[result];
}

/** Parses a 64-bit integer: returns a number if it is exact, else a `bigint`. */
export function integer(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Converts an error reply to a ClawpowersError. */
export function failure({ error }) {
  const { code, message, hint, details } = error ?? {};
  if (typeof code !== "string") return internal("the reply is neither a result nor an error");
  return new ClawpowersError(message, { code, hint, details });
}

/** Converts what a binding threw. Its message is normally an error reply in JSON. */
export function thrown(error) {
  try {
    return failure(JSON.parse(error.message));
  } catch {
    const failed = internal(`internal error: ${error?.message ?? error}`);
    failed.cause = error;
    return failed;
  }
}

/** Replaces `*_base64` fields with bytes, in place. */
function withBytes(value) {
  if (typeof value !== "object" || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === "string" && key.endsWith("_base64")) {
      value[key.slice(0, -"_base64".length)] = fromBase64(field);
      delete value[key];
    } else {
      withBytes(field);
    }
  }
}
