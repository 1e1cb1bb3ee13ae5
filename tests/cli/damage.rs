//! Damaged databases and broken homes: what `doctor` reports, what is still listed, what is recovered.

use crate::harness::{Sandbox, finish, good_error};
use clawpowers_executor::{Db, Home};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Replaces every `from` in a database without a WAL with `to`, which has the same length.
pub(crate) fn patch(home: &Path, from: &[u8], to: &[u8]) -> usize {
    let mut bytes = Db::open(&Home::new(home)).unwrap().unwrap().serialize().unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(home.join(format!("clawpowers.db{suffix}")));
    }
    // It is in WAL mode, like every database of ClawPowers.
    bytes[18..20].fill(2);
    let mut changed = 0;
    while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
        bytes[at..at + to.len()].copy_from_slice(to);
        changed += 1;
    }
    fs::write(home.join("clawpowers.db"), bytes).unwrap();
    changed
}

/// Zeroes the page that contains a text.
fn zero_page_of(home: &Path, text: &str) {
    let file = home.join("clawpowers.db");
    patch(home, b"no such text in it", b"no such text in it");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes
        .windows(text.len())
        .rposition(|window| window == text.as_bytes())
        .unwrap();
    let page = at / 4096 * 4096;
    bytes[page..page + 4096].fill(0);
    fs::write(&file, bytes).unwrap();
}

#[test]
fn doctor_works_with_an_invalid_configuration() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    let config = sandbox.runtime_home().join("config.json");
    fs::write(&config, "{\"profile\": ").unwrap();
    let ran = sandbox.run(&["doctor"]);
    assert_eq!((ran.code, &*ran.err), (1, ""), "{ran:?}");
    assert!(
        ran.out.contains("configuration: ") && ran.out.contains("is not JSON"),
        "{ran:?}"
    );
    assert!(ran.out.contains("clawpowers.db: ok"), "{ran:?}");
    assert!(!ran.out.contains("none"), "{ran:?}");
    // A folder cannot be read as a file by any user.
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    let (code, reply) = sandbox.json(&["doctor", "--profile", "any"]);
    assert_eq!(code, 1);
    let problem = reply["ok"]["config"]["problem"].as_str().unwrap();
    assert!(problem.contains("config.json` cannot be read"), "{problem}");
    assert_eq!(reply["ok"]["storage"]["state"], "sound");
    assert_eq!(reply["ok"]["healthy"], false);
}

#[test]
fn doctor_reports_a_home_that_is_a_file() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "text");
    for home in ["file", "file/below"] {
        let ran = sandbox.run(&["doctor", "--home", home]);
        assert_eq!((ran.code, &*ran.err), (1, ""), "{ran:?}");
        assert!(ran.out.contains("is a file, not a folder"), "{ran:?}");
        assert!(
            ran.out.contains("database: I/O error, see storage above"),
            "{ran:?}"
        );
    }
    assert_eq!(fs::read_to_string(sandbox.work().join("file")).unwrap(), "text");
}

