import { workerData } from "node:worker_threads";
import { open } from "clawpowers";

const { options, times } = workerData;
const rt = open(options);
for (let time = 0; time < times; time += 1) {
  rt.store.incr("n");
}
rt.close();
