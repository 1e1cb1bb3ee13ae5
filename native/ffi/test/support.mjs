import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { ClawpowersError, open } from "clawpowers";

/** Creates a folder that is removed after the tests of the file. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "clawpowers-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Opens a runtime in a new folder. */
export function openFresh() {
  const root = folder();
  const options = { home: join(root, "home"), cwd: root, user_home: join(root, "user") };
  return Object.assign(open(options), { options });
}

/** Asserts that a call throws an error with this code, and returns the error. */
export function assertFails(code, work, message) {
  let failed;
  assert.throws(work, (error) => {
    failed = error;
    return isError(error, code, message);
  });
  return failed;
}

/** Asserts that a promise rejects with this code. */
export async function assertRejects(code, promise) {
  await assert.rejects(promise, (error) => isError(error, code));
}

function isError(error, code, message) {
  assert.ok(error instanceof ClawpowersError, String(error?.stack));
  assert.ok(error instanceof Error);
  assert.equal(error.name, "ClawpowersError");
  assert.equal(error.code, code, error.message);
  if (message !== undefined) assert.equal(error.message, message);
  return true;
}
