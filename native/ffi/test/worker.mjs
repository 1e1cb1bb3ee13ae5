import { parentPort, workerData } from "node:worker_threads";
import { open } from "clawpowers";

const { options, times } = workerData;
const rt = open(options);
for (let time = 0; time < times; time += 1) {
  rt.store.incr("n");
  // One of these waits for the thread pool when it is stopped.
  if (times === Infinity) await Promise.race([rt.callAsync("store_incr", { key: "n" }), rt.skills.listAsync()]);
  if (time === 1) parentPort.postMessage("under way");
}
rt.close();
