import { Door, call, callAsync, door } from "./door.js";
import { thrown } from "./decode.js";
import { encode } from "./encode.js";
import { Config, Feedback, Metrics, Own, Skills, Store } from "./operations.js";

/** An open runtime; `open` makes one. */
export class Runtime extends Own {
  constructor(door) {
    if (!(door instanceof Door)) throw new TypeError("a runtime is opened with `open()`");
    super(door);
    // Made once, so that a call costs no object; fixed, so that nothing else takes their place.
    const groups = { skills: Skills, store: Store, metrics: Metrics, feedback: Feedback, config: Config };
    for (const [name, Group] of Object.entries(groups)) {
      Object.defineProperty(this, name, { value: new Group(door), enumerable: true });
    }
  }

  /** Calls an operation by its name, with and without fields as JSON has them. */
  call(operation, request = {}) {
    return call(this, operation, request);
  }

  /** Calls an operation by its name on another thread. */
  callAsync(operation, request = {}) {
    return callAsync(this, operation, request);
  }

  /** Closes the runtime and its database; every later call fails with the code `closed`. */
  close() {
    door(this).close();
  }
}

// What is older than `using` looks the symbol up by this name.
Object.defineProperty(Runtime.prototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"), {
  value: function dispose() {
    this.close();
  },
  configurable: true,
  writable: true,
});

/**
 * Opens a core with options.
 *
 * @param {(options: string) => object} openCore the binding's constructor
 * @param {object} options what the runtime depends on
 * @param {(error: unknown) => boolean} [fatal] as for `Door`
 */
export function openWith(openCore, options, fatal) {
  const text = encode(options);
  try {
    return new Door(openCore(text), fatal);
  } catch (error) {
    // There is no runtime to finish, but there may be something to clear away.
    fatal?.(error);
    throw thrown(error);
  }
}

/** Makes the functions that need no runtime of the caller's; they share one, which remembers nothing. */
export function functions(openShared) {
  let shared;
  const runtime = () => (shared ??= openShared());
  return {
    parseSkill: (text, options) => runtime().skills.parse(text, options),
    detect: (outcomes, options) => runtime().feedback.detect(outcomes, options),
  };
}
