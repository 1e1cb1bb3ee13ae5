// Runs the cases through the package for WebAssembly in Node: `node tests/conformance/wasm.mjs`, once the package is built.
import { main } from "./files.mjs";
import { world } from "./documents.mjs";
import * as clawpowers from "../../native/wasm/node.js";
import { Core } from "../../native/wasm/pkg/clawpowers.js";

await main("wasm", world(clawpowers, Core));
