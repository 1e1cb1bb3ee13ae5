// Opens the database that lasts, does the calls that it is sent, and answers with what they gave.
import { init, openPersistent } from "/native/wasm/index.js";

self.onmessage = async ({ data: calls }) => {
  try {
    await init();
    const rt = await openPersistent({ name: "kept" });
    self.postMessage({ replies: calls.map(([operation, request]) => rt.call(operation, request)) });
  } catch (error) {
    self.postMessage({ code: error.code, message: String(error), hint: error.hint });
  }
};
