//! Homes of 1.x: their data is imported once, everything else is reported, and no byte of them changes.

use crate::harness::{Ran, Sandbox, finish, good_error, wait, write};
use crate::started::Start as _;
use crate::system::{TRUE, os_string, shown, symlink};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

const MIB: u64 = 1024 * 1024;

/// Everything below a folder: kind, time and bytes by path.
type Snapshot = BTreeMap<PathBuf, (String, SystemTime, Vec<u8>)>;

fn snapshot(folder: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let bytes = if metadata.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        if metadata.is_dir() {
            found.extend(snapshot(&path));
        }
        let kind = format!("{:?} {:?}", metadata.file_type(), metadata.permissions());
        found.insert(path, (kind, metadata.modified().unwrap(), bytes));
    }
    found
}

/// The files of 1.x in a home, without those of this release.
fn of_1x(home: &Path) -> Snapshot {
    ["state", "metrics"]
        .iter()
        .filter(|name| home.join(name).is_dir())
        .flat_map(|name| snapshot(&home.join(name)))
        .collect()
}

fn state(home: &Path, name: &str, content: &str) -> PathBuf {
    write(&home.join("state").join(name), content)
}

fn record(skill: &str, second: u32, rest: &str) -> String {
    format!(
        r#"{{"ts":"2026-11-03T08:{:02}:{:02}Z","skill":"{skill}","outcome":"success"{rest}}}"#,
        second / 60,
        second % 60
    )
}

/// Rows of a report that say why something was not imported unchanged.
fn rows(reply: &Value) -> Vec<(String, u64, String)> {
    let skipped = reply["ok"]["executions"]["skipped"].as_array().unwrap();
    let row = |row: &Value| {
        assert!(!row["detail"].as_str().unwrap().is_empty());
        (
            row["source"].as_str().unwrap().to_owned(),
            row["line"].as_u64().unwrap(),
            row["reason"].as_str().unwrap().to_owned(),
        )
    };
    let mut rows: Vec<_> = skipped.iter().map(row).collect();
    rows.sort();
    rows
}

/// The numbers of keys imported and known, and of executions imported and known.
fn counts(reply: &Value) -> [u64; 4] {
    let ok = &reply["ok"];
    let executions = &ok["executions"];
    [
        &ok["keys"],
        &ok["known_keys"],
        &executions["taken"],
        &executions["known"],
    ]
    .map(|count| count.as_u64().unwrap())
}

fn import(sandbox: &Sandbox) -> Value {
    let (code, reply) = sandbox.json(&["import"]);
    assert_eq!(code, 0, "{reply}");
    reply
}

fn get(sandbox: &Sandbox, key: &str) -> Option<String> {
    let ran = sandbox.run(&["store", "get", key]);
    (ran.code == 0).then(|| ran.out.strip_suffix('\n').unwrap().to_owned())
}

fn total(sandbox: &Sandbox) -> u64 {
    let (_, reply) = sandbox.json(&["metrics", "summary"]);
    reply["ok"]["all"]["total"].as_u64().unwrap()
}

/// A small home with three keys and two executions.
fn small(home: &Path) {
    state(home, "plan__auth__task_1", "complete\n");
    state(home, "config__mode", "two\nlines\n");
    state(home, "empty", "\n");
    let lines = format!("{}\n{}\n", record("a", 1, ""), record("b", 2, ""));
    write(&home.join("metrics/2026-11.jsonl"), lines);
}

