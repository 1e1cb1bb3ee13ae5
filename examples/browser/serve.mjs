// Serves the page on 127.0.0.1: `node examples/browser/serve.mjs [PORT]`. Build `native/wasm` first.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The folders of the page by URL path. */
export const PAGE = { "/": new URL("./", import.meta.url), "/clawpowers/": new URL("../../native/wasm/", import.meta.url) };

/**
 * Serves folders on 127.0.0.1; resolves to `{address, close}`.
 *
 * @param {Record<string, URL>} folders the folders by URL path, with a slash at the end
 * @param {number} [port] default: any free port
 */
export function serve(folders, port = 0) {
  const mounts = Object.entries(folders).sort(([a], [b]) => b.length - a.length);
  const server = createServer(({ method, url }, response) => {
    const file = method === "GET" || method === "HEAD" ? fileOf(mounts, url) : undefined;
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Length": statSync(file).size,
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
    });
    if (method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const close = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ address: `http://127.0.0.1:${server.address().port}`, close });
    });
  });
}

/** Returns the file of a URL if it is in one of the folders. */
function fileOf(mounts, address) {
  let path;
  try {
    path = decodeURIComponent(new URL(address, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  const [start, folder] = mounts.find(([start]) => path.startsWith(start)) ?? [];
  if (folder === undefined || path.includes("\0")) return undefined;
  const root = fileURLToPath(folder);
  // `URL` has resolved `..`, except in percent-encoded segments.
  const rest = path.slice(start.length) || "index.html";
  if (rest.split(/[\\/]/).includes("..")) return undefined;
  const file = root + rest.replaceAll("/", sep);
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(new URL("pkg/clawpowers_bg.wasm", PAGE["/clawpowers/"]))) {
    console.error("native/wasm is not built: run `cargo xtask bindings wasm`");
    process.exit(1);
  }
  const { address } = await serve(PAGE, Number(process.argv[2] ?? 8080));
  console.log(`${address}/`);
}
