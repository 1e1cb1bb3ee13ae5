//! Bad input: files, folders and arguments.

use crate::harness::{Sandbox, finish, wait};
use crate::started::Start as _;
use crate::system::{os_string, set_mode, symlink};
use clawpowers_loader::{CLIENTS, Target};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

/// Each is one row of the list, and none prevents the valid skill from being listed.
#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn unusual_files_do_not_break_the_list() {
    let sandbox = Sandbox::new();
    let at = |path: &str| sandbox.work().join("s").join(path);
    sandbox.skill("s/good", "Is good.");
    sandbox.file(
        "s/binary/SKILL.md",
        (0..=255).cycle().take(5000).collect::<Vec<u8>>(),
    );
    sandbox.file("s/empty/SKILL.md", "");
    sandbox.file("s/nul/SKILL.md", [0_u8; 64]);
    let huge = sandbox.file("s/huge/SKILL.md", "");
    fs::File::options()
        .write(true)
        .open(huge)
        .unwrap()
        .set_len(300 << 20)
        .unwrap();
    fs::create_dir_all(at("folder/SKILL.md")).unwrap();
    fs::create_dir_all(at("pipe")).unwrap();
    let made = finish(sandbox.command("mkfifo").arg(at("pipe/SKILL.md")));
    assert_eq!(made.code, 0, "{made:?}");
    fs::create_dir_all(at("loop")).unwrap();
    symlink("SKILL.md", at("loop/SKILL.md")).unwrap();
    fs::create_dir_all(at("dangling")).unwrap();
    symlink("nowhere", at("dangling/SKILL.md")).unwrap();
    fs::create_dir_all(at("device")).unwrap();
    symlink("/dev/zero", at("device/SKILL.md")).unwrap();
    symlink("../s", at("round")).unwrap();
    symlink(".", at("good/self")).unwrap();
    let (code, reply) = sandbox.json(&["skill", "list", "--root", "s"]);
    assert_eq!(code, 0);
    let mut reasons: Vec<String> = reply["ok"]["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let location = row["location"].as_str().unwrap();
            format!("{location} {}", row["reason"].as_str().unwrap())
        })
        .collect();
    reasons.sort();
    assert_eq!(
        reasons,
        [
            "s/binary/SKILL.md frontmatter-missing",
            "s/dangling/SKILL.md symlink-broken",
            "s/device/SKILL.md symlink-escape",
            "s/empty/SKILL.md file-empty",
            "s/folder/SKILL.md file-not-regular",
            "s/huge/SKILL.md file-too-large",
            "s/loop/SKILL.md symlink-broken",
            "s/nul/SKILL.md frontmatter-missing",
            "s/pipe/SKILL.md file-not-regular",
        ]
    );
    assert_eq!(reply["ok"]["skills"].as_array().unwrap().len(), 1);
    for args in [
        &["skill", "validate", "s"][..],
        &["skill", "fix", "s"],
        &["skill", "fix", "s/pipe"],
        &["skill", "validate", "s/pipe"],
        &["skill", "validate", "s/device", "s/huge", "s/loop"],
        &["skill", "read-properties", "s/pipe"],
        &["skill", "to-prompt", "s/device"],
        &["doctor", "--root", "s"],
    ] {
        let ran = sandbox.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {ran:?}");
    }
    for args in [
        &["skill", "prompt"][..],
        &["skill", "search", "good"],
        &["skill", "show", "good"],
    ] {
        let mut args = args.to_vec();
        args.extend(["--root", "s"]);
        let ran = sandbox.run(&args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn unreadable_files_are_reported() {
    let sandbox = Sandbox::new();
    let file = sandbox.skill("s/closed", "Is closed.");
    sandbox.skill("s/good", "Is good.");
    sandbox.skill("s/folder", "Is in a closed folder.");
    let folder = sandbox.work().join("s/folder");
    set_mode(&file, 0o000).unwrap();
    set_mode(&folder, 0o000).unwrap();
    if fs::read(&file).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        let ran = sandbox.run(&["skill", "list", "--root", "s"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("Is good."), "{ran:?}");
        assert!(
            ran.out.contains("s/closed/SKILL.md:1:1: ") && ran.out.contains("[file-unreadable]"),
            "{ran:?}"
        );
        assert!(
            ran.out.contains("rejected s/folder") && ran.out.contains("[folder-unreadable]"),
            "{ran:?}"
        );
        let ran = sandbox.run(&["skill", "validate", "s"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(
            ran.out.contains("s/folder:1:1: error[folder-unreadable]: "),
            "{ran:?}"
        );
    }
    set_mode(&folder, 0o755).unwrap();
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux allows such file names")]
fn names_that_are_not_utf8_are_shown_lossily() {
    let sandbox = Sandbox::new();
    let folder = sandbox.work().join("s").join(os_string(b"odd\xff"));
    crate::harness::write(
        &folder.join("SKILL.md"),
        "---\nname: odd\ndescription: Is odd.\n---\nBody.\n",
    );
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Is odd."), "{ran:?}");
    let shown = sandbox.run(&["skill", "read", "odd", "--root", "s"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    command.args(["skill", "validate"]).arg(&folder);
    let ran = finish(&mut command);
    assert_eq!(ran.code, 2, "an argument has to be text");
    crate::harness::good_error(&ran.err);
}

#[test]
fn a_root_must_be_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.file("file.txt", "x");
    for noun in [
        &["skill", "list"][..],
        &["skill", "prompt"],
        &["doctor"],
        &["skill", "budget"],
    ] {
        let with = |root| [noun, &["--root", root]].concat();
        let ran = sandbox.refused(4, &with("nowhere"));
        assert!(ran.err.contains("`nowhere`"), "{ran:?}");
        let ran = sandbox.refused(3, &with("file.txt"));
        assert!(ran.err.contains("`file.txt` is not a folder"), "{ran:?}");
    }
    sandbox.refused(3, &["skill", "list", "--root", ""]);
    let (code, reply) = sandbox.json(&["skill", "list", "--root", "nowhere"]);
    assert_eq!((code, &reply["error"]["code"]), (4, &"io".into()));
}

#[test]
fn an_unknown_value_is_rejected_with_the_valid_values() {
    let sandbox = Sandbox::new();
    sandbox.skill("good", "Is good.");
    let names: Vec<_> = CLIENTS.iter().map(|client| client.name).collect();
    let clients = format!("the clients are {}", names.join(", "));
    let targets = Target::ALL.map(Target::as_str).join(", ");
    let targets = format!("the targets are {targets}, all");
    let cases: [(&[&str], &str); 5] = [
        (
            &["skill", "list", "--scope", "x"],
            "the scopes are project, user, home, system, extra, bundled",
        ),
        (&["skill", "list", "--as", "x"], &clients),
        (&["skill", "validate", "good", "--target", "x"], &targets),
        (
            &["skill", "validate", "good", "--format", "x"],
            "the formats are text, json, sarif",
        ),
        (
            &["skill", "prompt", "--format", "x"],
            "the formats are xml, skills-ref, markdown, json",
        ),
    ];
    for (args, hint) in cases {
        let ran = sandbox.refused(3, args);
        let help = sandbox.run(&[args.split_at(2).0, &["--help"]].concat()).out;
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, list) = hint.split_once(" are ").unwrap();
        assert!(help.contains(list) || list.starts_with("text"), "{list}: {help}");
        assert!(ran.err.contains("`x`"), "{ran:?}");
        assert!(ran.err.ends_with(&format!("hint: {hint}\n")), "{ran:?}");
        let (code, reply) = sandbox.json(args);
        assert_eq!(
            (code, &reply["error"]["code"]),
            (3, &"invalid_input".into()),
            "{args:?}"
        );
        assert_eq!(reply["error"]["hint"], hint);
    }
}

#[test]
fn an_invalid_command_line_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let cases: [(&[&str], &str, &str); 15] = [
        (
            &["nonsense"],
            "unknown command `nonsense`",
            "see `clawpowers --help`",
        ),
        (
            &["skill", "nonsense"],
            "unknown command `nonsense`",
            "see `clawpowers skill --help`",
        ),
        (
            &["skill", "lst"],
            "unknown command `lst`",
            "did you mean `clawpowers skill list`? see `clawpowers skill --help`",
        ),
        (
            &["skill", "list", "--jso"],
            "unknown option `--jso`",
            "did you mean `--json`? ",
        ),
        (
            &["skill", "budget", "--nonsense"],
            "unknown option `--nonsense`",
            "usage: `clawpowers skill budget [OPTIONS]`; `clawpowers skill budget --help` has examples",
        ),
        (
            &["skill", "budget", "surplus"],
            "unexpected argument `surplus`",
            "usage: ",
        ),
        (
            &["skill", "list", "--root"],
            "`--root <DIR>` requires a value",
            "see `clawpowers skill list --help`",
        ),
        (
            &["skill", "show"],
            "`<NAME>` is required",
            "usage: `clawpowers skill show <NAME>`; ",
        ),
        (
            &["metrics", "record"],
            "`--skill <NAME>` and `--outcome <OUTCOME>` are required",
            "usage: ",
        ),
        (&["skill", "validate"], "`<PATHS>...` is required", "usage: "),
        (
            &["skill", "read", "a", "b", "--wrap"],
            "`[RESOURCE]` cannot be used with `--wrap`",
            "usage: ",
        ),
        (
            &["doctor", "--home", "a", "--home", "b"],
            "`--home <DIR>` cannot be used twice",
            "usage: ",
        ),
        (
            &["doctor", "--json=x"],
            "unexpected value `x` for `--json`",
            "usage: ",
        ),
        (
            &["skill", "prompt", "--budget", "-1"],
            "invalid value `-1` for `--budget <TOKENS>`: expected a whole number from 0 to ",
            "see `clawpowers skill prompt --help`",
        ),
        (
            &["skill", "search", "x", "--limit", "many\u{1b}[2J\u{202e}"],
            "invalid value `many\\u{1b}[2J\\u{202e}` for `--limit <N>`: expected a whole number from 0 to ",
            "see `clawpowers skill search --help`",
        ),
    ];
    for (args, error, hint) in cases {
        let ran = sandbox.refused(2, args);
        let lines: Vec<&str> = ran.err.lines().collect();
        assert_eq!(lines.len(), 2, "{ran:?}");
        assert!(lines[0].starts_with(&format!("error: {error}")), "{ran:?}");
        assert!(lines[1].starts_with(&format!("hint: {hint}")), "{ran:?}");
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let sandbox = Sandbox::new();
    // Much more than fits into a pipe, so that the program is still writing when the reader closes it.
    for n in 0..400 {
        sandbox.skill(&format!("s/skill-{n}"), &"Does much. ".repeat(90));
    }
    for args in [
        &["skill", "list", "--root", "s"][..],
        &["skill", "list", "--root", "s", "--json"],
        &["skill", "prompt", "--root", "s"],
        &[
            "skill",
            "validate",
            "s",
            "--format",
            "sarif",
            "--target",
            "clawpowers",
        ],
    ] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
        let mut child = command
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .start();
        let mut first = [0];
        let mut reader = BufReader::with_capacity(1, child.stdout.take().unwrap());
        reader.read_exact(&mut first).unwrap();
        drop(reader);
        let mut err = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            err.push_str(&line.unwrap());
        }
        assert_eq!((wait(&mut child), err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has /dev/full")]
fn an_unwritable_output_is_a_storage_error() {
    let sandbox = Sandbox::new();
    for args in [
        &["skill", "list"][..],
        &["skill", "list", "--json"],
        &["--help"],
        &["skill", "new", "--help"],
        &["--version"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
        let mut child = command.args(args).stdout(full).stderr(Stdio::piped()).start();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(wait(&mut child), 4, "{args:?}: {err}");
        assert!(
            err.starts_with("error: stdout cannot be written: "),
            "{args:?}: {err}"
        );
        assert!(err.contains("\nhint: "), "{args:?}: {err}");
    }
}

#[test]
fn invalid_requests_are_reported_without_rust_types() {
    use clawpowers_api::{OPERATIONS, Options, Runtime};
    let runtime = Runtime::open(Options::default());
    for operation in OPERATIONS.iter() {
        for request in [
            "",
            "5",
            "null",
            "[]",
            "[[]]",
            "\"x\"",
            "{",
            "{\"nonsense\": 1}",
            "{} x",
        ] {
            let reply = runtime.call(operation.name, request);
            assert!(
                reply.starts_with(
                    r#"{"error":{"code":"invalid_request","message":"the request is not valid: "#
                ),
                "{} {request}: {reply}",
                operation.name
            );
            assert!(!reply.contains("struct") && !reply.contains("Request"), "{reply}");
        }
    }
    for (operation, request) in [
        ("skill_prompt", r#"{"budget": -1}"#),
        ("skill_prompt", r#"{"budget": "many"}"#),
        ("skill_search", r#"{"words": "x", "limit": 1.5}"#),
    ] {
        let reply = runtime.call(operation, request);
        assert!(reply.contains("expected a whole number"), "{reply}");
    }
}

/// Two spaces stay two, and a newline does not forge a line.
#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn paths_are_shown_unchanged() {
    let sandbox = Sandbox::new();
    let text = "---\nname: x\ndescription: Use when: now\n---\n[gone](gone.md)\n";
    sandbox.file("s/two  blanks/SKILL.md", text);
    sandbox.file("s/line\n+end\t/SKILL.md", text);
    sandbox.file("s/bad\nerror: forged/SKILL.md", "x");
    for args in [
        &["skill", "fix", "s"][..],
        &["skill", "validate", "s"],
        &["skill", "list", "--root", "s"],
        &["doctor", "--root", "s"],
    ] {
        let ran = sandbox.run(args);
        let all = format!("{}{}", ran.out, ran.err);
        assert!(
            all.contains("s/bad\\u{a}error: forged/SKILL.md"),
            "{args:?}: {all}"
        );
        assert!(
            all.lines()
                .all(|line| !line.starts_with("error: forged") && !line.starts_with("+end")),
            "{all}"
        );
    }
    let fixed = sandbox.run(&["skill", "fix", "s"]).out;
    assert!(fixed.contains("+++ s/two  blanks/SKILL.md\n"), "{fixed}");
    assert!(fixed.contains("+++ s/line\\u{a}+end\\u{9}/SKILL.md\n"), "{fixed}");
    let ran = sandbox.refused(1, &["skill", "show", "bad\nerror: forged", "--root", "s"]);
    assert_eq!(ran.err.lines().count(), 2, "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn an_unreadable_folder_is_not_an_empty_one() {
    let sandbox = Sandbox::new();
    sandbox.skill("closed", "Is closed.");
    let folder = sandbox.work().join("closed");
    set_mode(&folder, 0o000).unwrap();
    if fs::read_dir(&folder).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        for verb in ["validate", "read-properties", "to-prompt"] {
            sandbox.refused(4, &["skill", verb, "closed"]);
        }
    }
    set_mode(&folder, 0o755).unwrap();
}
