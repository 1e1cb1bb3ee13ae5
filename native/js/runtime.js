import { Connection, call, callAsync, connection } from "./connection.js";
import { thrown } from "./decode.js";
import { encode } from "./encode.js";
import { Checkpoints, Config, Feedback, Memory, Metrics, Own, Skills, Store } from "./operations.js";

/** An open runtime, as returned by `open`. */
export class Runtime extends Own {
  constructor(connection) {
    if (!(connection instanceof Connection)) throw new TypeError("call `open()` to get a runtime");
    super(connection);
    // Created once to avoid an allocation per access; not writable.
    const groups = {
      skills: Skills,
      store: Store,
      memory: Memory,
      checkpoints: Checkpoints,
      metrics: Metrics,
      feedback: Feedback,
      config: Config,
    };
    for (const [name, Group] of Object.entries(groups)) {
      Object.defineProperty(this, name, { value: new Group(connection), enumerable: true });
    }
  }

  /** Calls an operation by its name; the request and the reply are plain JSON values. */
  call(operation, request = {}) {
    return call(this, operation, request);
  }

  /** Calls an operation by its name on another thread. */
  callAsync(operation, request = {}) {
    return callAsync(this, operation, request);
  }

  /** Closes the runtime and its database; every later call fails with the code `closed`. */
  close() {
    connection(this).close();
  }
}

// Polyfills for `using` look up the symbol by this name.
Object.defineProperty(Runtime.prototype, Symbol.dispose ?? Symbol.for("Symbol.dispose"), {
  value: function dispose() {
    this.close();
  },
  configurable: true,
  writable: true,
});

/**
 * Opens a core.
 *
 * @param {(options: string) => object} openCore the binding's constructor
 * @param {object} options the options of the runtime
 * @param {(error?: unknown) => boolean} [fatal] as for `Connection`
 */
export function openWith(openCore, options, fatal) {
  const text = encode(options);
  try {
    return new Connection(openCore(text), fatal);
  } catch (error) {
    // No runtime was created, but the module may need cleanup.
    fatal?.(error);
    throw thrown(error);
  }
}

/** Creates the functions that need no open runtime: `parseSkill` and `detect`. They share a hidden one. */
export function functions(openShared) {
  let shared;
  const runtime = () => (shared ??= openShared());
  return {
    parseSkill: (text, options) => runtime().skills.parse(text, options),
    detect: (outcomes, options) => runtime().feedback.detect(outcomes, options),
  };
}
