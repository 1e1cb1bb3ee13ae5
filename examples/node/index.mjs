// Loads the bundled skills, records executions of two of them, and prints the analysis.
import { open } from "clawpowers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "clawpowers-"));
try {
  const rt = open({ home: join(folder, "home"), cwd: folder, user_home: folder });
  const { skills } = rt.skills.list();
  console.log(`${skills.length} skills: ${skills.map((skill) => skill.name).join(", ")}`);

  for (let run = 0; run < 60; run++) {
    const at = new Date(Date.UTC(2026, 0, 1, run));
    const slip = run % 10 === 9;
    rt.metrics.record({ skill: "systematic-debugging", outcome: slip ? "failure" : "success", at });
    const worse = run >= 30 && run % 3 !== 0;
    rt.metrics.record({ skill: "deep-debugger", outcome: slip || worse ? "failure" : "success", at });
  }

  const analysis = rt.feedback.analyze();
  const percent = (share) => `${Math.round(share * 100)}%`;
  for (const { skill, rate } of analysis.skills) {
    console.log(`${skill}: ${rate.success} of ${rate.total}, ${percent(rate.low)} to ${percent(rate.high)}`);
  }
  for (const { skill, text } of analysis.recommendations) console.log(`${skill}: ${text}`);
  rt.close();
} finally {
  rmSync(folder, { recursive: true });
}
