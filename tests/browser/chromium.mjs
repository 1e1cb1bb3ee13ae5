// Controls a headless Chromium with the DevTools protocol, over pipes.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

/**
 * Starts Chromium, runs `work` with it, and always ends it; a failure is printed and sets the exit code.
 *
 * @param {string} program the browser's executable
 * @param {number} seconds the timeout
 * @param {(browser: Browser) => Promise<void>} work
 */
export async function withChromium(program, seconds, work) {
  const browser = new Browser(program);
  const stop = (signal) => browser.end().finally(() => process.kill(process.pid, signal));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  const late = setTimeout(() => browser.fail(new Error(`not done after ${seconds} seconds`)), seconds * 1000);
  try {
    await Promise.race([work(browser), browser.failed]);
  } catch (error) {
    console.error(`chromium: ${error.stack}`);
    process.exitCode = 1;
  } finally {
    clearTimeout(late);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
    await browser.end();
  }
}

/** A running browser. */
class Browser {
  #process;
  #folder = mkdtempSync(join(tmpdir(), "clawpowers-chromium-"));
  #calls = new Map();
  #sessions = new Map();
  #count = 0;
  #stderr = "";
  #reject;

  constructor(program) {
    this.failed = new Promise((_, reject) => (this.#reject = reject));
    // Without a handler, Node would exit on an unhandled rejection.
    this.failed.catch(() => {});
    this.#process = spawn(program, [...FLAGS, `--user-data-dir=${join(this.#folder, "profile")}`], {
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
      // A process group, so that all of its processes can be killed at once.
      detached: true,
    });
    const { stderr, stdio } = this.#process;
    stderr.on("data", (data) => (this.#stderr = (this.#stderr + data).slice(-4000)));
    this.#process.on("error", (error) => this.fail(error));
    this.#process.on("exit", (code) => this.fail(new Error(`the browser exited with ${code}:\n${this.#stderr}`)));
    // The browser has exited then, and `exit` reports more.
    stdio[3].on("error", () => {});
    let rest = "";
    stdio[4].setEncoding("utf8").on("data", (data) => {
      const messages = (rest + data).split("\0");
      rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  /** Makes `work` fail. */
  fail(error) {
    this.#reject(error);
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }

  /** Ends the browser and removes its files. */
  async end() {
    const running = this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid !== undefined;
    if (running) {
      const ended = new Promise((resolve) => this.#process.once("exit", resolve));
      process.kill(-this.#process.pid, "SIGKILL");
      await ended;
    }
    // A process of the group may still be writing.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Calls a method of the protocol. */
  call(method, params = {}, sessionId = undefined) {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { method, resolve, reject });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Opens a page and waits until it is loaded. */
  async open(address) {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page((method, params) => this.call(method, params, sessionId));
    this.#sessions.set(sessionId, page);
    await page.start(address);
    return page;
  }

  #take({ id, sessionId, method, params, result, error }) {
    if (id === undefined) {
      this.#sessions.get(sessionId)?.take(method, params);
      return;
    }
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`${call.method}: ${error.message}`));
  }
}

/** An open page. */
class Page {
  /** Console warnings and errors, uncaught exceptions, and dialogs. */
  problems = [];
  /** The URLs of all requests. */
  requests = [];
  #call;
  #waiting = [];

  constructor(call) {
    this.#call = call;
  }

  /** Enables events and opens a URL. */
  async start(address) {
    for (const domain of ["Page", "Runtime", "Log", "Network", "DOM"]) await this.#call(`${domain}.enable`);
    await this.#loaded(() => this.#call("Page.navigate", { url: address }));
  }

  /** Loads the page again. */
  async reload() {
    await this.#loaded(() => this.#call("Page.reload"));
  }

  /** Runs a function in the page with JSON arguments; resolves to its result. */
  async evaluate(work, ...given) {
    const expression = `(${work})(...${JSON.stringify(given)})`;
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", options);
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  /** Waits until a function in the page returns a truthy value; resolves to it. */
  async until(what, work, ...given) {
    for (let times = 0; times < 2400; times += 1) {
      const found = await this.evaluate(work, ...given);
      if (found) return found;
      await wait(50);
    }
    throw new Error(`timeout: ${what}; ${JSON.stringify(this.problems)}`);
  }

  /** Chooses files or a folder in a file input. */
  async choose(selector, files) {
    const { root } = await this.#call("DOM.getDocument");
    const { nodeId } = await this.#call("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.#call("DOM.setFileInputFiles", { nodeId, files });
  }

  /** Drops files and folders on an element, as a user would. */
  async drop(selector, files) {
    const { x, y } = await this.evaluate((selector) => {
      const element = document.querySelector(selector);
      element.scrollIntoView({ block: "center" });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }, selector);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await this.#call("Input.dispatchDragEvent", { type, x, y, data });
  }

  /** Presses a key. */
  async press(key, code = key, windowsVirtualKeyCode = { Tab: 9, Enter: 13, Escape: 27, " ": 32 }[key] ?? 0) {
    const text = { Enter: "\r", " ": " " }[key];
    await this.#call("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", key, code, windowsVirtualKeyCode, text });
    await this.#call("Input.dispatchKeyEvent", { type: "keyUp", key, code, windowsVirtualKeyCode });
  }

  /** Types text into the focused element. */
  async type(text) {
    await this.#call("Input.insertText", { text });
  }

  /** Saves downloads of the page in a folder. */
  async downloads(downloadPath) {
    await this.#call("Browser.setDownloadBehavior", { behavior: "allow", downloadPath });
  }

  /** Emulates a screen: `{width, height, mobile, dark}`. */
  async look({ width, height, mobile = false, dark = false }) {
    await this.#call("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 });
    const value = dark ? "dark" : "light";
    await this.#call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  }

  /** Writes a screenshot of the whole page to a file. */
  async picture(file) {
    const { data } = await this.#call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  /** Handles an event of the page. */
  take(method, params) {
    switch (method) {
      case "Page.loadEventFired":
        for (const done of this.#waiting.splice(0)) done();
        break;
      case "Page.javascriptDialogOpening":
        this.problems.push(`dialog: ${params.message}`);
        this.#call("Page.handleJavaScriptDialog", { accept: false }).catch(() => {});
        break;
      case "Runtime.exceptionThrown":
        this.problems.push(`thrown: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
        break;
      case "Runtime.consoleAPICalled":
        if (["error", "warning", "assert"].includes(params.type)) {
          this.problems.push(`console: ${params.args.map(({ value, description }) => value ?? description).join(" ")}`);
        }
        break;
      case "Log.entryAdded":
        if (["error", "warning"].includes(params.entry.level)) {
          this.problems.push(`log: ${params.entry.text} ${params.entry.url ?? ""}`);
        }
        break;
      case "Network.requestWillBeSent":
        this.requests.push(params.request.url);
        break;
      default:
        break;
    }
  }

  async #loaded(work) {
    const done = new Promise((resolve) => this.#waiting.push(resolve));
    const { errorText } = await work();
    if (errorText !== undefined) throw new Error(`the page cannot be opened: ${errorText}`);
    await done;
  }
}
