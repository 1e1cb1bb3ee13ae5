//! Snapshots of user-visible output: help pages, tables, errors and problems of skills.
//!
//! If the output changes, the test fails and writes the new output next to the old one. `cargo insta review` shows the
//! differences; `INSTA_UPDATE=always` accepts them all, and `git diff` shows them.

use crate::analyze::{THEN, import, lines, worsening};
use crate::harness::Sandbox;
use crate::help::pages;
use crate::system::shown;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

mod inputs;

/// Runs each line of `script` and returns the commands with their output, as on a terminal.
///
/// Arguments are separated by spaces; single quotes enclose an argument with spaces.
fn transcript(sandbox: &Sandbox, script: &str) -> String {
    let mut text = String::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = sandbox.run(&words);
        writeln!(text, "$ clawpowers {line}").unwrap();
        text += &ran.out;
        if !ran.out.is_empty() && !ran.out.ends_with('\n') {
            text += "[no newline]\n";
        }
        for line in ran.err.lines() {
            writeln!(text, "2> {line}").unwrap();
        }
        if ran.code != 0 {
            writeln!(text, "[exit {}]", ran.code).unwrap();
        }
        text.push('\n');
    }
    for (path, name) in [
        (sandbox.work(), "[WORK]"),
        (sandbox.user_home(), "[HOME]"),
        (sandbox.runtime_home(), "[CLAW]"),
    ] {
        text = text.replace(&shown(path), name);
    }
    text
}

fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (index, part) in line.split('\'').enumerate() {
        let quoted = index % 2 == 1;
        let mut pieces = part.split(|c| !quoted && c == ' ');
        *words.last_mut().unwrap() += pieces.next().unwrap_or_default();
        words.extend(pieces.map(str::to_owned));
    }
    words
}

/// Compares output with its snapshot.
fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Replaces output that differs between runs, such as a time, in lines that contain `mark`.
fn masked(text: &str, mark: &str, mask: impl Fn(&str) -> String) -> String {
    let line = |line: &str| {
        if line.contains(mark) {
            mask(line)
        } else {
            line.to_owned()
        }
    };
    text.lines().map(|l| line(l) + "\n").collect()
}

