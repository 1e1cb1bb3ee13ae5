import { fromBase64 } from "./base64.js";
import { ClawpowersError, internal } from "./errors.js";

/**
 * Reads a reply: returns what is in it, or throws what it says went wrong.
 *
 * @param {string} text the reply
 * @param {string} [result] the field of it that is wanted
 * @param {boolean} [bytes] whether the operation answers with bytes
 */
export function decode(text, result, bytes) {
  const reply = JSON.parse(text);
  const { ok } = reply;
  if (ok === undefined) throw failure(reply);
  // Most values are text; looking for the word costs less than walking the reply.
  if (bytes === true && text.includes('_base64":')) withBytes(ok);
  return result === undefined ? ok : ok[result];
}

/** Reads a whole number of 64 bits: a number where it is exact, else a big integer. */
export function whole(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Makes an error of a reply that is one. */
export function failure({ error }) {
  const { code, message, hint, details } = error ?? {};
  if (typeof code !== "string") return internal("the reply is neither a result nor an error");
  return new ClawpowersError(message, { code, hint, details });
}

/** Makes an error of what a binding threw: as its message it has the text of a reply, unless something is amiss. */
export function thrown(error) {
  try {
    return failure(JSON.parse(error.message));
  } catch {
    const failed = internal(`internal error: ${error?.message ?? error}`);
    failed.cause = error;
    return failed;
  }
}

/** Puts bytes into their fields, in place, in place of their spelling in base64. */
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
