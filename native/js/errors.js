/** What every refusal is: the facade's, and those of what crosses the border. */
export class ClawpowersError extends Error {
  constructor(message, { code, hint, details }) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

// On the prototype, as with built-in errors, so that it is not among the fields that a console prints.
Object.defineProperty(ClawpowersError.prototype, "name", {
  value: "ClawpowersError",
  configurable: true,
  writable: true,
});

/** An error for a request that cannot be put into JSON. */
export function invalidRequest(why) {
  return new ClawpowersError(`the request is not valid: ${why}`, {
    code: "invalid_request",
    hint: "docs/reference.md lists the fields of each operation",
  });
}

/** An error for what should not happen. */
export function internal(what) {
  return new ClawpowersError(what, { code: "internal", hint: "please report it" });
}

/** What a runtime that is closed says, as the facade words it. */
export function closed() {
  return new ClawpowersError("the runtime is closed", { code: "closed", hint: "open another one" });
}
