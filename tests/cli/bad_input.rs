//! Files, folders and arguments that nobody should hand in, and everybody does.

use crate::harness::{World, finish, wait};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

/// Each is one row of the listing, none keeps the good one from being listed.
#[cfg(unix)]
#[test]
fn the_list_answers_whatever_lies_about() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let at = |path: &str| world.work().join("s").join(path);
    world.skill("s/good", "Is good.");
    world.file(
        "s/binary/SKILL.md",
        (0..=255).cycle().take(5000).collect::<Vec<u8>>(),
    );
    world.file("s/empty/SKILL.md", "");
    world.file("s/nul/SKILL.md", [0_u8; 64]);
    let huge = world.file("s/huge/SKILL.md", "");
    fs::File::options()
        .write(true)
        .open(huge)
        .unwrap()
        .set_len(300 << 20)
        .unwrap();
    fs::create_dir_all(at("folder/SKILL.md")).unwrap();
    fs::create_dir_all(at("pipe")).unwrap();
    let made = finish(world.command("mkfifo").arg(at("pipe/SKILL.md")));
    assert_eq!(made.code, 0, "{made:?}");
    fs::create_dir_all(at("loop")).unwrap();
    symlink("SKILL.md", at("loop/SKILL.md")).unwrap();
    fs::create_dir_all(at("dangling")).unwrap();
    symlink("nowhere", at("dangling/SKILL.md")).unwrap();
    fs::create_dir_all(at("device")).unwrap();
    symlink("/dev/zero", at("device/SKILL.md")).unwrap();
    symlink("../s", at("round")).unwrap();
    symlink(".", at("good/self")).unwrap();
    let (code, reply) = world.json(&["skill", "list", "--root", "s"]);
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
        let ran = world.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {ran:?}");
    }
    for args in [
        &["skill", "prompt"][..],
        &["skill", "search", "good"],
        &["skill", "show", "good"],
    ] {
        let mut args = args.to_vec();
        args.extend(["--root", "s"]);
        let ran = world.run(&args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let file = world.skill("s/closed", "Is closed.");
    world.skill("s/good", "Is good.");
    world.skill("s/folder", "Is in a closed folder.");
    let folder = world.work().join("s/folder");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        println!("skipped: this user may read everything");
    } else {
        let ran = world.run(&["skill", "list", "--root", "s"]);
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
        let ran = world.run(&["skill", "validate", "s"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(
            ran.out.contains("s/folder:1:1: error[folder-unreadable]: "),
            "{ran:?}"
        );
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_shown_as_well_as_can_be() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new();
    let folder = world.work().join("s").join(OsStr::from_bytes(b"odd\xff"));
    crate::harness::write(
        &folder.join("SKILL.md"),
        "---\nname: odd\ndescription: Is odd.\n---\nBody.\n",
    );
    let ran = world.run(&["skill", "list", "--root", "s"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Is odd."), "{ran:?}");
    let shown = world.run(&["skill", "read", "odd", "--root", "s"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
    command.args(["skill", "validate"]).arg(&folder);
    assert_eq!(finish(&mut command).code, 2, "an argument has to be text");
}

#[test]
fn a_root_has_to_be_a_folder() {
    let world = World::new();
    world.file("file.txt", "x");
    for noun in [
        &["skill", "list"][..],
        &["skill", "prompt"],
        &["doctor"],
        &["skill", "budget"],
    ] {
        let with = |root| [noun, &["--root", root]].concat();
        let ran = world.refused(4, &with("nowhere"));
        assert!(ran.err.contains("`nowhere`"), "{ran:?}");
        let ran = world.refused(3, &with("file.txt"));
        assert!(ran.err.contains("`file.txt` is not a folder"), "{ran:?}");
    }
    world.refused(3, &["skill", "list", "--root", ""]);
    let (code, reply) = world.json(&["skill", "list", "--root", "nowhere"]);
    assert_eq!((code, &reply["error"]["code"]), (4, &"io".into()));
}

#[test]
fn an_unknown_value_is_refused_with_the_valid_ones() {
    let world = World::new();
    world.skill("good", "Is good.");
    let cases: [(&[&str], &str); 5] = [
        (
            &["skill", "list", "--scope", "x"],
            "the scopes are project, user, home, system, extra, bundled",
        ),
        (
            &["skill", "list", "--as", "x"],
            "the clients are claude, codex, gemini, opencode, goose, openclaw, copilot, pi",
        ),
        (
            &["skill", "validate", "good", "--target", "x"],
            "the targets are spec, claude, codex, openclaw, clawpowers",
        ),
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
        let ran = world.refused(3, args);
        assert!(ran.err.contains("`x`"), "{ran:?}");
        assert!(ran.err.ends_with(&format!("hint: {hint}\n")), "{ran:?}");
        let (code, reply) = world.json(args);
        assert_eq!(
            (code, &reply["error"]["code"]),
            (3, &"invalid_input".into()),
            "{args:?}"
        );
        assert_eq!(reply["error"]["hint"], hint);
    }
}

#[test]
fn a_command_line_that_is_not_understood_is_usage() {
    let world = World::new();
    for args in [
        &[][..],
        &["skill"],
        &["nonsense"],
        &["skill", "nonsense"],
        &["skill", "list", "--nonsense"],
        &["skill", "list", "surplus"],
        &["skill", "show"],
        &["skill", "validate"],
        &["skill", "prompt", "--budget", "-1"],
        &["skill", "search", "x", "--limit", "many"],
    ] {
        let ran = world.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(!ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let world = World::new();
    // Much more than a pipe holds, so that the program is still writing when the reader goes.
    for n in 0..400 {
        world.skill(&format!("s/skill-{n}"), &"Does much. ".repeat(90));
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
        let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
        let mut child = command
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
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

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_a_matter_of_storage() {
    let world = World::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = world.command(env!("CARGO_BIN_EXE_clawpowers"));
    let mut child = command
        .args(["skill", "list"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(wait(&mut child), 4);
    assert!(err.starts_with("error: stdout cannot be written: "), "{err}");
}
