// Tests the page in a browser, as a user would use it: `node tests/browser/page.mjs CHROMIUM [FOLDER]`. Build
// `native/wasm` first. Screenshots are written to the folder.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { withChromium } from "./chromium.mjs";

const skill = (name, description, body = "# What to do\n\nDo it well.\n") =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}`;
const MARKUP = "<img src=x onerror=alert(1)>";
const FILES = {
  "sound/SKILL.md": skill("sound-skill", "Reads PDF files and fills in forms. Use when a PDF is to be read."),
  "unquoted/SKILL.md": skill("release-notes", "Use when: a release needs its notes, written from commits"),
  "none/SKILL.md": "Only some words.\n",
  "evil/SKILL.md": skill(
    `"${MARKUP}\\e[31mred\\e[0m"`,
    `"<script>alert(2)</script> \\u202Etxet desrever\\u202C and \\e[2J a cleared screen"`,
    `# ${MARKUP}\n\n[link](javascript:alert(3))\n`,
  ),
  "project/.claude/skills/nested-skill/SKILL.md": skill(
    "nested-skill",
    "Deploys a web service to a cluster. Use when a service is to be deployed.",
    "# Deploy\n\nRun [it](scripts/deploy.sh) as [told](references/steps.md), never [so](references/missing.md).\n",
  ),
  "project/.claude/skills/nested-skill/scripts/deploy.sh": "#!/bin/sh\necho deploy\n",
  "project/.claude/skills/nested-skill/references/steps.md": "# Steps\n",
  "project/README.md": "# A project\n",
  "latin/SKILL.md": Buffer.from(skill("latin", "Makes caf\u00e9. Use for coffee."), "latin1"),
  // A path that is invalid for a document does not affect the others.
  "project/back\\slash.md": "# Odd\n",
};

const scratch = mkdtempSync(join(tmpdir(), "clawpowers-page-"));
const pictures = process.argv[3] ?? scratch;
const { address, close } = await served();
try {
  const file = (name) => join(scratch, "files", name);
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(file(name)), { recursive: true });
    writeFileSync(file(name), text);
  }
  mkdirSync(pictures, { recursive: true });
  await withChromium(process.argv[2] ?? "chromium", 900, (browser) => use(browser, file));
} finally {
  close();
  rmSync(join(scratch, pictures === scratch ? "files" : ""), { recursive: true });
}
if (pictures === scratch && process.exitCode === undefined) console.log(`pictures are in ${pictures}`);

