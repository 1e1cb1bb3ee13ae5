/** The error of every failed operation and of every invalid argument. */
export class ClawpowersError extends Error {
  constructor(message, { code, hint, details }) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

// On the prototype, as in built-in errors, so that consoles do not print it as a field.
Object.defineProperty(ClawpowersError.prototype, "name", {
  value: "ClawpowersError",
  configurable: true,
  writable: true,
});

/** Returns the error for a request that cannot be encoded as JSON. */
export function invalidRequest(why) {
  return new ClawpowersError(`the request is not valid: ${why}`, {
    code: "invalid_request",
    hint: "docs/reference.md lists the fields of each operation",
  });
}

/** Returns an internal error. */
export function internal(what) {
  return new ClawpowersError(what, { code: "internal", hint: "please report it" });
}

/** Returns the error for a closed runtime, with the same text as in Rust. */
export function closed() {
  return new ClawpowersError("the runtime is closed", { code: "closed", hint: "open another one" });
}
