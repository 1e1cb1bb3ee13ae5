import assert from "node:assert/strict";
import { test } from "node:test";
import { openFresh, assertFails, assertRejects } from "./support.mjs";

// The operation exists only in a build with CLAWPOWERS_FEATURES=test-panic.
const available = (() => {
  try {
    openFresh().call("test_panic");
  } catch (error) {
    return error.code !== "unknown_operation";
  }
  return true;
})();

test("a panic becomes an error", { skip: !available }, async () => {
  const rt = openFresh();
  for (let time = 0; time < 10; time += 1) {
    assertFails("internal", () => rt.call("test_panic"));
    await assertRejects("internal", rt.callAsync("test_panic"));
    assert.equal(rt.store.incr("n"), time + 1);
  }
});