/** Starts the command of examples/README.md on any free port. */
async function served() {
  const root = new URL("../../", import.meta.url);
  const row = readFileSync(new URL("examples/README.md", root), "utf8").match(/^\| \[browser\].*`(node [^`]+)` \|$/m);
  const [, ...words] = row[1].split(" ");
  const server = spawn(process.execPath, [...words, "0"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    server.stdout.setEncoding("utf8").once("data", resolve);
    server.once("exit", (code) => reject(new Error(`the server exited with ${code}`)));
  });
  return { address: line.trim().replace(/\/$/, ""), close: () => server.kill() };
}

async function use(browser, file) {
  const page = await browser.open(`${address}/`);
  const picture = (name) => page.picture(join(pictures, `${name}.png`));
  await page.look({ width: 1000, height: 800 });
  await said(page, "Ready.");
  await picture("empty");

  await page.drop("#drop", ["sound", "unquoted", "none", "evil"].map((name) => file(`${name}/SKILL.md`)));
  await said(page, "Read 4 SKILL.md files. 2 of 4 valid, 1 can be repaired");
  await page.drop("#drop", [file("project")]);
  await said(page, "Read 1 SKILL.md; 1 file could not be read. 3 of 5 valid");
  await cards(page);
  await repair(page);
  await search(page);
  await rules(page);
  await looks(page, picture);
  await keyboard(page);
  await choices(page, file);

  assert.deepEqual(page.problems, [], "no error, no dialog");
  const foreign = page.requests.filter((url) => !url.startsWith(`${address}/`) && !/^(data|blob):/.test(url));
  assert.deepEqual(foreign, [], "no request goes to another host");
  console.log("page: files and folders are parsed, validated, repaired and ranked, and nothing leaves the page");
}

async function said(page, text) {
  try {
    await page.until(text, (text) => document.getElementById("status").textContent.includes(text), text);
  } catch (error) {
    const instead = await page.evaluate(() => document.getElementById("status").textContent);
    throw new Error(`${error.message}; the page says: ${instead}`);
  }
}

/** Returns what the cards show. */
function shown(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("#list > li")].map((card) => ({
      path: card.querySelector(".path").textContent,
      rank: card.querySelector(".rank").textContent,
      name: card.querySelector("h2 bdi").textContent,
      description: card.querySelector(".description")?.textContent,
      badges: [...card.querySelectorAll(".head .badge")].map((badge) => badge.textContent),
      rules: [...card.querySelectorAll(".problems .where code")].map((rule) => rule.textContent),
      problems: card.querySelector(".problems")?.textContent ?? "",
      fields: card.querySelector("dl")?.textContent ?? "",
      diff: card.querySelector(".diff")?.textContent,
    })),
  );
}

async function cards(page) {
  const found = await shown(page);
  assert.deepEqual(found.map(({ rank }) => rank), ["1", "2", "3", "4", "5"]);
  const named = (name) => found.find((card) => card.name.startsWith(name));
  const sound = named("sound-skill");
  assert.equal(sound.rank, "1", "the skill with the fewest problems is first");
  assert.deepEqual(sound.badges, ["valid"]);
  assert.equal(sound.description, "Reads PDF files and fills in forms. Use when a PDF is to be read.");

  const nested = named("nested-skill");
  assert.equal(nested.path, "project/.claude/skills/nested-skill/SKILL.md");
  assert.deepEqual(nested.rules, ["dangling-link"], "only the missing file is reported");
  assert.match(nested.problems, /line 8.*references\/missing\.md/s);
  assert.match(nested.fields, /references\/steps\.md\nscripts\/deploy\.sh/);

  const none = named("No skill");
  assert.deepEqual(none.rules, ["frontmatter-missing"]);
  assert.ok(none.badges.includes("does not load"));
  assert.match(none.problems, /start the file with/);

  const evil = named(MARKUP);
  assert.ok(evil.name.includes("U+001B[31m"), evil.name);
  assert.ok(evil.description.includes("<script>alert(2)</script> U+202Etxet"), evil.description);
  assert.ok(evil.rules.includes("name-charset") && !evil.rules.includes("name-folder-mismatch"), "it was dropped without its folder");
  const raw = await page.evaluate(() => /[\u202a-\u202e\x1b]/.test(document.body.textContent));
  assert.equal(raw, false, "the page contains no invisible characters");
  const made = await page.evaluate(() => document.querySelectorAll("#list img, #list script, #list [href]").length);
  assert.equal(made, 0, "markup of a skill is not parsed as HTML");
}

/** The repair is shown, and the repaired file can be downloaded. */
async function repair(page) {
  const { diff, badges } = (await shown(page)).find(({ name }) => name === "release-notes");
  assert.ok(badges.includes("can be repaired"));
  const text = "Use when: a release needs its notes, written from commits";
  assert.ok(diff.includes(`-description: ${text}`) && diff.includes(`+description: '${text}'`), diff);
  const folder = join(scratch, "files", "downloads");
  mkdirSync(folder);
  await page.downloads(folder);
  await page.evaluate(() => document.querySelector("#list details button").click());
  for (let times = 0; readdirSync(folder).join() !== "SKILL.md"; times += 1) {
    assert.ok(times < 2400, "the file is downloaded");
    await wait(50);
  }
  assert.equal(readFileSync(join(folder, "SKILL.md"), "utf8"), skill("release-notes", `'${text}'`));
}

async function search(page) {
  await page.evaluate(() => document.getElementById("words").focus());
  await page.type("deploy the service");
  await said(page, "1 of 5 skills matches these words");
  assert.deepEqual((await shown(page)).map(({ name }) => name), ["nested-skill"]);
  await page.evaluate(() => document.getElementById("words").select());
  await page.type("read release notes from commits");
  await said(page, "2 of 5 skills match these words, best first.");
  assert.deepEqual((await shown(page)).map(({ name }) => name), ["release-notes", "sound-skill"]);
  await page.evaluate(() => {
    const words = document.getElementById("words");
    words.value = "";
    words.dispatchEvent(new Event("input"));
  });
  await said(page, "fewest problems first");
}

/** Another target gives other results. */
async function rules(page) {
  const badgesOf = async (target) => {
    await page.evaluate((target) => {
      // The page replaces all cards when it has checked them again.
      for (const card of document.getElementById("list").children) card.dataset.old = "";
      const choice = document.getElementById("target");
      choice.value = target;
      choice.dispatchEvent(new Event("change"));
    }, target);
    await page.until("the new results", () => {
      const { children } = document.getElementById("list");
      return children.length > 0 && [...children].every((card) => card.dataset.old === undefined);
    });
    return (await shown(page)).find(({ name }) => name === "release-notes").badges;
  };
  assert.ok((await badgesOf("spec")).includes("1 error"));
  for (const target of ["claude-code", "claude-upload", "codex", "openclaw"]) assert.notDeepEqual(await badgesOf(target), []);
  assert.ok(!(await badgesOf("clawpowers")).includes("1 error"));
}

async function looks(page, picture) {
  await picture("light");
  await page.look({ width: 1000, height: 800, dark: true });
  await picture("dark");
  for (const dark of [false, true]) {
    await page.look({ width: 390, height: 844, mobile: true, dark });
    const [wide, inside] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide <= inside, `nothing is wider than a phone: ${wide} of ${inside}`);
    await picture(dark ? "phone-dark" : "phone");
  }
  await page.look({ width: 1000, height: 800 });
}

/** Everything can be reached with the keyboard, and the focus is visible. */
async function keyboard(page) {
  await page.evaluate(() => document.getElementById("files").focus());
  const reached = [];
  for (let times = 0; times < 12; times += 1) {
    await page.press("Tab");
    const { name, outline } = await page.evaluate(() => {
      const { id, localName } = document.activeElement;
      const drawn = document.activeElement.closest("label") ?? document.activeElement;
      return { name: id || localName, outline: getComputedStyle(drawn).outlineStyle };
    });
    assert.notEqual(outline, "none", `the focus on ${name} is visible`);
    reached.push(name);
  }
  assert.deepEqual(reached.slice(0, 5), ["folder", "example", "words", "target", "clear"]);
  assert.ok(reached.includes("summary"));
  const before = await page.evaluate(() => {
    const summary = document.querySelector("#list summary");
    summary.focus();
    return summary.parentElement.open;
  });
  await page.press("Enter");
  const after = await page.evaluate(() => document.activeElement.parentElement.open);
  assert.notEqual(after, before, "a key opens or closes the details");
}

/** Files can be chosen instead of dropped; an example can be loaded, and all files can be removed. */
async function choices(page, file) {
  await page.evaluate(() => document.getElementById("clear").click());
  await said(page, "All files removed.");
  assert.deepEqual(await shown(page), []);
  await page.choose("#files", [file("sound/SKILL.md"), file("none/SKILL.md")]);
  await said(page, "Read 2 SKILL.md files. 1 of 2 valid");
  await page.choose("#folder", [file("project")]);
  await said(page, "Read 1 SKILL.md. 2 of 3 valid");
  assert.ok((await shown(page)).some(({ path }) => path === "project/.claude/skills/nested-skill/SKILL.md"));
  await page.evaluate(() => document.getElementById("clear").click());
  await said(page, "All files removed.");
  await page.evaluate(() => document.getElementById("example").click());
  await said(page, "Read 5 SKILL.md files. 5 of 5 valid, 1 can be repaired");
  const dangling = (await shown(page)).filter(({ rules }) => rules.some((rule) => rule.startsWith("dangling-")));
  assert.deepEqual(dangling.map(({ name }) => name), ["release-notes"], "the bundled skills include their files");
  // The bytes of a file are checked, not the decoded text.
  await page.choose("#files", [file("latin/SKILL.md")]);
  await said(page, "Read 1 SKILL.md. 6 of 6 valid, 1 can be repaired");
  const latin = (await shown(page)).find(({ name }) => name === "latin");
  assert.deepEqual(latin.rules, ["not-utf8"]);
}
