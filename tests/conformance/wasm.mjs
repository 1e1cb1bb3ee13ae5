// Runs the cases with the WASM package in Node: `node tests/conformance/wasm.mjs`. Build `native/wasm` first.
import { main } from "./files.mjs";
import { platform } from "./documents.mjs";
import * as clawpowers from "../../native/wasm/node.js";
import { Core } from "../../native/wasm/pkg/clawpowers.js";

await main("wasm", platform(clawpowers, Core));
