import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { open } from "clawpowers";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { openFresh, assertRejects } from "./support.mjs";

// Holds a lock on the database until it reads a line.
const LOCKER = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
db.execute("COMMIT")
`;

test("workers share a home", async () => {
  const { options, store } = openFresh();
  const workers = Array.from({ length: 8 }, () => new Worker(new URL("worker.mjs", import.meta.url), { workerData: { options, times: 50 } }));
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, "exit"))[0]));
  assert.deepEqual(codes, Array(8).fill(0));
  assert.equal(store.get("n"), "400");
});

test("many calls at once", async () => {
  const rt = openFresh();
  const calls = Array.from({ length: 200 }, () => rt.callAsync("store_incr", { key: "n" }));
  const sums = (await Promise.all(calls)).map(({ value }) => Number(value)).sort((a, b) => a - b);
  assert.deepEqual(sums, Array.from({ length: 200 }, (_, at) => at + 1));
});

test("asynchronous calls do not block the event loop", async () => {
  const rt = openFresh();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await Promise.all(Array.from({ length: 100 }, () => rt.callAsync("store_incr", { key: "n" })));
  clearInterval(timer);
  assert.ok(turns > 0);
});

test("a call that waits for another process blocks neither the event loop nor readers", async () => {
  const rt = openFresh();
  rt.store.set("a", "1");
  const locker = spawn("python3", ["-c", LOCKER, join(rt.options.home, "clawpowers.db")], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(locker, "exit");
  await once(locker.stdout, "data");
  const ended = [];
  const writes = [1, 2].map((one) => rt.store.setAsync("a", `b${one}`).then(() => ended.push("write")));
  // Node runs such calls on four threads; two of them are waiting.
  for (let time = 0; time < 10; time += 1) assert.equal(await rt.store.getAsync("a"), "1");
  assert.equal((await rt.metrics.showAsync()).length, 0);
  assert.equal(rt.store.get("a"), "1");
  ended.push("read");
  locker.stdin.end("\n");
  await Promise.all(writes);
  assert.deepEqual(ended, ["read", "write", "write"]);
  await exited;
});

test("closing a runtime while calls run", async () => {
  const rt = openFresh();
  const calls = Array.from({ length: 50 }, () => rt.callAsync("store_incr", { key: "n" }));
  rt.close();
  const outcomes = await Promise.allSettled(calls);
  for (const { status, reason } of outcomes) {
    if (status === "rejected") assert.equal(reason.code, "closed");
  }
  await assertRejects("closed", rt.callAsync("status"));
  // Exactly the calls that succeeded were done.
  const done = outcomes.filter(({ status }) => status === "fulfilled").length;
  assert.equal(open(rt.options).store.get("n", { default: "0" }), String(done));
});

test("terminating a worker during calls", async () => {
  const { options, store } = openFresh();
  for (let time = 0; time < 10; time += 1) {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { workerData: { options, times: Infinity } });
    await once(worker, "message");
    await worker.terminate();
  }
  assert.ok(store.incr("n") > 0);
});
