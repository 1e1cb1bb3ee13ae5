// Runs the cases through a JavaScript runtime and compares the replies; for Node and for browsers.

/**
 * Parses JSON text. An integer that is not safe as a number becomes a `bigint`.
 *
 * @param {string} text
 */
export function parse(text) {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"$bigint ${token}"` : token,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value.startsWith("$bigint ") ? BigInt(value.slice("$bigint ".length)) : value,
  );
}

/** Returns a value with its generated strings: `{"$repeat": [TEXT, TIMES]}` and `{"$concat": [TEXT, …]}`. */
export function expanded(value) {
  if (Array.isArray(value)) return value.map(expanded);
  if (!isObject(value)) return value;
  if (Array.isArray(value.$repeat)) return value.$repeat[0].repeat(Number(value.$repeat[1]));
  if (Array.isArray(value.$concat)) return value.$concat.map(expanded).join("");
  return mapped(value, expanded);
}

/** Returns the bytes of a file of a case: a string, a generated string, or `{"$base64": …}`. */
export function bytesOf(content) {
  if (typeof content.$base64 === "string") return Uint8Array.from(atob(content.$base64), (char) => char.charCodeAt(0));
  return new TextEncoder().encode(expanded(content));
}

/**
 * Runs all cases of all suites.
 *
 * @param {object} platform how to open a runtime of this kind:
 *   `open(case)` returns `{rt, raw, names, error, end}`: a runtime, a function that calls another one with JSON text, pairs
 *   of a name and its path, the class of errors, and a function that closes everything; `expected(case)` returns the reply
 *   of this kind of runtime, or `undefined` if the case does not apply to it
 * @param {object[]} suites the content of `cases/`
 * @param {object} table the content of `schemas/operations.json`
 */
export async function runAll(platform, suites, table) {
  const failures = [];
  let cases = 0;
  let failed = 0;
  for (const suite of suites) {
    for (const one of suite.cases) {
      const expected = platform.expected(one);
      if (expected === undefined) continue;
      cases += 1;
      const found = await failuresOf(platform, suite, one, expanded(expected), table);
      failed += found.length > 0 ? 1 : 0;
      failures.push(...found.map((why) => `${suite.operation}: ${one.name}: ${why}`));
    }
  }
  return { cases, failed, failures };
}

async function failuresOf(platform, suite, one, expected, table) {
  const operation = one.call ?? suite.operation;
  const entry = table.operations.find(({ name }) => name === operation);
  const ways = { text: (open, request) => open.raw(operation, request) };
  if (one.request !== undefined) {
    ways.call = ({ rt }, request) => rt.call(operation, request);
  }
  if (entry !== undefined && isObject(one.request)) {
    const wide = isWide(table, entry);
    ways.method = ({ rt }, request) => byMethod(rt, entry, request, "", wide);
    ways.methodAsync = ({ rt }, request) => byMethod(rt, entry, request, "Async", wide);
  }
  const failures = [];
  for (const [way, run] of Object.entries(ways)) {
    const open = await platform.open(one);
    try {
      const named = (value) => mapStrings(value, (text) => open.names.reduce((now, [name, path]) => now.replaceAll(name, path), text));
      const renamed = (value) => mapStrings(value, (text) => open.names.reduce(outOf, text));
      for (const [before, request] of one.setup ?? []) setUp(open, way, before, named(expanded(request)));
      const request = one.request === undefined ? expanded(one.request_text) : named(expanded(one.request));
      const given = way === "text" && one.request !== undefined ? write(request) : request;
      const actual = await reply(() => run(open, given), open.error, way);
      const wanted = way.startsWith("method") ? cut(expected, entry.result) : expected;
      const why = differs("", wanted, renamed(actual), table.version);
      if (why !== undefined) failures.push(`${way}: ${why}`);
    } catch (error) {
      failures.push(`${way}: ${error?.stack ?? error}`);
    } finally {
      await open.end();
    }
  }
  return failures;
}

function outOf(text, [name, path]) {
  return path === "" ? text : text.replaceAll(path, name);
}

/**
 * Runs a setup step on the runtime of the request.
 *
 * An in-memory runtime skips steps that need a disk, and the case expects the reply without them.
 */
function setUp({ rt, raw }, way, operation, request) {
  const { error } = way === "text" ? JSON.parse(raw(operation, write(request))) : tried(() => rt.call(operation, request));
  if (error !== undefined && error.code !== "unsupported_platform") {
    throw new Error(`${operation}: ${error.code}: ${error.message}`);
  }
}

function tried(work) {
  try {
    return { ok: work() };
  } catch (error) {
    return { error };
  }
}

/** Calls the method of an operation as a program would: with bytes as bytes, and with positional arguments. */
function byMethod(rt, { group, method, positional, result }, request, suffix, wide) {
  const on = group === null || group === "runtime" ? rt : rt[group];
  const options = { ...request };
  const places = positional.map((name) => {
    const encoded = `${name}_base64`;
    if (!(name in options) && isBase64(options[encoded])) {
      const bytes = bytesOf({ $base64: options[encoded] });
      delete options[encoded];
      return bytes;
    }
    const value = options[name];
    delete options[name];
    return value;
  });
  const name = method.replace(/_(.)/g, (_, letter) => letter.toUpperCase()) + suffix;
  const rest = Object.keys(options).length === 0 ? [] : [options];
  // In JSON such a number is a string; the method returns a number if that is exact.
  const exact = (value) => (wide && (typeof value === "bigint" || Number.isSafeInteger(value)) ? String(value) : value);
  const wrapped = (value) => (result === null ? value : { [result]: exact(value) });
  const answer = on[name](...places, ...rest);
  return suffix === "" ? wrapped(answer) : answer.then(wrapped);
}

/** Returns whether a method returns a 64-bit integer. */
function isWide({ $defs }, { reply, result }) {
  return result !== null && $defs[reply.$ref.replace("#/$defs/", "")].properties[result].format === "int64";
}

/** Returns the reply for a result or an error. */
async function reply(work, ClawpowersError, way) {
  try {
    const result = await work();
    return way === "text" ? parse(result) : { ok: plain(result) };
  } catch (error) {
    if (!(error instanceof ClawpowersError)) throw error;
    const { code, message, hint, details } = error;
    return JSON.parse(JSON.stringify({ error: { code, message, hint, details } }));
  }
}

/** Returns a result as in JSON: bytes in base64. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).flatMap(([key, field]) => {
    if (!(field instanceof Uint8Array)) return [[key, plain(field)]];
    return [
      [key, null],
      [`${key}_base64`, btoa(String.fromCharCode(...field))],
    ];
  });
  return Object.fromEntries(fields);
}

/** Returns the part of an expected reply that a method returns. */
function cut(expected, result) {
  if (result === null || !isObject(expected.ok)) return expected;
  const fields = [result, `${result}_base64`].filter((name) => name in expected.ok);
  return { ok: Object.fromEntries(fields.map((name) => [name, expected.ok[name]])) };
}

/** Returns where a reply differs from the expected one, which may have patterns. */
export function differs(place, expected, actual, version) {
  const wrong = `${place}: expected ${shown(expected)}, found ${shown(actual)}`;
  const unless = (same) => (same ? undefined : wrong);
  if (expected === "$any") return undefined;
  if (expected === "$number") return unless(typeof actual === "number" || typeof actual === "bigint");
  if (expected === "$time") return unless(typeof actual === "string" && TIME.test(actual));
  if (expected === "$version") return unless(actual === version);
  if (typeof expected === "bigint" || typeof actual === "bigint") {
    return unless(typeof actual !== "string" && Number(expected) === Number(actual));
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return wrong;
    return first(expected, (item, at) => differs(`${place}/${at}`, item, actual[at], version));
  }
  if (!isObject(expected)) return unless(expected === actual);
  if (typeof expected.$starts === "string") return unless(typeof actual === "string" && actual.startsWith(expected.$starts));
  if (typeof expected.$hint === "string") return unless(typeof actual === "string" && isWorded(expected.$hint, actual));
  if (!isObject(actual)) return wrong;
  const wanted = Object.keys(expected).filter((key) => key !== "$others");
  const others = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
  if (others.length > 0 && !Object.hasOwn(expected, "$others")) {
    return `${place}/${others[0]} was not expected: ${shown(actual)}`;
  }
  return first([...wanted, ...others], (key) =>
    Object.hasOwn(actual, key)
      ? differs(`${place}/${key}`, expected[Object.hasOwn(expected, key) ? key : "$others"], actual[key], version)
      : `${place}/${key} is missing: ${shown(actual)}`,
  );
}

/** Returns whether `text` is the hint with a JavaScript phrase for each reference in braces. */
function isWorded(hint, text) {
  const pieces = hint.split(/(\{.*?\})/).map((piece, index) => {
    if (index % 2 === 0) return piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return piece.startsWith("{--") ? "`\\w+`" : "`rt\\.[^`]*\\)`";
  });
  return new RegExp(`^${pieces.join("")}$`, "s").test(text);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function first(list, why) {
  for (const [at, item] of list.entries()) {
    const found = why(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Writes a request, which may contain `bigint` values, as JSON text. */
function write(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${write(field)}`).join(",")}}`;
}

/** Returns a value with every string changed. */
export function mapStrings(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  return isObject(value) ? mapped(value, (field) => mapStrings(field, change)) : value;
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, field]) => [key, change(field)]));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isBase64(text) {
  try {
    return typeof text === "string" && btoa(atob(text)) === text;
  } catch {
    return false;
  }
}

function shown(value) {
  const text = value === undefined ? "nothing" : write(value);
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
