// Opens persistent databases at the same time, runs the calls of its message on each of them, the first one last, and
// posts the replies of the first one.
import { init, openPersistent } from "/native/wasm/index.js";

self.onmessage = async ({ data: { names, calls } }) => {
  try {
    await init();
    const runtimes = await Promise.all(names.map((name) => openPersistent({ name })));
    const replies = runtimes.reverse().map((rt) => calls.map(([operation, request]) => rt.call(operation, request)));
    self.postMessage({ replies: replies.at(-1) });
  } catch (error) {
    self.postMessage({ code: error.code, message: String(error), hint: error.hint });
  }
};
