// Compares memory with MCP servers: entries lost by 16 parallel writers, queries answered, and the time of a call.
// Each writer is a process of its own, as agents are. A server stays open for all calls of its writer; the program is
// started for each.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

const [program, set, work] = process.argv.slice(2);
const lines = (name) => readFileSync(join(set, name), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const entries = lines("entries.jsonl");
const queries = lines("queries.jsonl");
const WRITERS = 16;
const EACH = 12;
const HITS = 5;

/** A connection to a server on stdio. */
class Server {
  #child;
  #last = 0;
  #open = new Map();

  constructor(script, env) {
    const stdio = ["pipe", "pipe", "ignore"];
    this.#child = spawn(process.execPath, [script], { env: { ...process.env, ...env }, stdio });
    let rest = "";
    this.#child.stdout.on("data", (chunk) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop();
      for (const part of parts.filter((part) => part.startsWith("{"))) {
        const message = JSON.parse(part);
        this.#open.get(message.id)?.(message);
      }
    });
  }

  #send(message) {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  request(method, params) {
    const id = ++this.#last;
    const reply = new Promise((done) => this.#open.set(id, done));
    this.#send({ id, method, params });
    return reply;
  }

  async start() {
    const clientInfo = { name: "bench", version: "1" };
    await this.request("initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo });
    this.#send({ method: "notifications/initialized" });
  }

  /** Returns the text of a tool's result, or `null` if the call failed. */
  async call(name, input) {
    const { result } = await this.request("tools/call", { name, arguments: input });
    return result && !result.isError ? result.content.map((part) => part.text).join("\n") : null;
  }

  close() {
    const closed = new Promise((done) => this.#child.on("close", done));
    this.#child.stdin.end();
    this.#child.kill();
    return closed;
  }
}

/** The ids in a reply, in order; every content begins with its id. */
const ids = (text) => [...(text ?? "").matchAll(/entry-(\w+)\./g)].map((match) => match[1]);

const server = (script, env, create, search) => (home) => {
  mkdirSync(home, { recursive: true });
  const one = new Server(script, env(home));
  return {
    start: () => one.start(),
    create: async (id, text) => (await one.call(...create(id, text))) !== null,
    search: async (text) => ids(await one.call(...search(text))),
    close: () => one.close(),
  };
};

const run = promisify(execFile);
const ours = (home) => {
  const call = (words) => run(program, ["memory", ...words], { env: { ...process.env, CLAWPOWERS_DIR: home } });
  return {
    start: async () => {},
    create: (id, text) => call(["create", "--content", text, "--no-merge"]).then(() => true, () => false),
    search: async (text) => ids((await call(["search", "--json", "--", text])).stdout),
    close: async () => {},
  };
};

const tools = {
  "clawpowers memory": ours,
  "@modelcontextprotocol/server-memory": server(
    "node_modules/@modelcontextprotocol/server-memory/dist/index.js",
    (home) => ({ MEMORY_FILE_PATH: join(home, "memory.jsonl") }),
    (id, text) => ["create_entities", { entities: [{ name: id, entityType: "note", observations: [text] }] }],
    (query) => ["search_nodes", { query }],
  ),
  "mcp-memory-keeper": server(
    "node_modules/mcp-memory-keeper/dist/index.js",
    (home) => ({ DATA_DIR: home }),
    (id, text) => ["context_save", { key: id, value: text }],
    (query) => ["context_search_all", { query }],
  ),
};

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const timed = async (times, work) => {
  const start = performance.now();
  const result = await work();
  times.push(performance.now() - start);
  return result;
};

/** Returns how many of the acknowledged entries of parallel writers cannot be found, and how many calls failed. */
async function losses(tool, home) {
  const words = ["alpha", "bravo", "delta", "golf", "hotel", "india", "kilo", "lima", "mike", "oscar", "papa", "tango"];
  const writer = async (number) => {
    const connection = tool(home);
    await connection.start();
    const acknowledged = [];
    for (let index = 0; index < EACH; index++) {
      const id = `w${number}x${index}`;
      if (await connection.create(id, `entry-${id}. unique${id} ${words[index]}`)) acknowledged.push(id);
    }
    await connection.close();
    return acknowledged;
  };
  const acknowledged = (await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)))).flat();
  const reader = tool(home);
  await reader.start();
  let lost = 0;
  for (const id of acknowledged) {
    if (!(await reader.search(`unique${id}`)).includes(id)) lost++;
  }
  await reader.close();
  return { lost, failed: WRITERS * EACH - acknowledged.length };
}

for (const [name, tool] of Object.entries(tools)) {
  const home = join(work, name.replace(/\W/g, "-"));
  const { lost, failed } = await losses(tool, join(home, "writers"));
  const one = tool(join(home, "set"));
  await one.start();
  const [creating, searching] = [[], []];
  for (const { id, title, body, tags } of entries) {
    const text = [`entry-${id}. ${title}`.trim(), body, tags].filter(Boolean).join("\n");
    await timed(creating, () => one.create(String(id), text));
  }
  let answered = 0;
  for (const { text, right } of queries) {
    const found = (await timed(searching, () => one.search(text))).slice(0, HITS);
    answered += right.some((id) => found.includes(String(id)));
  }
  await one.close();
  const share = (answered / queries.length).toFixed(3);
  const times = `create ${median(creating).toFixed(1)} ms, search ${median(searching).toFixed(1)} ms a call`;
  const writers = `${lost} of ${WRITERS * EACH} entries lost, ${failed} calls failed`;
  console.log(`${name}: ${writers}; hit@${HITS} ${share} of ${queries.length} queries; ${times}`);
}
