// Uses the API as programs do; the compiler is the test. calls.mjs adds the requests of all conformance cases.
import { ClawpowersError, Runtime, detect, open, parseSkill, version } from "clawpowers";
import type { ErrorCode, Execution, SkillRow, StoreEntry, TargetVerdict } from "clawpowers";

export async function everything(home: string | undefined): Promise<string[]> {
  using rt: Runtime = open({ home, cwd: ".", user_home: null });
  const seen: string[] = [version];
  const paths: readonly string[] = ["a"];
  const about = { roots: ["skills"], scopes: ["extra"], client: null, profile: undefined };

  const rows: SkillRow[] = rt.skills.list({ ...about, roots: paths }).skills;
  seen.push(...rows.map((row) => `${row.name} ${row.invocation.user}`));
  seen.push((await rt.skills.listAsync()).rejected.map((one) => one.reason).join());
  seen.push(rt.skills.show("a", about).skill.description, (await rt.skills.showAsync("a")).location);
  seen.push(rt.skills.read("a", { resource: "x.md", wrap: true }).text, (await rt.skills.readAsync("a")).text);
  seen.push(rt.skills.search("words", { limit: 3 }).map((hit) => hit.score.toFixed(1)).join());
  seen.push((await rt.skills.searchAsync("words")).map((hit) => hit.name).join());
  seen.push(rt.skills.prompt({ format: "xml", budget: 100 }).text, (await rt.skills.promptAsync()).level);
  seen.push(String(rt.skills.budget({ context: 1000n, rank_by: "use" }).context), String((await rt.skills.budgetAsync()).context));
  seen.push(rt.skills.why("a", { context: 1000n }).clients.map((view) => view.budget?.fate ?? view.status).join());
  seen.push(rt.skills.validate(paths, { target: "spec" }).files.map((file) => String(file.valid)).join());
  seen.push(String((await rt.skills.validateAsync(["a"])).errors));
  const verdicts: TargetVerdict[] = rt.skills.validate(paths, { target: "all" }).files[0]?.targets ?? [];
  seen.push(...verdicts.map((one) => `${one.target} ${one.verdict}: ${one.rules} ${one.reasons} ${one.ignored_fields}`));
  seen.push(rt.skills.fix(["a"], { write: false }).files.map((file) => file.diff).join());
  seen.push(String((await rt.skills.fixAsync(["a"])).changed));
  seen.push(rt.skills.create("a", { dir: "skills", description: "Does a." }));
  seen.push(rt.skills.parse("---\n---\n", { folder: "a", target: "spec" }).reason ?? "");
  seen.push(rt.skills.readProperties("a"), rt.skills.toPrompt(["a"]));
  seen.push(rt.skills.referenceValidate("a").errors.join());

  rt.store.set("k", new Uint8Array([255]));
  rt.store.append("k", "line");
  const value: string | Uint8Array = rt.store.get("k", { default: "" });
  const gone: boolean = rt.store.delete("k") || rt.store.exists("k");
  const sum: number | bigint = rt.store.incr("n", 2n ** 60n);
  const exact: bigint = BigInt(rt.store.incr("n")) + BigInt(rt.store.incr("n", 2));
  const swapped: boolean = rt.store.cas("k", null, "new").swapped || rt.store.cas("k", "old", "new").swapped;
  const entries: StoreEntry[] = rt.store.listValues("k*");
  seen.push(String(value), String(gone), String(sum), String(exact), String(swapped), ...entries.map((one) => one.updated_at));
  seen.push(...rt.store.list(), ...rt.store.list("a*"), rt.store.exportLines("*").text);
  seen.push(String(rt.store.importLines("", { keep: true }).set));
  seen.push(String((await rt.store.importLinesAsync(null, { path: "lines" })).kept));

  const at = new Date();
  seen.push(rt.metrics.record({ skill: "a", outcome: "success", duration: 1.5, tokens_in: 5n, cost: "0.10", at }).id);
  const started = rt.metrics.start("a", { session: "s", notes: "n" });
  const finished: Execution = rt.metrics.finish(started.id, "failure", { notes: "why" });
  seen.push(finished.at, ...rt.metrics.show({ limit: 5, since: "7d" }).map((one) => one.outcome));
  seen.push(String(rt.metrics.summary({ until: at }).all.total), rt.metrics.exportLines({ format: "csv" }).text);
  seen.push(rt.metrics.delete("1").outcome);
  seen.push(String(rt.metrics.importLines("").taken), String((await rt.metrics.importLinesAsync("")).known));

  seen.push(...rt.feedback.analyze({ since: at }).recommendations.map((one) => one.text));
  seen.push(rt.feedback.compare("a", "1.0", "2.0").verdict, rt.feedback.plan("p").plan);
  seen.push(...rt.feedback.worktrees().map((one) => one.value));
  seen.push(String(rt.feedback.detect(["success"]).rate.value), String(detect(["failure"]).missing));

  const setting: unknown = rt.config.get("a.b");
  rt.config.set("a.b", { deep: [null] });
  seen.push(String(setting), rt.config.list().dialect, String(rt.config.set("a.b", undefined, { text: "1" }).changed), rt.config.unset("a.b").path);

  seen.push(rt.init({ legacy_shims: "bin" }).home, String(rt.status().keys), rt.status().home_source ?? "", rt.status().file_system ?? "", rt.status().journal ?? "", String(rt.status().read_only), ...rt.status().notes);
  seen.push(String(rt.doctor(about).healthy), String((await rt.doctorAsync()).healthy));
  const { hidden_text, lookalikes, not_shown } = rt.doctor();
  seen.push(not_shown.map((one) => `${one.client} ${one.name}`).join());
  seen.push(...hidden_text.flatMap((one) => one.diagnostics.map((found) => found.file ?? one.location)), ...lookalikes.map((one) => one.original));
  seen.push(String(rt.doctor({ deep: true }).config.problem), ...rt.doctor().storage.notes, rt.recover("new").home, (await rt.recoverAsync("new")).home);
  seen.push(rt.importLegacy({ from: "old" }).from, (await rt.importLegacyAsync()).from);
  seen.push(...(await onAnotherThread(rt)));
  seen.push(parseSkill("text", { target: "claude" }).skill?.name ?? "");
  seen.push(String(rt.call("status")), String(await rt.callAsync("store_get", { key: "k" })));
  try {
    rt.close();
  } catch (error) {
    if (error instanceof ClawpowersError) {
      const code: ErrorCode = error.code;
      seen.push(code, error.hint ?? "", String(error.details));
    }
  }
  return seen;
}

