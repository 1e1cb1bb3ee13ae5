import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, refuses, rejects } from "./support.mjs";

// There in a build with CLAWPOWERS_FEATURES=test-panic alone.
const known = (() => {
  try {
    fresh().call("test_panic");
  } catch (error) {
    return error.code !== "unknown_operation";
  }
  return true;
})();

test("a panic is an error and no more", { skip: !known }, async () => {
  const rt = fresh();
  for (let time = 0; time < 10; time += 1) {
    refuses("internal", () => rt.call("test_panic"));
    await rejects("internal", rt.callAsync("test_panic"));
    assert.equal(rt.store.incr("n"), time + 1);
  }
});