fn without_digits(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

/// The table of docs/commands.md has every command. A row such as `store set\|get` names the commands of its group as the
/// help does: that part is accepted like a snapshot.
#[test]
fn docs_commands_lists_every_command() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands.md");
    let table = fs::read_to_string(file).unwrap();
    let pages = pages(&Sandbox::new());
    let children = |group: &str| -> Vec<&str> {
        let below = pages.iter().filter(|page| page.len() == 2 && page[0] == group);
        below.map(|page| page[1].as_str()).collect()
    };
    let mut listed = Vec::new();
    let mut expected = String::new();
    for line in table.lines() {
        let Some((cell, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) else {
            writeln!(expected, "{line}").unwrap();
            continue;
        };
        let (group, names) = cell.split_once(' ').unwrap_or((cell, ""));
        let children = children(group);
        if names.contains("\\|") && !names.contains('`') && !children.is_empty() {
            listed.extend(children.iter().map(|name| format!("{group} {name}")));
            writeln!(expected, "| `{group} {}` | {rest}", children.join("\\|")).unwrap();
            continue;
        }
        for command in cell.split("`, `") {
            // Arguments are not commands.
            let is_command =
                |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.contains('\\');
            let words: Vec<&str> = command.split(' ').take_while(is_command).collect();
            listed.push(words.join(" "));
        }
        writeln!(expected, "{line}").unwrap();
    }
    let is_group = |page: &&Vec<String>| {
        pages
            .iter()
            .any(|other| other.len() > page.len() && other.starts_with(page))
    };
    let commands = pages.iter().filter(|page| !page.is_empty() && !is_group(page));
    let mut real: Vec<String> = commands.map(|page| page.join(" ")).collect();
    listed.sort();
    real.sort();
    assert_eq!(listed, real);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(file, &expected).unwrap();
    } else {
        assert_eq!(table, expected, "INSTA_UPDATE=always accepts it");
    }
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn help_pages() {
    let sandbox = Sandbox::new();
    let pages = pages(&sandbox);
    // A group is a command with subcommands; the program itself has the commands without a group.
    let group_of = |page: &[String]| -> Option<String> {
        let first = page.first()?;
        let is_group = pages
            .iter()
            .any(|page| page.len() > 1 && page.first() == Some(first));
        is_group.then(|| first.clone())
    };
    let mut groups = BTreeMap::<String, Vec<String>>::new();
    for page in &pages {
        let group = group_of(page).unwrap_or_else(|| "program".to_owned());
        groups.entry(group).or_default().push(page.join(" "));
    }
    for (group, mut commands) in groups {
        commands.sort();
        let script: String = commands
            .iter()
            .map(|command| format!("{command} --help\n"))
            .collect();
        check(&format!("help-{group}"), &transcript(&sandbox, &script));
    }
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn store() {
    let sandbox = Sandbox::new();
    sandbox.file("good.jsonl", "{\"key\":\"imported\",\"value\":\"1\"}\n");
    sandbox.file("bad.jsonl", "{\"key\":\"k\",\"value\":\"1\"}\n{\"key\":7}\n");
    let text = transcript(
        &sandbox,
        "store list
         store get build:status
         store set build:status green
         store set build:note 'two words'
         store get build:status
         store get nowhere fallback
         store get nowhere
         store exists build:status
         store exists nowhere
         store incr build:count
         store incr build:count 41
         store incr build:status
         store incr build:count much
         store append build:log first
         store append build:log second
         store cas build:status green red
         store cas build:status green red
         store list
         store list build:
         store list 'build:*t*'
         store list nothing:
         store list-values build:
         store delete build:note
         store delete build:note
         store import good.jsonl
         store import bad.jsonl
         store import nowhere.jsonl
         store set '' x
         store set 'a key' x
         store set /absolute x
         store set ../up x
         store set --json '' x",
    );
    check("store", &text);
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn metrics() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/review", "Reviews a change. Use before a merge.");
    sandbox.file(
        "lines.jsonl",
        "{\"ts\":\"2026-01-02T03:04:05Z\",\"skill\":\"review\",\"outcome\":\"failure\",\"duration_s\":2}\nnot json\n",
    );
    sandbox.file("bad.jsonl", "not json\n");
    let text = transcript(
        &sandbox,
        "metrics show
         metrics summary
         metrics record --skill review --outcome success --duration 12.5 --at 2026-01-01T08:00:00Z --notes 'all good'
         metrics record --skill review --outcome failure --duration 3 --at 2026-01-02T08:00:00Z --notes 'tests red' --model m-1 --cost 0.0125 --tokens-in 900 --tokens-out 100
         metrics record --skill review --outcome partial --at 2026-01-03
         metrics record --skill reviw --outcome skipped --at 2026-01-03
         metrics show
         metrics show --skill review --limit 1
         metrics summary
         metrics summary --skill nobody
         metrics finish 99 --outcome success
         metrics delete 99
         metrics delete 4
         metrics import lines.jsonl
         metrics import lines.jsonl
         metrics import lines.jsonl --strict
         metrics import bad.jsonl
         metrics export --format csv
         metrics record --skill review --outcome great
         metrics record --skill review
         metrics record --skill review --outcome success --duration -1
         metrics record --skill review --outcome success --cost much
         metrics record --skill review --outcome success --at 2999-01-01
         metrics record --skill review --outcome success --at yesterday
         metrics summary --since soon",
    );
    let clock = |line: &str| {
        let (before, _) = line.split_once("says ").unwrap();
        format!("{before}says NOW")
    };
    let text = masked(&text, "the clock of this machine says", clock);
    let (_, uid) = text.split_once("\"uid\":\"").unwrap();
    let (home, _) = uid.split_once('-').unwrap();
    check("metrics", &text.replace(home, "HOME"));
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn analyze() {
    let sandbox = Sandbox::new();
    let empty = transcript(&sandbox, "analyze\nanalyze --recommendations");
    import(&sandbox, &lines("deploy", 0, worsening()));
    let text = transcript(
        &sandbox,
        &format!(
            "analyze {THEN}
             analyze --skill nobody {THEN}
             analyze --plan nowhere {THEN}
             analyze --format pdf"
        ),
    );
    check("analyze", &(empty + &text));
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn skills() {
    let sandbox = Sandbox::new();
    let base = ".agents/skills";
    sandbox.file(
        &format!("{base}/release-notes/SKILL.md"),
        "---\nname: release-notes\ndescription: Writes release notes. Use when a version is published.\nversion: 1.2.0\n\
         license: MIT\nallowed-tools: Bash(git:*) Read\nmetadata:\n  author: ada\nrequires:\n  bins: [git, no-such-program]\n---\n\n\
         # Release notes\n\nRead `scripts/log.sh` and [the style](references/style.md).\n\n## Steps\n\nDo it.\n",
    );
    sandbox.file(
        &format!("{base}/release-notes/scripts/log.sh"),
        "#!/bin/sh\necho log\n",
    );
    sandbox.file(&format!("{base}/release-notes/references/style.md"), "# Style\n");
    sandbox.file(
        &format!("{base}/colon/SKILL.md"),
        "---\nname: colon\ndescription: Deploys: to staging, then to production.\n---\n\n# Colon\n\nSee [more](missing.md).\n",
    );
    sandbox.skill_at(
        &sandbox.user_home(),
        ".agents/skills/release-notes",
        "Is hidden by that of the project.",
    );
    sandbox.file(
        &format!("{base}/broken/SKILL.md"),
        "---\nname: broken\n---\n\nText.\n",
    );
    sandbox.file(&format!("{base}/plain/SKILL.md"), "No frontmatter here.\n");
    let own = "--scope project --scope user";
    let text = transcript(
        &sandbox,
        &format!(
            "skill list {own}
             skill list --as codex {own}
             skill list --scope extra
             skill list --as nobody
             skill list nowhere
             skill show release-notes
             skill show colon
             skill show broken
             skill show relese-notes
             skill read colon
             skill read release-notes references/style.md
             skill read release-notes ../colon/SKILL.md
             skill search 'publish version' {own}
             skill search nothing-like-this {own}
             skill prompt {own}
             skill prompt --budget 10 {own}
             skill budget {own}
             skill validate {base}/release-notes
             skill validate {base}/colon
             skill validate {base} --target clawpowers
             skill validate {base}/release-notes --strict
             skill validate nowhere
             skill validate {base}/colon --target nobody
             skill fix {base}
             skill fix {base} --write
             skill fix {base}
             skill run release-notes scripts/none.sh
             skill new Bad_Name
             skill new fresh
             skill new fresh
             skill new elsewhere --dir deep/folder
             skill new beside --dir .claude/skills
             skill read-properties {base}/colon
             skill to-prompt {base}/colon"
        ),
    );
    // The length of the paths depends on the system's folder for temporary files.
    check("skills", &masked(&text, " tokens", without_digits));
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn problems() {
    let sandbox = Sandbox::new();
    let mut script = String::new();
    for (folder, text) in inputs::SKILLS {
        sandbox.file(&format!("{folder}/SKILL.md"), text);
        writeln!(
            script,
            "skill validate {folder} --target clawpowers --format text"
        )
        .unwrap();
    }
    check("problems", &transcript(&sandbox, &script));
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn home() {
    let sandbox = Sandbox::new();
    sandbox.file("old/state/plan", "done");
    sandbox.file(
        "old/metrics/2026-01.jsonl",
        "{\"ts\":\"2026-01-02T03:04:05Z\",\"skill\":\"a\",\"outcome\":\"success\"}\n",
    );
    sandbox.file("empty/readme.txt", "nothing of 1.x");
    sandbox.file("a-file", "text");
    let text = transcript(
        &sandbox,
        "status
         doctor
         init
         init
         store set k v
         import --from old
         import --from old
         import --from empty
         import --from nowhere
         doctor
         doctor --deep
         doctor --recover new
         status --home a-file
         doctor --home a-file
         store set k v --home a-file",
    );
    check("home", &text);
    let status = transcript(&sandbox, "status");
    check("status", &masked(&status, "", without_digits));
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn config() {
    let sandbox = Sandbox::new();
    let text = transcript(
        &sandbox,
        "config list
         config get logging.level
         config set logging.level debug
         config set logging.level loud
         config set no.such.setting 1
         config get no.such.setting
         config get logging.level
         config unset logging.level
         config unset logging.level
         config set profile nobody
         skill list --profile nobody
         config list",
    );
    check("config", &text);
    sandbox.file("../claw/config.json", "{\"logging\":{\"level\":");
    let text = transcript(
        &sandbox,
        "config list\nconfig set logging.level debug\ndoctor\nskill list --scope extra",
    );
    check("config-broken", &text);
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn usage() {
    let sandbox = Sandbox::new();
    let text = transcript(
        &sandbox,
        "skil list
         skill lst
         install
         list
         search words
         skill
         skill list --as claude-code
         skill list --scope nowhere
         skill list --rot x
         store get
         store get a b c
         run --skill a
         run --skill nobody -- true
         metrics show --limit many
         skill list --json --scope nowhere
         nonsense --json",
    );
    check("usage", &text);
}

#[test]
#[cfg_attr(windows, ignore = "the texts name paths and errors of Unix")]
fn run() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/review", "Reviews a change. Use before a merge.");
    let text = transcript(
        &sandbox,
        "run --skill review -- sh -c 'echo out; exit 3'
         run --skill review --partial-exit 3 -- sh -c 'exit 3'
         run --skill review -- no-such-program
         run --skill review --timeout 0.2 -- sleep 60
         run --skill review --timeout never -- true
         metrics summary",
    );
    check("run", &masked(&text, " duration: ", |_| "TIMES".to_owned()));
}
