//! `run` and `skill run` on Windows, where there are no signals, no `/bin/sh` and no rights to execute; and files that others
//! have open.

use crate::harness::{Sandbox, good_error, wait, write};
use crate::run::{SKILL, recorded, sandbox};
use crate::sandbox::PATH;
use crate::started::Start as _;
use crate::system::shown;
use serde_json::Value;
use std::process::Stdio;

/// `run --skill demo OPTIONS -- cmd /c SCRIPT`.
fn words<'a>(options: &[&'a str], script: &'a str) -> Vec<&'a str> {
    let start = ["run", "--skill", "demo"];
    [&start[..], options, &["--", "cmd", "/c", script]].concat()
}

fn last(sandbox: &Sandbox) -> Value {
    recorded(sandbox).pop().unwrap()
}

#[test]
#[cfg_attr(not(windows), ignore = "only Windows has cmd.exe")]
fn exit_codes_pass_through_and_are_recorded() {
    let sandbox = sandbox();
    for (options, script, code, outcome, notes) in [
        (&[][..], "exit 0", 0, "success", None),
        (&[], "exit 3", 3, "failure", Some("exit code 3")),
        (
            &["--partial-exit", "2"],
            "exit 2",
            2,
            "partial",
            Some("exit code 2"),
        ),
        (&["--timeout", "600"], "exit 0", 0, "success", None),
    ] {
        let ran = sandbox.run(&words(options, script));
        assert_eq!(
            (ran.code, &*ran.out, &*ran.err),
            (code, "", ""),
            "{script}: {ran:?}"
        );
        let execution = last(&sandbox);
        assert_eq!(execution["outcome"], outcome, "{script}");
        assert_eq!(execution.get("notes").and_then(Value::as_str), notes, "{script}");
    }
    let ran = sandbox.run(&words(&[], "echo out & echo err>&2"));
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, "out \r\n", "err\r\n"));
}

#[test]
#[cfg_attr(not(windows), ignore = "a timeout asks before it kills")]
fn a_timeout_ends_the_command_with_124() {
    let sandbox = sandbox();
    let program = env!("CARGO_BIN_EXE_clawpowers");
    // It waits for a value on stdin, which stays open.
    let mut child = sandbox
        .program()
        .args(["run", "--skill", "demo", "--timeout", "0.3", "--"])
        .args([program, "store", "set", "never", "-"])
        .stdin(Stdio::piped())
        .start();
    let stdin = child.stdin.take();
    assert_eq!(wait(&mut child), 124);
    drop(stdin);
    let execution = last(&sandbox);
    assert_eq!(execution["outcome"], "failure");
    assert_eq!(execution["notes"], "timed out after 0.3 s");
    assert_eq!(sandbox.run(&["store", "exists", "never"]).code, 1);
}

#[test]
#[cfg_attr(not(windows), ignore = "only Windows has batch files")]
fn programs_are_found_as_in_a_shell() {
    let sandbox = sandbox();
    let bin = sandbox.work().join("bin");
    write(&bin.join("tool.cmd"), "@echo tool %*\r\n@exit /b 5\r\n");
    let path = format!("{};{PATH}", bin.display());
    let run = |args: &[&str]| {
        let mut command = sandbox.program();
        crate::harness::finish(command.args(args).env("PATH", &path))
    };
    let ran = run(&["run", "--skill", "demo", "--", "tool", "a b", "c"]);
    assert_eq!((ran.code, &*ran.out), (5, "tool \"a b\" c\r\n"), "{ran:?}");
    let scripts = sandbox.work().join(SKILL).join("scripts");
    write(&scripts.join("say.cmd"), "@echo say %1 in %cd%\r\n");
    let ran = run(&["skill", "run", "demo", "say.cmd", "x"]);
    assert!(
        ran.out.starts_with("say x in ") && ran.out.ends_with("demo\r\n"),
        "{ran:?}"
    );
    // The interpreter of a `#!` line is found by its name, and gets a path without `\\?\`.
    write(&scripts.join("notes"), "#!/usr/bin/env tool\nx\n");
    let ran = run(&["skill", "run", "demo", "notes"]);
    let script = shown(scripts.join("notes")).replace('/', r"\");
    assert_eq!(
        (ran.code, ran.out.trim_end()),
        (5, &*format!("tool {script}")),
        "{ran:?}"
    );
    write(&scripts.join("gone"), "#!/no/such/interpreter\n");
    assert_eq!(run(&["skill", "run", "demo", "gone"]).code, 127);
    write(&scripts.join("text.txt"), "no program\n");
    let ran = run(&["skill", "run", "demo", "text.txt"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    good_error(&ran.err);
}

#[test]
#[cfg_attr(not(windows), ignore = "a program has an extension on Windows alone")]
fn a_missing_program_is_not_recorded() {
    let sandbox = sandbox();
    sandbox.file("plain.txt", "no program\n");
    for (program, code) in [
        ("no-such-program", 127),
        ("./no-such-program", 127),
        ("./plain.txt", 126),
    ] {
        let ran = sandbox.run(&["run", "--skill", "demo", "--", program]);
        assert_eq!(ran.code, code, "{program}: {ran:?}");
        good_error(&ran.err);
    }
    assert!(recorded(&sandbox).is_empty());
}

#[test]
#[cfg_attr(not(windows), ignore = "the devices of Windows are plain names elsewhere")]
fn devices_and_streams_are_not_files_of_a_skill() {
    let sandbox = sandbox();
    sandbox.file(&format!("{SKILL}/a.md"), "text");
    assert_eq!(sandbox.good(&["skill", "read", "demo", r".\a.md"]), "text");
    for name in ["nul", "CON", "aux.md", "a.md:b", "a.md::$DATA", r"scripts\nul"] {
        sandbox.refused(3, &["skill", "read", "demo", name]);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine replaces no open file")]
fn a_file_that_others_have_open_is_replaced() {
    let sandbox = Sandbox::new();
    sandbox.good(&["config", "set", "profile", "dev"]);
    let file = sandbox.runtime_home().join("config.json");
    let open = std::fs::File::open(&file).unwrap();
    sandbox.good(&["config", "set", "profile", "ops"]);
    assert_eq!(std::io::read_to_string(open).unwrap().matches("dev").count(), 1);
    assert!(std::fs::read_to_string(file).unwrap().contains("ops"));
}

#[test]
#[cfg_attr(not(windows), ignore = "only Windows has files that are not shared")]
fn a_write_waits_for_a_file_that_is_not_shared() {
    let sandbox = Sandbox::new();
    sandbox.good(&["config", "set", "profile", "dev"]);
    let file = sandbox.runtime_home().join("config.json");
    let mut options = std::fs::File::options();
    // FILE_SHARE_READ and FILE_SHARE_WRITE, as most programs of Windows open files.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 3);
    let open = options.read(true).open(&file).unwrap();
    // The file stays open: nothing is changed and no temporary file remains.
    let ran = sandbox.refused(4, &["config", "set", "profile", "ops"]);
    assert!(ran.err.contains("config.json` cannot be written"), "{ran:?}");
    assert_eq!(std::fs::read_dir(sandbox.runtime_home()).unwrap().count(), 2);
    let mut child = sandbox
        .program()
        .args(["config", "set", "profile", "ops"])
        .stdout(Stdio::null())
        .start();
    // Its temporary file exists from the first attempt on.
    while std::fs::read_dir(sandbox.runtime_home()).unwrap().count() < 3 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before the file was free"
        );
        std::thread::yield_now();
    }
    drop(open);
    assert_eq!(wait(&mut child), 0);
    assert!(std::fs::read_to_string(file).unwrap().contains("ops"));
}
