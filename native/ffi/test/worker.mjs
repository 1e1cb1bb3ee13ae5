import { parentPort, workerData } from "node:worker_threads";
import { open } from "clawpowers";

const { options, times } = workerData;
const rt = open(options);
for (let time = 0; time < times; time += 1) {
  rt.store.incr("n");
  // One of these is waiting for the thread pool when the worker is terminated.
  if (times === Infinity) await Promise.race([rt.callAsync("store_incr", { key: "n" }), rt.skills.listAsync()]);
  if (time === 1) parentPort.postMessage("running");
}
rt.close();
