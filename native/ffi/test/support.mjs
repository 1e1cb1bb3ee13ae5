import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { ClawpowersError, open } from "clawpowers";

/** Makes a folder that is removed when the tests of the file have run. */
export function folder() {
  const made = mkdtempSync(join(tmpdir(), "clawpowers-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Opens a runtime in folders of its own. */
export function fresh() {
  const root = folder();
  const options = { home: join(root, "home"), cwd: root, user_home: join(root, "user") };
  return Object.assign(open(options), { options });
}

/** Asserts that something is refused with a code, and returns the error. */
export function refuses(code, work, message) {
  let failed;
  assert.throws(work, (error) => {
    failed = error;
    return isError(error, code, message);
  });
  return failed;
}

/** Asserts that a promise is refused with a code. */
export async function rejects(code, promise) {
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