#[test]
fn damage_is_remembered_until_doctor_finds_none() {
    let sandbox = Sandbox::new();
    let lines: String = (0..400)
        .map(|n| format!("{{\"key\":\"key:{n:03}\",\"value\":\"{}\"}}\n", "x".repeat(100)))
        .collect();
    sandbox.file("lines", lines);
    assert_eq!(sandbox.run(&["store", "import", "lines"]).code, 0);
    let home = sandbox.runtime_home();
    patch(&home, b"no such text in it", b"no such text in it");
    let sound = fs::read(home.join("clawpowers.db")).unwrap();
    zero_page_of(&home, "key:390");
    let damaged = fs::read(home.join("clawpowers.db")).unwrap();
    let ran = sandbox.run(&["doctor"]);
    assert_eq!((ran.code, &*ran.err), (1, ""), "{ran:?}");
    assert!(ran.out.contains("clawpowers.db: corrupt"), "{ran:?}");
    assert!(
        ran.out.contains("hint: ") && ran.out.contains("doctor --recover DIR"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("database: corrupt, see storage above"),
        "{ran:?}"
    );
    for args in [
        &["store", "set", "new", "v"][..],
        &["store", "incr", "n"],
        &["metrics", "start", "--skill", "s"],
    ] {
        let ran = sandbox.refused(4, args);
        assert!(
            ran.err.contains("is damaged") && ran.err.contains("doctor --recover DIR"),
            "{ran:?}"
        );
        assert!(ran.err.len() < 600, "{ran:?}");
    }
    assert_eq!(fs::read(home.join("clawpowers.db")).unwrap(), damaged);
    // A process that reads the damaged page does not change the marker, and no message is repeated.
    let told = || sandbox.refused(4, &["store", "set", "new", "v"]).err;
    let before = told();
    assert_eq!(before.matches("the database `").count(), 1, "{before}");
    sandbox.refused(4, &["store", "list-values", "key:39"]);
    assert_eq!(told(), before);
    // The marker is readable text.
    let note = fs::read_to_string(home.join("clawpowers.db-damaged")).unwrap();
    assert!(
        note.starts_with("Damage found 20") && note.contains("doctor --recover DIR"),
        "{note}"
    );
    // What is readable is in the new home; what is lost is counted and listed.
    let (code, reply) = sandbox.json(&["doctor", "--recover", "new"]);
    let reply = &reply["ok"];
    assert_eq!((code, &reply["exact"]), (1, &json!(true)), "{reply}");
    let lost: Vec<&str> = reply["lost_key_names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap())
        .collect();
    assert!(
        lost.contains(&"key:390") && reply["lost_keys"] == lost.len(),
        "{reply}"
    );
    assert_eq!(reply["keys"], 400 - lost.len());
    let kept = sandbox.good(&["store", "list", "--home", "new"]);
    assert!(lost.iter().all(|key| !kept.contains(key)) && kept.lines().count() == 400 - lost.len());
    sandbox.good(&["doctor", "--home", "new", "--deep"]);
    sandbox.good(&["store", "set", "new", "v", "--home", "new"]);
    let told = sandbox.run(&["doctor", "--recover", "newer"]);
    assert!(
        told.out.starts_with("recovered  ") && told.out.contains("lost key: key:"),
        "{told:?}"
    );
    sandbox.refused(3, &["doctor", "--recover", "new"]);
    assert_eq!(fs::read(home.join("clawpowers.db")).unwrap(), damaged);
    // A restored backup is rejected until doctor has checked it.
    fs::write(home.join("clawpowers.db"), sound).unwrap();
    sandbox.refused(4, &["store", "set", "new", "v"]);
    sandbox.good(&["doctor"]);
    assert!(!home.join("clawpowers.db-damaged").exists());
    sandbox.good(&["store", "set", "new", "v"]);
}

#[test]
fn damage_found_by_one_process_stops_the_others() {
    let sandbox = Sandbox::new();
    let lines: String = (0..400)
        .map(|n| format!("{{\"key\":\"key:{n:03}\",\"value\":\"{}\"}}\n", "x".repeat(100)))
        .collect();
    sandbox.file("lines", lines);
    assert_eq!(sandbox.run(&["store", "import", "lines"]).code, 0);
    zero_page_of(&sandbox.runtime_home(), "key:390");
    // Until a process reads the page, the damage is unknown.
    sandbox.good(&["store", "get", "key:000"]);
    sandbox.good(&["metrics", "start", "--skill", "s"]);
    let ran = sandbox.refused(4, &["store", "list-values", "key:39"]);
    assert!(ran.err.contains("is damaged"), "{ran:?}");
    let ran = sandbox.refused(4, &["store", "set", "key:000", "v"]);
    assert!(ran.err.contains("is damaged"), "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "needs mkfifo")]
fn a_pipe_in_place_of_the_marker_does_not_block() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    let note = sandbox.runtime_home().join("clawpowers.db-damaged");
    let made = std::process::Command::new("mkfifo").arg(&note).status().unwrap();
    assert!(made.success());
    let ran = sandbox.refused(4, &["store", "set", "k", "w"]);
    assert!(ran.err.contains("its marker file says so"), "{ran:?}");
    assert_eq!(sandbox.good(&["store", "get", "k"]), "v\n");
}

#[test]
fn a_schema_version_without_its_tables_is_damage() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    let home = sandbox.runtime_home();
    patch(&home, b"no such text in it", b"no such text in it");
    let mut bytes = fs::read(home.join("clawpowers.db")).unwrap();
    bytes[60..64].copy_from_slice(&1_u32.to_be_bytes());
    fs::write(home.join("clawpowers.db"), &bytes).unwrap();
    for args in [&["store", "get", "k"][..], &["store", "set", "k", "w"]] {
        let (code, reply) = sandbox.json(args);
        assert_eq!(
            (code, &reply["error"]["details"]["kind"]),
            (4, &json!("corrupt")),
            "{reply}"
        );
    }
    assert_eq!(
        sandbox.json(&["doctor"]).1["ok"]["storage"]["state"],
        Value::from("corrupt")
    );
    assert_eq!(fs::read(home.join("clawpowers.db")).unwrap(), bytes);
    let (code, reply) = sandbox.json(&["doctor", "--recover", "new"]);
    assert_eq!((code, &reply["ok"]["keys"]), (0, &json!(1)), "{reply}");
}

#[test]
fn the_first_of_many_lost_keys_are_named() {
    let sandbox = Sandbox::new();
    let value = "x".repeat(100);
    let lines: String = (0..1500)
        .map(|n| format!("{{\"key\":\"key:{n:04}\",\"value\":\"{value}\"}}\n"))
        .collect();
    sandbox.file("lines", lines);
    assert_eq!(sandbox.run(&["store", "import", "lines"]).code, 0);
    // Without the pages of the values, the index still has the keys.
    patch(
        &sandbox.runtime_home(),
        b"no such text in it",
        b"no such text in it",
    );
    let file = sandbox.runtime_home().join("clawpowers.db");
    let mut bytes = fs::read(&file).unwrap();
    for page in bytes.chunks_mut(4096) {
        if page.windows(50).any(|window| window == [b'x'; 50]) {
            page.fill(0);
        }
    }
    fs::write(&file, bytes).unwrap();
    let (code, reply) = sandbox.json(&["doctor", "--recover", "new"]);
    assert_eq!((code, &reply["ok"]["lost_keys"]), (1, &json!(1500)), "{code}");
    assert_eq!(reply["ok"]["lost_key_names"].as_array().unwrap().len(), 1000);
}

/// The checks of the header before a write: text encoding, auto-vacuum, free pages, and size.
/// A home with one key, its database, and the bytes of that, all of which are in the file and not in the WAL.
fn one_key() -> (Sandbox, PathBuf, Vec<u8>) {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    patch(
        &sandbox.runtime_home(),
        b"no such text in it",
        b"no such text in it",
    );
    let file = sandbox.runtime_home().join("clawpowers.db");
    let bytes = fs::read(&file).unwrap();
    (sandbox, file, bytes)
}

#[test]
fn a_wrong_header_is_found_before_a_write() {
    let page = |number: u32| number.to_be_bytes();
    let cases: [(&str, usize, [u8; 4]); 3] = [
        ("text encoding", 56, page(2)),
        ("auto-vacuum", 52, page(3)),
        ("free pages", 36, page(9999)),
    ];
    for (what, at, value) in cases {
        let (sandbox, file, mut bytes) = one_key();
        bytes[at..at + 4].copy_from_slice(&value);
        fs::write(&file, &bytes).unwrap();
        let (code, reply) = sandbox.json(&["store", "set", "k", "w"]);
        assert_eq!(
            (code, &reply["error"]["details"]["kind"]),
            (4, &json!("corrupt")),
            "{what}: {reply}"
        );
        assert!(fs::read(&file).unwrap() == bytes, "{what}");
    }
    let (sandbox, file, mut bytes) = one_key();
    bytes.truncate(bytes.len() - 4096);
    fs::write(&file, &bytes).unwrap();
    sandbox.refused(4, &["store", "set", "k", "w"]);
    assert!(fs::read(&file).unwrap() == bytes);
}

#[test]
fn a_damaged_row_hides_no_other_row() {
    let sandbox = Sandbox::new();
    for key in ["a", "b-is-not-utf8", "c"] {
        sandbox.good(&["store", "set", key, "v"]);
    }
    sandbox.good(&["store", "set", "d", "a value that gets another type"]);
    for skill in ["one", "two"] {
        let args = [
            "metrics",
            "record",
            "--skill",
            skill,
            "--outcome",
            "success",
            "--notes",
        ];
        sandbox.good(&[&args[..], &[&format!("notes of {skill}")]].concat());
    }
    let home = sandbox.runtime_home();
    // Text in the table and in its index, and the type of a value: a number in the row's header, followed by `d`.
    assert_eq!(patch(&home, b"b-is-not-utf8", b"b-is-not-utf\xff"), 2);
    let typed = [12 + 2 * 30, 6, b'd', b'a'];
    assert_eq!(patch(&home, &typed, &[13 + 2 * 30, 6, b'd', b'a']), 1);
    assert_eq!(patch(&home, b"notes of one", b"notes of \xff\xff\xff"), 1);
    for (args, rows) in [
        (&["store", "list"][..], "a\nc\nd\n"),
        (&["store", "list-values"], "a=v\nc=v\n"),
    ] {
        let ran = sandbox.run(args);
        assert_eq!((ran.code, &*ran.out), (4, rows), "{ran:?}");
        good_error(&ran.err);
        assert!(
            ran.err.contains("cannot be read") && ran.err.len() < 600,
            "{ran:?}"
        );
    }
    for args in [["metrics", "export"], ["metrics", "show"]] {
        let ran = sandbox.run(&args);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(
            ran.out.contains("notes of two") && ran.out.lines().count() == 1,
            "{ran:?}"
        );
        assert!(ran.err.contains("text that is not UTF-8"), "{ran:?}");
    }
    assert_eq!(sandbox.good(&["store", "get", "a"]), "v\n");
    for args in [
        &["store", "list"][..],
        &["store", "get", "d"],
        &["metrics", "show"],
    ] {
        let (code, reply) = sandbox.json(args);
        assert_eq!(
            (code, &reply["error"]["details"]["kind"]),
            (4, &json!("corrupt")),
            "{reply}"
        );
    }
    // Recovery keeps what is readable of them.
    sandbox.json(&["doctor", "--recover", "new"]);
    assert_eq!(
        sandbox.good(&["store", "get", "d", "--home", "new"]),
        "a value that gets another type\n"
    );
    assert_eq!(
        sandbox.good(&["store", "list", "--home", "new"]).lines().count(),
        4
    );
    assert_eq!(
        sandbox.ok(&["metrics", "summary", "--home", "new"])["all"]["total"],
        2
    );
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has /dev/full")]
fn an_increment_is_made_even_if_it_cannot_be_printed() {
    let sandbox = Sandbox::new();
    for (number, more) in [&[][..], &["--json"]].iter().enumerate() {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = sandbox.program();
        command.args(["store", "incr", "n"]).args(*more);
        let ran = command.stdout(full).output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(4), "{err}");
        let expected = format!("the increment was applied: `n` is {} now", number + 1);
        assert!(
            err.contains("stdout cannot be written") && err.contains(&expected),
            "{err}"
        );
    }
    assert_eq!(sandbox.good(&["store", "get", "n"]), "2\n");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has /dev/full")]
fn a_change_that_cannot_be_printed_is_reported() {
    let sandbox = Sandbox::new();
    let lines = sandbox.file(
        "lines.jsonl",
        "{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"a\",\"outcome\":\"success\"}\n",
    );
    let changes: [(&[&str], &str); 10] = [
        (&["init"], " is initialized;"),
        (
            &["skill", "new", "tea"],
            "`.agents/skills/tea/SKILL.md` was created;",
        ),
        (&["config", "set", "profile", "dev"], "`profile` was set;"),
        (&["config", "unset", "profile"], "`profile` was unset;"),
        (
            &["metrics", "record", "--skill", "tea", "--outcome", "success"],
            "execution 1 was recorded;",
        ),
        (
            &["metrics", "start", "--skill", "tea"],
            "execution 2 was started;",
        ),
        (
            &["metrics", "finish", "2", "--outcome", "failure"],
            "execution 2 was finished;",
        ),
        (&["metrics", "delete", "1"], "execution 1 was deleted;"),
        (
            &["metrics", "import", lines.to_str().unwrap(), "--json"],
            "1 execution imported;",
        ),
        (&["import"], "the import is complete;"),
    ];
    for (args, done) in changes {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = sandbox.program().args(args).stdout(full).output().unwrap();
        let err = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(4), "{args:?}: {err}");
        assert!(err.contains(done), "{args:?}: {err}");
    }
    let (_, reply) = sandbox.json(&["metrics", "summary"]);
    let figures = &reply["ok"]["all"];
    assert_eq!((&figures["success"], &figures["failure"]), (&1.into(), &1.into()));
}

#[test]
#[cfg_attr(windows, ignore = "no shell there closes a stream")]
fn a_closed_stdout_is_an_error_if_something_is_printed() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    let closed = |args: &[&str]| {
        let mut shell = sandbox.command("sh");
        let script = "exec \"$0\" \"$@\" >&-";
        finish(
            shell
                .args(["-c", script, env!("CARGO_BIN_EXE_clawpowers")])
                .args(args),
        )
    };
    for args in [
        &["store", "get", "k"][..],
        &["store", "get", "k", "--json"],
        &["store", "list"],
        &["store", "export"],
        &["store", "incr", "n"],
        &["status"],
        &["skill", "list"],
        &["metrics", "summary"],
        &["doctor"],
        &["--help"],
        &["--version"],
    ] {
        let ran = closed(args);
        assert_eq!(ran.code, 4, "{args:?}: {ran:?}");
        assert!(ran.err.contains("stdout cannot be written"), "{args:?}: {ran:?}");
    }
    for args in [&["store", "set", "k", "w"][..], &["store", "exists", "k"]] {
        let ran = closed(args);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{args:?}: {ran:?}");
    }
    assert_eq!(sandbox.good(&["store", "get", "k"]), "w\n");
    // `/dev/null` is a valid output.
    let mut command = sandbox.program();
    let null = fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    assert_eq!(
        command
            .args(["store", "get", "k"])
            .stdout(null)
            .status()
            .unwrap()
            .code(),
        Some(0)
    );
}

/// Its first byte is above every character.
#[test]
fn a_damaged_key_that_sorts_after_all_text_is_reported() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    sandbox.good(&["store", "set", "zz-last", "v"]);
    assert_eq!(patch(&sandbox.runtime_home(), b"zz-last", b"\xffz-last"), 2);
    for command in ["list", "list-values", "export"] {
        let ran = sandbox.run(&["store", command]);
        assert_eq!((ran.code, ran.out.lines().count()), (4, 1), "{ran:?}");
        assert!(ran.err.contains("text that is not UTF-8"), "{ran:?}");
    }
}
