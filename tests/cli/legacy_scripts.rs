//! The other scripts of 1.x: collector, analyze, init and the session hook.

use crate::harness::{finish, write};
use crate::legacy::{Package, STORE};
use crate::system::{mode, set_mode};
use serde_json::Value;
use std::fs;
use std::path::Path;

const COLLECTOR: &str = "runtime/metrics/collector.sh";
const ANALYZE: &str = "runtime/feedback/analyze.sh";

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn executions_are_recorded() {
    let package = Package::new();
    let out = package.good(&format!(
        r#"
bash {COLLECTOR} record --skill test-driven-development --outcome success \
  --notes "It's \"done\" → 100% $(echo ok)"
bash {COLLECTOR} record --outcome failure --skill other --duration 007 --session-id "s 1" --notes --none
bash {COLLECTOR} record --skill other --skill last --outcome skipped --outcome partial --duration "" --notes ""
"#
    ));
    let month = out.lines().next().unwrap().rsplit_once(" (").unwrap().1;
    assert_eq!(
        out,
        format!(
            "Recorded: test-driven-development → success ({month}\nRecorded: other → failure ({month}\nRecorded: last → partial ({month}\n"
        )
    );
    let (year, rest) = month.split_once('-').unwrap();
    assert!(
        year.parse::<u16>().is_ok() && rest.len() == 9 && rest.ends_with(".jsonl)"),
        "{month}"
    );
    let shown = package.good(&format!("bash {COLLECTOR} show"));
    let lines: Vec<Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["notes"], "It's \"done\" → 100% ok");
    assert!(lines[0].get("duration_s").is_none());
    assert_eq!(lines[1]["duration_s"], 7);
    assert_eq!(
        (&lines[1]["session"], &lines[1]["notes"]),
        (&"s 1".into(), &"--none".into())
    );
    assert!(lines[2].get("notes").is_none() && lines[2].get("duration_s").is_none());
    let written = fs::read_dir(package.sandbox.runtime_home().join("metrics"));
    assert_eq!(written.unwrap().count(), 0, "a file is named and none is written");
    // The keys of 1.x come first and in its order.
    let keys: Vec<_> = lines[1].as_object().unwrap().keys().take(6).collect();
    assert_eq!(keys, ["ts", "skill", "outcome", "duration_s", "notes", "session"]);
    let last = package.good(&format!("bash {COLLECTOR} show --limit 1"));
    assert_eq!(last, format!("{}\n", shown.lines().last().unwrap()));
    for none in ["--limit 0", "--limit -3", "--skill nobody"] {
        assert_eq!(package.good(&format!("bash {COLLECTOR} show {none}")), "");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn executions_are_summarized() {
    let package = Package::new();
    package.says(COLLECTOR, &["summary"], 0, "No metrics recorded\n", "");
    for script in [
        [COLLECTOR, "report"],
        [COLLECTOR, "summary"],
        [ANALYZE, "--skill"],
    ] {
        let [script, word] = script;
        let args: &[&str] = if word == "--skill" {
            &[word, "x"]
        } else {
            &[word, "--skill", "x"]
        };
        package.says(script, args, 0, "No metrics recorded for skill: x\n", "");
    }
    let record = format!("bash {COLLECTOR} record --skill");
    let mut script: String = (0..7)
        .map(|_| format!("{record} b.c --outcome success\n"))
        .collect();
    script.push_str(&format!(
        "{record} b.c --outcome failure --duration 1.5\n{record} bxc --outcome partial\n"
    ));
    package.good(&script);
    let head =
        "Total executions: 8\n  Success: 7 (88%)\n  Failure: 1 (13%)\n  Partial: 0 (0%)\nAvg duration: 2s\n";
    let of = package.good(&format!("bash {COLLECTOR} summary --skill b.c"));
    assert!(of.starts_with(head), "{of}");
    assert_eq!(package.good(&format!("bash {COLLECTOR} report --skill b.c")), of);
    assert_eq!(package.good(&format!("bash {ANALYZE} --skill b.c")), of);
    assert_eq!(package.good(&format!("bash {ANALYZE} --filter b.c")), of);
    let all = package.good(&format!("bash {COLLECTOR} summary"));
    assert!(all.starts_with("Total executions: 9\n"), "{all}");
    assert!(all.ends_with("\nSkill breakdown:\n  b.c: 8\n  bxc: 1\n"), "{all}");
    for whole in ["", "''", "--recommendations", "--format json"] {
        assert_eq!(package.good(&format!("bash {ANALYZE} {whole}")), all, "{whole}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_collector_rejects_invalid_input() {
    let package = Package::new();
    for (args, err) in [
        (&["--outcome", "success"][..], "Error: --skill is required\n"),
        (
            &["--skill", "", "--outcome", "success"],
            "Error: --skill is required\n",
        ),
        (
            &["--skill", "a"],
            "Error: --outcome is required (success|failure|partial|skipped)\n",
        ),
        (
            &["--skill", "a", "--outcome", "good"],
            "Error: --outcome must be one of success, failure, partial and skipped\n",
        ),
        (
            &["--skill", "a", "--outcome", "success", "--duration", "5s"],
            "Error: --duration must be a number (seconds)\n",
        ),
        (
            &["--skill", "a", "--outcome", "success", "--duration", "-1"],
            "Error: --duration must be a number (seconds)\n",
        ),
        (
            &["--skill", "a", "--outcome", "success", "--duration", "100000001"],
            "Error: the duration `100000001` is not a number of seconds from 0 to 100000000\n",
        ),
        (&["--skill=a"], "Unknown option: --skill=a\n"),
        (&["a"], "Unknown option: a\n"),
        (&["--help"], "Unknown option: --help\n"),
        (&["--skill"], "Error: Option --skill requires a value\n"),
    ] {
        let mut words = vec!["record"];
        words.extend(args);
        package.says(COLLECTOR, &words, 1, "", err);
    }
    let ran = package.script(COLLECTOR, &["show", "--limit", "abc"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    package.says(COLLECTOR, &["show"], 0, "", "");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn plans_and_worktrees() {
    let package = Package::new();
    let none = "Estimated duration: unknownmin\nActual duration: unknownmin\n\nTask Status:\n  (none)\n";
    package.says(ANALYZE, &["--plan", "p 1"], 0, none, "");
    package.says(ANALYZE, &["--worktrees"], 0, "Active Worktrees:\n  (none)\n", "");
    let out = package.good(&format!(
        r#"
bash {STORE} set "plan:p 1:estimated_duration" 60
bash {STORE} set "plan:p 1:actual_duration" 90
bash {STORE} set "execution:p 1:task_1:status" complete
bash {STORE} set "execution:task_2:status" "in progress"
bash {STORE} set "execution:q:task_1:status" other
bash {STORE} set "worktree:w:path" /tmp/w
bash {ANALYZE} --plan "p 1"
bash {ANALYZE} --worktrees
"#
    ));
    assert_eq!(
        out,
        "Estimated duration: 60min\nActual duration: 90min\nEstimation accuracy: 1.5x (1.0 = perfect)\n\
         Recommendation: multiply estimates like this one by 1.5\n\nTask Status:\n  \
         execution:p 1:task_1:status: complete\n  execution:task_2:status: in progress\n\
         Active Worktrees:\n  worktree:w:path: /tmp/w\n"
    );
    // 1.x executed this text as a command, and recommended longer estimates where shorter ones were right.
    let out = package.good(&format!(
        "bash {STORE} set plan:q:estimated_duration 'system(\"touch ran\")+1'; bash {STORE} set plan:q:actual_duration 2
         bash {ANALYZE} --plan q; bash {STORE} set plan:q:estimated_duration 2.5; bash {ANALYZE} --plan q"
    ));
    assert!(!package.folder.join("ran").exists());
    assert!(!out.contains("Recommendation"), "{out}");
    assert_eq!(out.matches("Estimation accuracy: 0.8x").count(), 1, "{out}");
    for option in ["--skill", "--filter", "--plan"] {
        let err = format!("Error: {option} requires a name\n");
        package.says(ANALYZE, &[option], 1, "", &err);
        package.says(ANALYZE, &[option, ""], 1, "", &err);
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn help_and_unknown_commands() {
    let package = Package::new();
    for (script, what, no_help) in [
        (STORE, "command", 1),
        (COLLECTOR, "command", 1),
        (ANALYZE, "option", 0),
    ] {
        let help = package.script(script, &["help"]);
        assert_eq!((help.code, help.err.as_str()), (0, ""));
        let name = Path::new(script).file_name().unwrap().to_str().unwrap();
        assert!(help.out.starts_with(&format!("Usage: {name} ")), "{help:?}");
        package.says(script, &["-h"], 0, &help.out, "");
        package.says(script, &["--help"], 0, &help.out, "");
        package.says(
            script,
            &["frob", "x"],
            1,
            &format!("Unknown {what}: frob\n{}", help.out),
            "",
        );
        package.says(
            script,
            &["--version"],
            1,
            &format!("Unknown {what}: --version\n{}", help.out),
            "",
        );
        for none in [&[][..], &[""]] {
            let ran = package.script(script, none);
            assert_eq!((ran.code, ran.err.as_str()), (no_help, ""), "{script}: {ran:?}");
            assert_eq!(ran.out == help.out, no_help == 1, "{script}: {ran:?}");
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn init_creates_folders_and_rejects_verify() {
    let package = Package::new();
    let claw = package.sandbox.runtime_home();
    fs::remove_dir_all(&claw).unwrap();
    let at = claw.display();
    let version = env!("CARGO_PKG_VERSION");
    let script = "runtime/init.sh";
    package.says(
        script,
        &[],
        0,
        &format!("ClawPowers runtime initialized at {at}\n  Directories created: 7\n  Version: {version}\n"),
        "",
    );
    for name in [
        "",
        "state",
        "metrics",
        "checkpoints",
        "feedback",
        "memory",
        "logs",
    ] {
        assert_eq!(mode(claw.join(name)), 0o700, "{name}");
    }
    fs::remove_dir(claw.join("logs")).unwrap();
    let out = package.good(&format!("bash {script}"));
    assert!(out.contains("  Directories created: 1\n"), "{out}");
    let again = format!("ClawPowers runtime already initialized at {at}\n  Version: {version}\n");
    package.says(script, &[], 0, &again, "");
    assert_eq!(package.good(&format!("CLAWPOWERS_QUIET=1 bash {script}")), "");
    assert_eq!(
        package.good(&format!("CLAWPOWERS_QUIET=true bash {script}")),
        again
    );
    // A skill releases money if this succeeds, although no release of 1.x ever verified anything.
    let ran = package.sh(&format!(
        "bash {script} verify --criteria '{{\"tests\":\"pass\"}}' && echo released"
    ));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(
        ran.err.starts_with("Error: ") && ran.err.contains("nothing was verified"),
        "{ran:?}"
    );
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_hook_passes_the_skill() {
    let package = Package::new();
    fs::remove_dir_all(package.sandbox.runtime_home()).unwrap();
    let out = package.good("hooks/session-start");
    assert!(
        out.starts_with("{\n  \"type\"") && out.ends_with("\n}\n"),
        "{out}"
    );
    let reply: Value = serde_json::from_str(&out).unwrap();
    let keys: Vec<_> = reply.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["type", "platform", "version", "timestamp", "skill", "instruction"]
    );
    let keys: Vec<_> = reply["skill"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "source", "content"]);
    assert_eq!(reply["type"], "skill_injection");
    assert_eq!(reply["skill"]["name"], "using-clawpowers");
    let shipped = include_str!("../../skills/using-clawpowers/SKILL.md");
    assert_eq!(reply["skill"]["content"], shipped);
    let timestamp = reply["timestamp"].as_str().unwrap();
    assert!(timestamp.len() == 20 && timestamp.ends_with('Z'), "{timestamp}");
    // The first session creates the home without a message.
    assert!(package.sandbox.runtime_home().join("state").is_dir());
    let ours = package.sandbox.skill(".agents/skills/using-clawpowers", "Ours");
    let mut text = fs::read_to_string(&ours).unwrap();
    text.push_str("\u{1}\u{1b}\u{7f}\t\"\\\r\n\n");
    write(&ours, &text);
    let reply: Value =
        serde_json::from_str(&package.good("cd .. && \"$OLDPWD/hooks/session-start\"")).unwrap();
    assert_eq!(reply["skill"]["content"], text);
    assert_eq!(reply["skill"]["source"], ours.to_str().unwrap());
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_hook_detects_the_client() {
    let package = Package::new();
    let bin = package.sandbox.work().join("bin");
    let platform = |variables: &[(&str, &str)]| {
        let mut command = package.bash("exec hooks/session-start");
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        let ran = finish(command.envs(variables.iter().copied()));
        let reply: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        reply["platform"].as_str().unwrap().to_owned()
    };
    assert_eq!(platform(&[]), "generic");
    // Each takes precedence over those before it.
    let order = [
        ("GEMINI_CLI", "gemini"),
        ("OPENCODE", "opencode"),
        ("CODEX", "codex"),
        ("CURSOR_PLUGIN_ROOT", "cursor"),
        ("CLAUDE_PLUGIN_ROOT", "claude-code"),
    ];
    let mut set = Vec::new();
    for (variable, name) in order {
        assert_eq!(platform(&[(variable, "")]), "generic");
        set.push((variable, "1"));
        assert_eq!(platform(&set), name);
    }
    let program = |name: &str, mode| {
        let path = write(&bin.join(name), "#!/bin/sh\n");
        set_mode(path, mode).unwrap();
    };
    program("codex", 0o644);
    assert_eq!(platform(&[]), "generic");
    program("gemini", 0o755);
    assert_eq!(platform(&[]), "gemini");
    program("codex", 0o755);
    assert_eq!(platform(&[]), "codex");
    // Variables take precedence over installed programs.
    assert_eq!(platform(&[("OPENCODE", "1")]), "opencode");
}
