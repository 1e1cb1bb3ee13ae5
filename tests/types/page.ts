// Uses the parts of the API that only the WASM package has; the test is that it compiles.
import { ClawpowersError, Runtime, detect, init, open, openPersistent, parseSkill, version } from "clawpowers-wasm";
import type { Document, OpenOptions, PersistentOptions, SkillRow } from "clawpowers-wasm";

export async function everything(module: URL): Promise<SkillRow[]> {
  await init();
  await init(module);
  const documents: readonly Document[] = [{ path: "skills/a/SKILL.md", text: `---\nname: a\ndescription: ${version}\n---\n` }];
  const options: OpenOptions = { documents };
  using rt: Runtime = open(options);
  rt.setDocuments([...documents, { path: "skills/b/SKILL.md", text: new Uint8Array([0xe9]) }]);
  const bytes: Uint8Array = rt.exportDatabase();
  rt.importDatabase(bytes);
  // How a page offers it for download.
  rt.store.set("size", String(new Blob([rt.exportDatabase()]).size));
  rt.importDatabase(new ArrayBuffer(0));
  rt.store.set(parseSkill(new Uint8Array([0xe9])).skill?.name ?? "", String(detect([]).missing));
  const lasting: PersistentOptions = { name: "skills", documents };
  try {
    return (await openPersistent(lasting)).skills.list().skills;
  } catch (error) {
    if (error instanceof ClawpowersError && error.code === "unsupported_platform") return open().skills.list().skills;
    throw error;
  }
}