async function onAnotherThread(rt: Runtime): Promise<string[]> {
  const seen: string[] = [await rt.skills.createAsync("b", { dir: "skills" })];
  seen.push((await rt.skills.parseAsync("---\n---\n")).reason ?? "", await rt.skills.readPropertiesAsync("a"));
  seen.push(await rt.skills.toPromptAsync(["a"]), (await rt.skills.referenceValidateAsync("a")).errors.join());

  await rt.store.setAsync("k", new Uint8Array([255]));
  await rt.store.appendAsync("k", "line");
  const value: string | Uint8Array = await rt.store.getAsync("k", { default: "" });
  const gone: boolean = (await rt.store.deleteAsync("k")) || (await rt.store.existsAsync("k"));
  const sum: number | bigint = await rt.store.incrAsync("n", 2);
  const { swapped } = await rt.store.casAsync("k", null, "new");
  const entries: StoreEntry[] = await rt.store.listValuesAsync("k*");
  seen.push(String(value), String(gone), String(sum), String(swapped), ...entries.map((one) => one.updated_at));
  seen.push(...(await rt.store.listAsync()), (await rt.store.exportLinesAsync("*")).text);

  seen.push((await rt.metrics.recordAsync({ skill: "a", outcome: "success" })).id);
  const started = await rt.metrics.startAsync("a");
  const finished: Execution = await rt.metrics.finishAsync(started.id, "failure");
  seen.push(finished.at, ...(await rt.metrics.showAsync({ limit: 5 })).map((one) => one.outcome));
  seen.push(String((await rt.metrics.summaryAsync()).all.total), (await rt.metrics.exportLinesAsync()).text);

  seen.push(...(await rt.feedback.analyzeAsync()).recommendations.map((one) => one.text));
  seen.push((await rt.feedback.compareAsync("a", "1.0", "2.0")).verdict, (await rt.feedback.planAsync("p")).plan);
  seen.push(...(await rt.feedback.worktreesAsync()).map((one) => one.value));
  seen.push(String((await rt.feedback.detectAsync(["success"])).missing));

  seen.push(String((await rt.config.setAsync("a.b", 1)).changed), String(await rt.config.getAsync("a.b")));
  seen.push((await rt.config.unsetAsync("a.b")).path, (await rt.metrics.deleteAsync("1")).outcome);
  seen.push((await rt.config.listAsync()).dialect, (await rt.initAsync()).home, String((await rt.statusAsync()).keys));
  return seen;
}
