// Eight workers of one process increment a key, COUNT times each. Arguments: HOME KEY COUNT.
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { open } from "../../native/ffi/index.mjs";

if (isMainThread) {
  const [home, key, count] = process.argv.slice(2);
  for (let i = 0; i < 8; i++) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { home, key, count: Number(count) } });
    worker.on("error", (error) => {
      console.error(error);
      process.exitCode = 1;
    });
  }
} else {
  const rt = open({ home: workerData.home });
  for (let i = 0; i < workerData.count; i++) rt.store.incr(workerData.key);
  rt.close();
}