/// A home with every kind of file that may be in `state`. Returns the expected rows of the report.
fn unusual_state(home: &Path) -> Vec<(String, u64, String)> {
    let folder = home.join("state");
    state(home, "plan__auth__task_1", "complete\n");
    state(home, "glued", "no line end");
    state(home, "blank", "\n");
    state(home, "empty", "");
    state(home, "lines", "a\n\nb\n\n");
    state(home, ".hidden", "x\n");
    state(home, "healing-lock.json", "{\"pid\": 1}\n");
    state(home, "with blank", "x\n");
    write(&folder.join("bytes"), b"\xff\x00\x01\n");
    state(home, "fvl__p____init__", "x\n");
    state(home, "a___b", "x\n");
    state(home, "plan__x.tmp.123", "half");
    state(home, "plan__x.tmp.abc", "whole\n");
    state(home, "a..b", "x\n");
    state(home, "back\\slash", "x\n");
    state(home, "two\nlines", "x\n");
    write(&folder.join(os_string(b"not\xff")), "x\n");
    state(home, "bounties/open.jsonl", "{}\n");
    let elsewhere = write(&home.join("elsewhere"), "linked\n");
    symlink(elsewhere, folder.join("linked")).unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    symlink("loop", folder.join("loop")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(folder.join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    // The longest value that is accepted, with and without the newline of 1.x; and one byte more.
    for (name, bytes, end) in [
        ("full", 16 * MIB, true),
        ("full-bare", 16 * MIB, false),
        ("over", 16 * MIB + 1, true),
        ("over-bare", 16 * MIB + 1, false),
    ] {
        let mut file = File::create(folder.join(name)).unwrap();
        file.set_len(bytes).unwrap();
        if end {
            file.seek(SeekFrom::Start(bytes)).unwrap();
            file.write_all(b"\n").unwrap();
        }
    }
    [
        ("a..b", "key"),
        ("a___b", "ambiguous"),
        ("back\\slash", "key"),
        ("bounties", "foreign"),
        ("dangling", "unreadable"),
        ("fvl__p____init__", "ambiguous"),
        ("loop", "unreadable"),
        ("not\u{fffd}", "key"),
        ("over", "too-long"),
        ("over-bare", "too-long"),
        ("pipe", "foreign"),
        ("plan__x.tmp.123", "draft"),
        ("two\nlines", "key"),
    ]
    .map(|(name, reason)| (format!("state/{name}"), 0, reason.to_owned()))
    .to_vec()
}

/// A home with every kind of file that may be in `metrics`. Returns the expected rows of the report, and the number of
/// executions.
fn unusual_metrics(home: &Path) -> (Vec<(String, u64, String)>, u64) {
    let folder = home.join("metrics");
    let plain = |second| record("plain", second, "");
    let broken = r#"{"ts":"2026-11-03T08:00:00Z","skill":"lost","outc"#;
    // Each line, the reason that is reported for it, and the number of executions in it.
    let lines: [(String, &str, u64); 24] = [
        (format!("\u{feff}{}", plain(1)), "", 1),
        (format!("{}\r", plain(2)), "", 1),
        ("null".into(), "not-object", 0),
        ("[1]".into(), "not-object", 0),
        ("17".into(), "not-object", 0),
        (format!("{}{}", plain(3), plain(4)), "glued", 2),
        (format!("{broken}{}", plain(5)), "glued", 1),
        (broken.into(), "not-json", 0),
        (record("zeros", 6, r#","duration_s":007"#), "mended", 1),
        (
            record("raw", 7, ",\"notes\":\"a\u{1b}[1mb\u{1}\tc\""),
            "mended",
            1,
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","outcome":"success"}"#.into(),
            "no-skill",
            0,
        ),
        (r#"{"skill":"a","outcome":"success"}"#.into(), "no-time", 0),
        (
            r#"{"ts":"yesterday","skill":"a","outcome":"success"}"#.into(),
            "no-time",
            0,
        ),
        (
            r#"{"skillName":"two","timestamp":"2026-11-03T08:00:00Z","succeeded":true}"#.into(),
            "no-skill",
            0,
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"cancelled"}"#.into(),
            "outcome",
            0,
        ),
        (
            r#"{"ts":"2026-11-03T08:00:00Z","skill":"a"}"#.into(),
            "outcome",
            0,
        ),
        (record("figure", 8, r#","duration_s":-1"#), "figure", 0),
        (
            record("extra", 9, r#","duration_s":1.5,"pr":{"n":[1,null]},"session":7"#),
            "",
            1,
        ),
        (plain(10), "", 1),
        (plain(10), "", 1),
        ("   ".into(), "", 0),
        (
            record("long", 11, &format!(",\"notes\":\"{}\"", "x".repeat(5_000_000))),
            "too-long",
            0,
        ),
        ("not JSON {".into(), "not-json", 0),
        (record("last", 12, ""), "", 1),
    ];
    let mut rows = Vec::new();
    let mut text = String::new();
    let mut executions = 0;
    for (number, (line, reason, count)) in (1..).zip(&lines) {
        if !reason.is_empty() {
            rows.push(("metrics/2026-11.jsonl".to_owned(), number, (*reason).to_owned()));
        }
        executions += count;
        text.push_str(line);
        text.push('\n');
    }
    // The last line has no newline.
    text.pop();
    write(&folder.join("2026-11.jsonl"), text);
    let spaced = r#"{ "outcome": "partial", "skill": "spaced", "ts": "2026-10-01" }"#;
    write(&folder.join("outcomes.jsonl"), format!("{spaced}\n"));
    write(&folder.join("empty.jsonl"), "");
    write(&folder.join("notes.txt"), plain(20));
    fs::create_dir(folder.join("folder.jsonl")).unwrap();
    symlink("nowhere", folder.join("gone.jsonl")).unwrap();
    for (name, reason) in [
        ("folder.jsonl", "foreign"),
        ("gone.jsonl", "unreadable"),
        ("notes.txt", "foreign"),
    ] {
        rows.push((format!("metrics/{name}"), 0, reason.to_owned()));
    }
    (rows, executions + 1)
}

#[test]
fn the_first_command_imports_everything() {
    for first in [
        &["store", "get", "plan:auth:task_1"][..],
        &["store", "exists", "empty"],
        &["store", "list", "config:"],
        &["store", "delete", "nothing"],
        &["metrics", "show", "--limit", "0"],
        &["metrics", "record", "--skill", "c", "--outcome", "success"],
        &["init"],
        &["status"],
        &["legacy", "store", "get", "empty"],
        &[&["run", "--skill", "using-clawpowers", "--"][..], TRUE].concat(),
    ] {
        let sandbox = Sandbox::new();
        small(&sandbox.runtime_home());
        let before = of_1x(&sandbox.runtime_home());
        let ran = sandbox.run(first);
        assert_eq!(ran.code, 0, "{first:?}: {ran:?}");
        let told =
            "imported 3 keys and 2 executions from ClawPowers 1.x; the original files are not modified\n";
        assert!(ran.err.ends_with(told), "{first:?}: {ran:?}");
        let again = sandbox.run(first);
        assert!(!again.err.contains("imported"), "{first:?}: {again:?}");
        assert_eq!(get(&sandbox, "config:mode").as_deref(), Some("two\nlines"));
        assert_eq!(get(&sandbox, "plan:auth:task_1").as_deref(), Some("complete"));
        assert_eq!(get(&sandbox, "empty").as_deref(), Some(""));
        // Two of the commands record an execution themselves, by now twice.
        let own = if first.contains(&"--skill") { 2 } else { 0 };
        assert_eq!(total(&sandbox), 2 + own, "{first:?}");
        assert_eq!(of_1x(&sandbox.runtime_home()), before, "{first:?}");
    }
}

#[test]
fn json_replies_come_without_messages() {
    let sandbox = Sandbox::new();
    small(&sandbox.runtime_home());
    let (_, reply) = sandbox.json(&["store", "list"]);
    assert_eq!(
        reply,
        json!({ "ok": { "keys": ["config:mode", "empty", "plan:auth:task_1"] } })
    );
    // The import is not reported by a later command.
    assert_eq!(sandbox.run(&["store", "list"]).err, "");
}

#[test]
fn a_home_without_1x_data_gets_no_database() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.runtime_home().join("state")).unwrap();
    fs::create_dir_all(sandbox.runtime_home().join("metrics")).unwrap();
    let ran = sandbox.run(&["store", "list"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert!(!sandbox.runtime_home().join("clawpowers.db").exists());
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn unusual_files_are_imported_or_reported() {
    let sandbox = Sandbox::new();
    let mut expected = unusual_state(&sandbox.runtime_home());
    let (of_metrics, executions) = unusual_metrics(&sandbox.runtime_home());
    expected.extend(of_metrics);
    expected.sort();
    let before = of_1x(&sandbox.runtime_home());
    let reply = import(&sandbox);
    assert_eq!(rows(&reply), expected);
    assert_eq!(counts(&reply), [15, 0, executions, 0]);
    let mut reasons = BTreeMap::<&str, u64>::new();
    for (_, _, reason) in &expected {
        *reasons.entry(reason).or_default() += 1;
    }
    assert_eq!(reply["ok"]["executions"]["reasons"], json!(reasons));

    let (_, list) = sandbox.json(&["store", "list"]);
    let keys = [
        ".hidden",
        "a:_b",
        "blank",
        "bytes",
        "empty",
        "full",
        "full-bare",
        "fvl:p::init:",
        "glued",
        "healing-lock.json",
        "lines",
        "linked",
        "plan:auth:task_1",
        "plan:x.tmp.abc",
        "with blank",
    ];
    assert_eq!(list["ok"]["keys"], json!(keys));
    for (key, value) in [
        ("plan:auth:task_1", "complete"),
        ("glued", "no line end"),
        ("blank", ""),
        ("empty", ""),
        ("lines", "a\n\nb\n"),
        ("linked", "linked"),
    ] {
        assert_eq!(get(&sandbox, key).as_deref(), Some(value), "{key}");
    }
    let (_, bytes) = sandbox.json(&["store", "get", "bytes"]);
    assert_eq!(bytes["ok"]["value_base64"], "/wAB");

    let exported = sandbox.run(&["metrics", "export"]).out;
    let lines: Vec<Value> = exported
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len() as u64, executions);
    let of = |skill: &str| lines.iter().find(|line| line["skill"] == skill).unwrap();
    assert_eq!(of("zeros")["duration_s"], 7);
    assert_eq!(of("raw")["notes"], "a\u{1b}[1mb\u{1}\tc");
    assert_eq!(of("extra")["duration_s"], 1.5);
    assert_eq!(of("extra")["pr"], json!({ "n": [1, null] }));
    assert_eq!(of("extra")["session"], "7");
    assert_eq!(of("spaced")["outcome"], "partial");
    assert_eq!(lines.iter().filter(|line| line["skill"] == "plain").count(), 7);

    // Nothing is imported twice, and problems are reported again.
    let again = import(&sandbox);
    assert_eq!(counts(&again), [0, 15, 0, executions]);
    expected.retain(|(_, _, reason)| reason != "ambiguous");
    assert_eq!(rows(&again), expected);
    assert_eq!(total(&sandbox), executions);
    assert_eq!(of_1x(&sandbox.runtime_home()), before);
}

#[test]
fn the_report_in_words() {
    let sandbox = Sandbox::new();
    small(&sandbox.runtime_home());
    state(&sandbox.runtime_home(), "k.tmp.1", "");
    write(
        &sandbox.runtime_home().join("metrics/2026-12.jsonl"),
        "null\n\n\u{1b}[1m\n",
    );
    let ran = sandbox.run(&["import"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.out.starts_with(
            "keys: 3 imported, 0 already imported\nexecutions: 2 imported, 0 already imported\n"
        ),
        "{ran:?}"
    );
    for line in [
        "  metrics/2026-12.jsonl:1: ",
        "  metrics/2026-12.jsonl:3: ",
        "  state/k.tmp.1: ",
    ] {
        assert!(ran.out.contains(line), "{ran:?}");
    }
    assert!(
        ran.out.ends_with("\ndraft: 1\nnot-json: 1\nnot-object: 1\n"),
        "{ran:?}"
    );
    assert!(!ran.out.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn changed_files_are_imported_unless_the_key_changed() {
    let sandbox = Sandbox::new();
    let claw = sandbox.runtime_home();
    for name in ["same", "ours", "theirs", "both", "gone", "back", "again"] {
        state(&claw, name, "1\n");
    }
    write(&claw.join("metrics/2026-11.jsonl"), record("a", 1, "") + "\n");
    assert_eq!(counts(&import(&sandbox)), [7, 0, 1, 0]);
    for key in ["ours", "both"] {
        assert_eq!(sandbox.run(&["store", "set", key, "here"]).code, 0);
    }
    for key in ["gone", "back"] {
        assert_eq!(sandbox.run(&["store", "delete", key]).code, 0);
    }
    for name in ["theirs", "both", "gone", "again"] {
        state(&claw, name, "2\n");
    }
    let lines = format!("{}\n{}\n", record("a", 1, ""), record("a", 1, ""));
    write(&claw.join("metrics/2026-11.jsonl"), lines);
    let reply = import(&sandbox);
    assert_eq!(counts(&reply), [2, 3, 1, 1]);
    let conflict = |name: &str| (format!("state/{name}"), 0, "conflict".to_owned());
    assert_eq!(rows(&reply), [conflict("both"), conflict("gone")]);
    let values = || ["same", "ours", "theirs", "both", "gone", "back", "again"].map(|key| get(&sandbox, key));
    let value = |text: &str| Some(text.to_owned());
    assert_eq!(
        values(),
        [
            value("1"),
            value("here"),
            value("2"),
            value("here"),
            None,
            None,
            value("2")
        ]
    );
    // A file may return to an earlier content; that is a change as well.
    state(&claw, "again", "1\n");
    state(&claw, "gone", "1\n");
    let reply = import(&sandbox);
    assert_eq!(counts(&reply), [1, 5, 0, 2]);
    assert_eq!(rows(&reply), [conflict("gone")]);
    assert_eq!(
        values(),
        [
            value("1"),
            value("here"),
            value("2"),
            value("here"),
            None,
            None,
            value("1")
        ]
    );
    // Both sides have the same value; from then on changes of the file are imported again.
    state(&claw, "both", "here\n");
    state(&claw, "new__key", "n\n");
    assert_eq!(counts(&import(&sandbox)), [2, 6, 0, 2]);
    state(&claw, "both", "3\n");
    assert_eq!(counts(&import(&sandbox)), [1, 7, 0, 2]);
    assert_eq!(get(&sandbox, "both"), value("3"));
    assert_eq!(get(&sandbox, "new:key"), value("n"));
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_symlink_to_the_home_works() {
    let sandbox = Sandbox::new();
    state(&sandbox.runtime_home(), "shared", "ours\n");
    symlink(sandbox.runtime_home(), sandbox.work().join("link")).unwrap();
    let (code, reply) = sandbox.json(&["import", "--from", "link"]);
    assert_eq!(code, 0, "{reply}");
    // The command itself imported the home, because it was the first one.
    assert_eq!(counts(&reply), [0, 1, 0, 0]);
}

#[test]
fn another_home_is_imported_by_path() {
    let sandbox = Sandbox::new();
    let other = sandbox.work().join("old home");
    small(&other);
    state(&other, "shared", "theirs\n");
    state(&sandbox.runtime_home(), "shared", "ours\n");
    let before = of_1x(&other);
    let from = |from: &str| {
        let (code, reply) = sandbox.json(&["import", "--from", from]);
        assert_eq!(code, 0, "{reply}");
        reply
    };
    let reply = from("old home");
    assert_eq!(reply["ok"]["from"], shown(&other));
    assert_eq!(counts(&reply), [3, 0, 2, 0]);
    assert_eq!(
        rows(&reply),
        [("state/shared".to_owned(), 0, "conflict".to_owned())]
    );
    assert_eq!(get(&sandbox, "shared").as_deref(), Some("ours"));
    let again = from(other.to_str().unwrap());
    assert_eq!(counts(&again), [0, 4, 0, 2]);
    assert_eq!(of_1x(&other), before);
    assert!(!other.join("clawpowers.db").exists());
    // The home itself, by another path.
    assert_eq!(counts(&from("../claw")), [0, 1, 0, 0]);
    let other_file = other.join("state/empty");
    for missing in ["nowhere", other_file.to_str().unwrap(), ""] {
        let missing_home = sandbox.work().join("new home");
        let ran = sandbox.run(&[
            "import",
            "--from",
            &format!("{missing}/x"),
            "--home",
            missing_home.to_str().unwrap(),
        ]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{missing}: {ran:?}");
        good_error(&ran.err);
        assert!(!missing_home.exists());
    }
}

/// Writes a home whose import takes a while.
fn large(home: &Path, keys: u32, executions: u32) {
    for n in 0..keys {
        state(home, &format!("plan__p{n:05}__status"), &format!("value {n}\n"));
    }
    let lines: String = (0..executions)
        .map(|n| record(&format!("s{}", n % 7), n, &format!(",\"notes\":\"{n}\"")) + "\n")
        .collect();
    write(&home.join("metrics/2026-11.jsonl"), lines);
}

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .start()
}

#[test]
fn concurrent_first_commands_import_once() {
    for _ in 0..3 {
        let sandbox = Sandbox::new();
        large(&sandbox.runtime_home(), 50, 200);
        let ran: Vec<Ran> = thread::scope(|scope| {
            let first = |n: u32| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let own = format!("own:{n}");
                    let args: &[&str] = match n % 2 {
                        0 => &["store", "list", "plan:"],
                        _ => &["store", "set", &own, "1"],
                    };
                    let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
                    finish(command.args(args))
                })
            };
            let threads: Vec<_> = (0..8).map(first).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (n, ran) in (0..).zip(&ran) {
            assert_eq!(ran.code, 0, "{ran:?}");
            assert_eq!(
                ran.out.lines().count(),
                if n % 2 == 0 { 50 } else { 0 },
                "{ran:?}"
            );
        }
        let told: Vec<_> = ran.iter().filter(|ran| !ran.err.is_empty()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].err.starts_with("imported 50 keys and 200 executions "),
            "{told:?}"
        );
        assert_eq!(total(&sandbox), 200);
        let (_, list) = sandbox.json(&["store", "list"]);
        assert_eq!(list["ok"]["keys"].as_array().unwrap().len(), 54);
        assert_eq!(drafts(&sandbox), 0);
    }
}

fn drafts(sandbox: &Sandbox) -> usize {
    fs::read_dir(sandbox.runtime_home())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(".clawpowers.db")
        })
        .count()
}

#[test]
fn a_killed_import_leaves_all_or_nothing() {
    const KEYS: u32 = 300;
    const EXECUTIONS: u32 = 3000;
    let sandbox = Sandbox::new();
    large(&sandbox.runtime_home(), KEYS, EXECUTIONS);
    let before = of_1x(&sandbox.runtime_home());
    let database = sandbox.runtime_home().join("clawpowers.db");
    // The duration of a whole import only determines when to kill.
    let started = Instant::now();
    let mut child = start(&sandbox, &["store", "list"]);
    assert_eq!(wait(&mut child), 0);
    let whole = started.elapsed();
    for moment in 0..12 {
        for name in fs::read_dir(sandbox.runtime_home()).unwrap() {
            let path = name.unwrap().path();
            if path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
        let mut child = start(&sandbox, &["store", "set", "own", "1"]);
        thread::sleep(whole * moment / 10);
        child.kill().unwrap();
        child.wait().unwrap();
        let was_there = database.exists();
        let ran = sandbox.run(&["store", "list", "plan:"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.err.contains("imported"), !was_there, "{ran:?}");
        assert_eq!(ran.out.lines().count(), KEYS as usize);
        assert_eq!(total(&sandbox), u64::from(EXECUTIONS));
        assert_eq!(get(&sandbox, "plan:p00299:status").as_deref(), Some("value 299"));
        assert_eq!(of_1x(&sandbox.runtime_home()), before);
    }
}

#[test]
fn a_killed_second_import_changes_nothing() {
    let sandbox = Sandbox::new();
    small(&sandbox.runtime_home());
    assert_eq!(counts(&import(&sandbox)), [3, 0, 2, 0]);
    let other = sandbox.work().join("other");
    large(&other, 100, 2000);
    for _ in 0..4 {
        let mut child = start(&sandbox, &["import", "--from", "other"]);
        thread::sleep(Duration::from_millis(15));
        child.kill().unwrap();
        child.wait().unwrap();
        let keys = sandbox.run(&["store", "list", "plan:p"]).out.lines().count();
        assert!([0, 100].contains(&keys), "{keys}");
        assert_eq!(total(&sandbox), if keys == 0 { 2 } else { 2002 });
    }
    let (code, _) = sandbox.json(&["import", "--from", "other"]);
    assert_eq!(code, 0);
    assert_eq!(total(&sandbox), 2002);
    assert_eq!(get(&sandbox, "plan:auth:task_1").as_deref(), Some("complete"));
}

#[test]
fn the_status_of_a_home_that_it_imports_has_the_size_of_the_database() {
    let sandbox = Sandbox::new();
    small(&sandbox.runtime_home());
    let (code, reply) = sandbox.json(&["status"]);
    assert_eq!((code, &reply["ok"]["keys"]), (0, &json!(3)), "{reply}");
    assert!(reply["ok"]["bytes"].as_u64().unwrap() > 0, "{reply}");
}
