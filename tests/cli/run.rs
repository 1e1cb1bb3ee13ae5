//! `run`: the command has the caller's streams and signals, and its outcome is recorded.

use crate::harness::{Sandbox, good_error, is_ignored, wait, write};
use crate::started::Start as _;
use crate::system::signal;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const SKILL: &str = ".agents/skills/demo";

/// A sandbox with the skill `demo`.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.skill(SKILL, "Shows things");
    sandbox
}

/// `run --skill demo OPTIONS -- sh -c SCRIPT`.
fn words<'a>(options: &[&'a str], script: &'a str) -> Vec<&'a str> {
    let mut words = vec!["run", "--skill", "demo"];
    words.extend(options);
    words.extend(["--", "sh", "-c", script]);
    words
}

/// The recorded executions, oldest first.
pub(crate) fn recorded(sandbox: &Sandbox) -> Vec<Value> {
    let ran = sandbox.run(&["metrics", "show", "--limit", "1000"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The only recorded execution.
fn only(sandbox: &Sandbox) -> Value {
    let mut all = recorded(sandbox);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Waits until a file has a complete line and returns it.
fn line_of(path: &Path) -> String {
    let started = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Some((line, _)) = text.split_once('\n') {
            return line.to_owned();
        }
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "nothing was written"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn kill(signal: &str, pid: &str) {
    let killed = Command::new("kill").args([signal, pid]).status().unwrap();
    assert!(killed.success());
}

fn is_alive(pid: &str) -> bool {
    let listed = Command::new("ps")
        .args(["-o", "stat=", "-p", pid])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&listed.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .start()
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn exit_codes_pass_through_and_are_recorded() {
    for (options, script, code, outcome, notes) in [
        (&[][..], "exit 0", 0, "success", None),
        (&[], "exit 3", 3, "failure", Some("exit code 3")),
        (&[], "exit 255", 255, "failure", Some("exit code 255")),
        (&[], "exit 126", 126, "failure", Some("exit code 126")),
        (&[], "kill -9 $$", 137, "failure", Some("killed by signal 9")),
        (&[], "kill $$", 143, "failure", Some("killed by signal 15")),
        (
            &["--partial-exit", "2"],
            "exit 2",
            2,
            "partial",
            Some("exit code 2"),
        ),
        (
            &["--partial-exit", "2"],
            "exit 1",
            1,
            "failure",
            Some("exit code 1"),
        ),
        (&["--partial-exit", "2"], "exit 0", 0, "success", None),
        (&["--partial-exit", "0"], "exit 0", 0, "success", None),
        (&["--timeout", "600"], "exit 0", 0, "success", None),
        (
            &["--timeout", "0.2"],
            "sleep 600",
            124,
            "failure",
            Some("timed out after 0.2 s"),
        ),
        // It exits with its own code after the signal, but the timeout takes precedence.
        (
            &["--timeout", "0.2"],
            "trap 'exit 0' TERM; sleep 600 & wait",
            124,
            "failure",
            Some("timed out after 0.2 s"),
        ),
        (&["--timeout", ".2e0"], "exit 0", 3, "", None),
    ] {
        let sandbox = sandbox();
        let ran = sandbox.run(&words(options, script));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (code, ""),
            "{options:?} {script}: {ran:?}"
        );
        if outcome.is_empty() {
            good_error(&ran.err);
            assert!(recorded(&sandbox).is_empty());
            continue;
        }
        assert_eq!(ran.err.is_empty(), code != 124, "{script}: {ran:?}");
        let execution = only(&sandbox);
        assert_eq!(execution["skill"], "demo");
        assert_eq!(execution["outcome"], outcome, "{script}");
        assert_eq!(execution.get("notes").and_then(Value::as_str), notes, "{script}");
        assert!(execution["duration_s"].as_f64().unwrap() > 0.0, "{execution}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_timeout_is_reported() {
    let sandbox = sandbox();
    let ran = sandbox.run(&words(&["--timeout", "0.2"], "exec sleep 600"));
    let said =
        "error: timed out after 0.2 s; the command was terminated\nhint: `--timeout` sets a longer limit\n";
    assert_eq!((ran.code, ran.err.as_str()), (124, said), "{ran:?}");
    // With `--json`, the reply says so.
    let mut args = vec!["--json"];
    args.extend(words(&["--timeout", "0.2"], "exec sleep 600"));
    let ran = sandbox.run(&args);
    assert_eq!((ran.code, ran.err.as_str()), (124, ""), "{ran:?}");
    let reply: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(reply["ok"]["timed_out"], true, "{reply}");
    // A command that exits with 124 by itself did not time out.
    let ran = sandbox.run(&words(&["--timeout", "600"], "exit 124"));
    assert_eq!((ran.code, ran.err.as_str()), (124, ""), "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_command_that_ignores_the_timeout_is_killed() {
    // It must ignore the signal before the timeout, even on a slow machine.
    let (sandbox, timeout, ran) = ["0.2", "2", "20", "60"]
        .into_iter()
        .find_map(|timeout| {
            let sandbox = sandbox();
            let script = "trap '' TERM; echo > up; while :; do sleep 1; done";
            let ran = sandbox.run(&words(&["--timeout", timeout], script));
            sandbox
                .work()
                .join("up")
                .exists()
                .then_some((sandbox, timeout, ran))
        })
        .unwrap();
    assert_eq!(ran.code, 137, "{ran:?}");
    good_error(&ran.err);
    assert!(
        ran.err.contains("did not exit when asked to and was killed"),
        "{ran:?}"
    );
    let execution = only(&sandbox);
    assert_eq!(execution["outcome"], "failure");
    assert_eq!(execution["notes"], format!("timed out after {timeout} s"));
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_command_that_does_not_start_is_not_recorded() {
    let sandbox = sandbox();
    sandbox.file("plain.txt", "no program\n");
    fs::create_dir(sandbox.work().join("folder")).unwrap();
    for (program, code) in [
        ("no-such-program", 127),
        ("./no-such-program", 127),
        ("./plain.txt", 126),
        ("./folder", 126),
        ("", 127),
    ] {
        let ran = sandbox.run(&["run", "--skill", "demo", "--", program, "x"]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{program}: {ran:?}");
        good_error(&ran.err);
        let (json_code, reply) = sandbox.json(&["run", "--json", "--skill", "demo", "--", program]);
        // Everything after the program belongs to it, including `--json`.
        assert_eq!(json_code, code, "{program}");
        assert_eq!(reply["error"]["code"], "invalid_input", "{reply}");
    }
    assert!(recorded(&sandbox).is_empty());
    // The next execution gets an id anyway.
    assert_eq!(sandbox.run(&words(&[], "exit 0")).code, 0);
    assert_eq!(only(&sandbox)["outcome"], "success");
}

#[test]
fn a_rejected_command_is_neither_run_nor_recorded() {
    let sandbox = sandbox();
    let ran = |code, args: &[&str]| {
        let ran = sandbox.refused(code, args);
        assert!(!sandbox.work().join("ran").exists(), "{args:?}");
        ran
    };
    ran(1, &["run", "--skill", "nobody", "--", "touch", "ran"]);
    let near = ran(1, &["run", "--skill", "dem", "--", "touch", "ran"]);
    assert!(near.err.contains("did you mean `demo`?"), "{near:?}");
    ran(1, &["skill", "run", "nobody", "x.sh"]);
    for timeout in ["0", "0.0", "-1", "1e3", "1s", "", " ", "NaN", "inf", "999999999"] {
        ran(
            3,
            &[
                "run",
                "--skill",
                "demo",
                "--timeout",
                timeout,
                "--",
                "touch",
                "ran",
            ],
        );
    }
    for partial in ["256", "-1", "x", ""] {
        ran(
            2,
            &[
                "run",
                "--skill",
                "demo",
                "--partial-exit",
                partial,
                "--",
                "touch",
                "ran",
            ],
        );
    }
    ran(2, &["run", "--skill", "demo"]);
    ran(2, &["run", "--skill", "demo", "--"]);
    ran(2, &["run", "--", "touch", "ran"]);
    assert!(!sandbox.runtime_home().join("clawpowers.db").exists());
    for long in ["--session-id", "--agent", "--model", "--tier", "--project"] {
        ran(3, &["run", "--skill", "demo", long, "a\nb", "--", "touch", "ran"]);
    }
    assert!(recorded(&sandbox).is_empty());
    // A home that cannot be written, although the command can run.
    write(&sandbox.runtime_home().join("clawpowers.db"), "no database");
    ran(4, &["run", "--skill", "demo", "--", "touch", "ran"]);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_command_has_the_streams_of_the_caller() {
    let sandbox = sandbox();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    let mut child = command
        .args(words(&[], "cat; echo err >&2; printf '\\377\\000\\033[1m'"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .start();
    let mut stdin = child.stdin.take().unwrap();
    // More than fits into a pipe, in both directions.
    let input = b"line\xfe\n".repeat(100_000);
    let sent = input.clone();
    let writer = thread::spawn(move || stdin.write_all(&sent).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let expected = [&input[..], b"\xff\x00\x1b[1m"].concat();
    assert!(output.stdout == expected, "{} bytes", output.stdout.len());
    assert_eq!(output.stderr, b"err\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn arguments_are_passed_unchanged() {
    let sandbox = sandbox();
    let args = ["a b", "", "--json", "--", "-x", "*", "$HOME", "it's", "\"", "é\n"];
    let expected: String = args.iter().map(|arg| format!("[{arg}]")).collect();
    for start in [&["--", "printf", "[%s]"][..], &["printf", "[%s]"]] {
        let mut words = vec!["run", "--skill", "demo"];
        words.extend(start);
        words.extend(args);
        let ran = sandbox.run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (0, expected.as_str()), "{ran:?}");
    }
    // The command has the caller's environment and working directory.
    let ran = sandbox.run(&words(&[], "echo \"$PWD $CLAWPOWERS_DIR\""));
    assert_eq!(
        ran.out,
        format!(
            "{} {}\n",
            sandbox.work().display(),
            sandbox.runtime_home().display()
        )
    );
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_fields_of_an_execution_are_recorded() {
    let sandbox = Sandbox::new();
    let text = "---\nname: demo\ndescription: Shows things\nversion: 1.2.3\n---\n\n# Demo\n";
    let file = sandbox.file(&format!("{SKILL}/SKILL.md"), text);
    let options = [
        "--session-id",
        "s 1",
        "--agent",
        "ann",
        "--model",
        "m-1",
        "--tier",
        "fast",
        "--project",
        "p",
    ];
    assert_eq!(sandbox.run(&words(&options, "exit 0")).code, 0);
    let (_, shown) = sandbox.json(&["skill", "show", "demo"]);
    let first = only(&sandbox);
    for (field, value) in [
        ("session", "s 1"),
        ("agent", "ann"),
        ("model", "m-1"),
        ("tier", "fast"),
        ("project", "p"),
        ("skill_version", "1.2.3"),
        ("source", "run"),
    ] {
        assert_eq!(first[field], value, "{first}");
    }
    assert_eq!(first["skill_digest"], shown["ok"]["digest"]);
    assert_eq!(first["skill_digest"].as_str().unwrap().len(), 64);
    // A different text has a different digest.
    write(&file, format!("{text}\nMore.\n"));
    assert_eq!(sandbox.run(&words(&[], "exit 0")).code, 0);
    let second = recorded(&sandbox).remove(1);
    assert_ne!(second["skill_digest"], first["skill_digest"]);
    assert!(second.get("session").is_none(), "{second}");
    // A bundled skill has a digest, too.
    let ran = sandbox.run(&["run", "--skill", "using-clawpowers", "--", "true"]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        recorded(&sandbox).remove(2)["skill_digest"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_command_may_use_the_home() {
    let sandbox = sandbox();
    let program = env!("CARGO_BIN_EXE_clawpowers");
    let inner = format!(
        "'{program}' store set k v && '{program}' metrics show --outcome open && \
         '{program}' run --skill demo -- '{program}' store get k"
    );
    let ran = sandbox.run(&words(&[], &inner));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.out.contains("\"outcome\":\"open\"") && ran.out.ends_with("\nv\n"),
        "{ran:?}"
    );
    let outcomes: Vec<_> = recorded(&sandbox)
        .iter()
        .map(|execution| execution["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["success", "success"]);
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn the_json_reply_follows_the_output() {
    let sandbox = sandbox();
    let mut args = vec!["--json"];
    args.extend(words(&[], "echo out; exit 3"));
    let ran = sandbox.run(&args);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{ran:?}");
    let (out, reply) = ran.out.split_once('\n').unwrap();
    assert_eq!(out, "out");
    let reply: Value = serde_json::from_str(reply).unwrap();
    let ok = &reply["ok"];
    assert_eq!((&ok["outcome"], &ok["exit_code"]), (&"failure".into(), &3.into()));
    assert_eq!(ok["unrecorded"], Value::Null);
    let (_, shown) = sandbox.json(&["metrics", "show"]);
    assert_eq!(shown["ok"]["executions"][0]["id"], ok["id"], "{shown}");
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn an_unrecorded_success_is_an_error() {
    let ruin = "rm -r \"$CLAWPOWERS_DIR\" && touch \"$CLAWPOWERS_DIR\"";
    for (script, code) in [(ruin.to_owned(), 4), (format!("{ruin}; exit 9"), 9)] {
        let ran = sandbox().run(&words(&[], &script));
        assert_eq!(ran.code, code, "{ran:?}");
        good_error(&ran.err);
        let args = words(&[], &script);
        let ran = sandbox().run(&[&["--json"], &args[..]].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        let reply: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(reply["ok"]["unrecorded"]["code"], "storage", "{reply}");
        let mut fields: Vec<&String> = reply["ok"].as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(
            fields,
            [
                "duration",
                "exit_code",
                "id",
                "outcome",
                "timed_out",
                "unrecorded"
            ]
        );
    }
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no signals")]
fn a_signal_reaches_the_command_and_is_recorded() {
    for (signal, number) in [("-TERM", 15), ("-INT", 2), ("-HUP", 1)] {
        if is_ignored(number) {
            println!("skipped: the tests were started with signal {number} ignored, and it stays so");
            continue;
        }
        let sandbox = sandbox();
        let child = &mut start(&sandbox, &words(&[], "echo $$ > pid; exec sleep 600"));
        let pid = line_of(&sandbox.work().join("pid"));
        kill(signal, &child.id().to_string());
        assert_eq!(wait(child), 128 + number);
        assert!(!is_alive(&pid));
        let execution = only(&sandbox);
        assert_eq!(execution["outcome"], "failure");
        assert_eq!(execution["notes"], format!("killed by signal {number}"));
    }
    // The command decides how to react.
    let sandbox = sandbox();
    let script = "trap 'kill $!; exit 0' TERM; sleep 600 & echo $$ > pid; wait";
    let child = &mut start(&sandbox, &words(&[], script));
    line_of(&sandbox.work().join("pid"));
    kill("-TERM", &child.id().to_string());
    assert_eq!(wait(child), 0);
    assert_eq!(only(&sandbox)["outcome"], "success");
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no signals")]
fn a_killed_runner_leaves_the_execution_open() {
    let sandbox = sandbox();
    let mut child = start(
        &sandbox,
        &words(&["--session-id", "s"], "echo $$ > pid; exec sleep 600"),
    );
    let pid = line_of(&sandbox.work().join("pid"));
    child.kill().unwrap();
    assert_eq!(signal(child.wait().unwrap()), Some(9));
    // The command itself continues to run, as documented.
    assert!(is_alive(&pid));
    kill("-KILL", &pid);
    let execution = only(&sandbox);
    assert_eq!(execution["outcome"], "open");
    assert!(execution.get("duration_s").is_none(), "{execution}");
    let (_, summary) = sandbox.json(&["metrics", "summary", "--session", "s"]);
    assert_eq!(summary["ok"]["all"]["open"], 1);
}
