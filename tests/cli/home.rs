//! `init` and `status`.

use crate::harness::{World, finish};
use crate::system::{mode, set_mode, shown};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const FOLDERS: [&str; 6] = ["checkpoints", "feedback", "logs", "memory", "metrics", "state"];

/// The names in a folder, without the files that SQLite creates next to the database.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("clawpowers.db-"))
        .collect();
    names.sort();
    names
}

#[test]
fn init_creates_missing_folders_with_the_messages_of_1x() {
    let world = World::new();
    fs::remove_dir(world.claw()).unwrap();
    let home = shown(world.claw());
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        world.good(&["init"]),
        format!("ClawPowers runtime initialized at {home}\n  Directories created: 7\n  Version: {version}\n")
    );
    let mut expected = [&FOLDERS[..], &["clawpowers.db"]].concat();
    expected.sort_unstable();
    assert_eq!(names(&world.claw()), expected);
    // The second time it changes nothing.
    fs::write(world.claw().join("config.json"), "{}").unwrap();
    world.good(&["store", "set", "k", "v"]);
    let already = format!("ClawPowers runtime already initialized at {home}\n  Version: {version}\n");
    assert_eq!(world.good(&["init"]), already);
    assert_eq!(
        fs::read_to_string(world.claw().join("config.json")).unwrap(),
        "{}"
    );
    assert_eq!(world.good(&["store", "get", "k"]), "v\n");
    // A deleted folder is created again.
    fs::remove_dir(world.claw().join("logs")).unwrap();
    assert_eq!(
        world.good(&["init"]),
        format!("ClawPowers runtime initialized at {home}\n  Directories created: 1\n  Version: {version}\n")
    );
    let reply = world.ok(&["init"]);
    assert_eq!(
        reply,
        json!({"home": home, "folders_created": 0, "version": version, "shims": []})
    );
}

#[test]
fn only_the_value_1_makes_init_quiet() {
    let world = World::new();
    for (value, quiet) in [
        ("1", true),
        ("true", false),
        ("0", false),
        ("", false),
        ("11", false),
    ] {
        let mut command = world.program();
        let ran = finish(command.arg("init").env("CLAWPOWERS_QUIET", value));
        assert_eq!((ran.code, &*ran.err), (0, ""));
        assert_eq!(ran.out.is_empty(), quiet, "{value:?}: {ran:?}");
        assert_eq!(names(&world.claw()).len(), 7, "it is made all the same");
    }
    world.file("file", "text");
    let mut command = world.program();
    let ran = finish(
        command
            .args(["init", "--home", "file"])
            .env("CLAWPOWERS_QUIET", "1"),
    );
    assert_eq!(ran.code, 4);
    assert!(ran.err.starts_with("error: "), "an error is told: {ran:?}");
}

#[test]
fn many_processes_may_create_one_home() {
    let world = World::new();
    fs::remove_dir(world.claw()).unwrap();
    world.crowd((0..20).map(|n| {
        let words: [&str; 5] = match n % 4 {
            0 => ["init", "--home", "h", "--json", ""],
            1 => ["store", "incr", "n", "--home", "h"],
            2 => ["store", "append", "log", "--home", "h"],
            _ => ["metrics", "start", "--skill=a", "--home", "h"],
        };
        words
            .iter()
            .filter(|word| !word.is_empty())
            .map(|&word| word.to_owned())
            .collect()
    }));
    let home = world.work().join("h");
    assert_eq!(
        names(&home).len(),
        7,
        "no draft is left behind: {:?}",
        names(&home)
    );
    assert_eq!(world.good(&["store", "get", "n", "--home", "h"]), "5\n");
    let status = world.ok(&["status", "--home", "h"]);
    assert_eq!(
        (&status["keys"], &status["executions"]["open"]),
        (&json!(2), &json!(5))
    );
}

#[test]
fn a_home_that_cannot_be_created_is_an_error() {
    let world = World::new();
    world.file("file", "text");
    for home in ["file", "file/below"] {
        for args in [
            &["init"][..],
            &["store", "set", "k", "v"],
            &["metrics", "start", "--skill", "a"],
        ] {
            let ran = world.refused(4, &[args, &["--home", home]].concat());
            assert!(ran.err.contains("cannot be used"), "{home}: {ran:?}");
        }
    }
    assert_eq!(fs::read_to_string(world.work().join("file")).unwrap(), "text");
    for args in [&["init", "--legacy-shims", ""][..], &["import", "--from", ""]] {
        let ran = world.refused(3, args);
        assert!(ran.err.contains("the path of the folder is empty"), "{ran:?}");
    }
    assert!(!world.work().join("runtime").exists() && !world.claw().join("clawpowers.db").exists());
    world.refused(2, &["init", "verify"]);
    world.refused(2, &["init", "--criteria", "x"]);
}

#[test]
fn status_of_a_home_that_is_missing_or_empty() {
    let world = World::new();
    let place = world.work().join("missing");
    let nothing = |home: &Path| {
        format!(
            "home        {}\nnothing yet: no keys, no executions\n",
            shown(home)
        )
    };
    assert_eq!(world.good(&["status", "--home", "missing"]), nothing(&place));
    let reply = world.ok(&["status", "--home", "missing"]);
    assert_eq!((&reply["database"], &reply["keys"]), (&Value::Null, &json!(0)));
    assert!(!place.exists(), "looking makes nothing");
    // A file in its place is an error.
    world.file("file", "text");
    let ran = world.refused(4, &["status", "--home", "file"]);
    assert!(ran.err.contains("is not a folder"), "{ran:?}");
    // An empty folder is a valid home without data.
    let nothing = nothing(&world.claw());
    assert_eq!(world.good(&["status"]), nothing);
    let reply = world.ok(&["status"]);
    assert_eq!((&reply["database"], &reply["bytes"]), (&Value::Null, &json!(0)));
    assert!(names(&world.claw()).is_empty(), "and it stays one");
    // Damage is reported.
    fs::write(
        world.claw().join("clawpowers.db"),
        "no database, only some text ".repeat(200),
    )
    .unwrap();
    for args in [
        &["status"][..],
        &["init"],
        &["store", "get", "k"],
        &["store", "set", "k", "v"],
        &["metrics", "summary"],
    ] {
        let ran = world.refused(4, args);
        assert!(ran.err.contains("is not a database"), "{ran:?}");
    }
    fs::write(world.claw().join("clawpowers.db"), "").unwrap();
    let ran = world.refused(4, &["store", "get", "k"]);
    assert!(ran.err.contains("is empty or not a database"), "{ran:?}");
}

#[test]
fn status_shows_counts_and_executions() {
    let world = World::new();
    world.good(&["init"]);
    world.good(&["store", "set", "k", "v"]);
    for n in 1..=4 {
        let at = format!("2026-11-0{n}");
        world.good(&[
            "metrics",
            "record",
            "--skill",
            "tea",
            "--outcome",
            "success",
            "--at",
            &at,
            "--duration",
            "0.9996",
            "--notes",
            "two\nlines  here",
        ]);
    }
    world.good(&[
        "metrics",
        "record",
        "--skill",
        "milk",
        "--outcome",
        "skipped",
        "--at",
        "2026-11-05",
        "--duration",
        "3661",
    ]);
    world.good(&["metrics", "start", "--skill", "sugar"]);
    let home = shown(world.claw());
    let shown = world.good(&["status"]);
    assert!(
        shown.starts_with(&format!("home        {home}\ndatabase    {home}/clawpowers.db (")),
        "{shown}"
    );
    assert!(
        shown.contains(
            "\nkeys        1\nskills      3 with executions\nexecutions  5 (4 success, 0 failure, 0 partial, 1 skipped), 1 open\n\n"
        ),
        "{shown}"
    );
    let table: Vec<&str> = shown
        .lines()
        .skip_while(|line| !line.starts_with("ID "))
        .collect();
    assert_eq!(table.len(), 6, "a heading and the last five: {shown}");
    assert!(
        table[1].starts_with("2   2026-11-02 00:00  ") && table[1].ends_with("  1.0s    two lines here"),
        "{shown}"
    );
    assert!(table[4].ends_with("skipped  1h 01m"), "{shown}");
    assert!(table[5].contains("sugar  open"), "{shown}");
    let reply = world.ok(&["status"]);
    assert_eq!(
        (&reply["home"], &reply["schema"], &reply["keys"], &reply["skills"]),
        (
            &json!(home),
            &json!(clawpowers_api::SCHEMA_VERSION),
            &json!(1),
            &json!(3)
        )
    );
    assert_eq!(reply["executions"], world.ok(&["metrics", "summary"])["all"]);
    assert_eq!(
        reply["last"],
        world.ok(&["metrics", "show", "--limit", "5"])["executions"]
    );
    let size: u64 = ["clawpowers.db", "clawpowers.db-wal"]
        .iter()
        .filter_map(|name| fs::metadata(world.claw().join(name)).ok())
        .map(|file| file.len())
        .sum();
    assert_eq!(reply["bytes"], size);
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn init_creates_private_folders_and_keeps_existing_modes() {
    let world = World::new();
    fs::create_dir(world.claw().join("logs")).unwrap();
    for folder in [world.claw(), world.claw().join("logs")] {
        set_mode(folder, 0o755).unwrap();
    }
    let mut shell = world.command("sh");
    let ran = finish(shell.args([
        "-c",
        "umask 000; exec \"$0\" init",
        env!("CARGO_BIN_EXE_clawpowers"),
    ]));
    assert!(ran.out.contains("Directories created: 5"), "{ran:?}");
    for name in FOLDERS {
        let expected = if name == "logs" { 0o755 } else { 0o700 };
        assert_eq!(mode(world.claw().join(name)), expected, "{name}");
    }
    assert_eq!(mode(world.claw()), 0o755);
    for name in ["clawpowers.db", "clawpowers.db-wal", "clawpowers.db-shm"] {
        let path = world.claw().join(name);
        assert!(!path.exists() || mode(&path) == 0o600, "{name}");
    }
    assert!(world.claw().join("clawpowers.db").exists());
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn a_hostile_home_name_is_escaped() {
    use crate::harness::unsafe_characters;
    let world = World::new();
    let home = "evil\u{1b}[2J\u{202e}";
    for args in [&["status"][..], &["init"], &["status"], &["init", "--json"]] {
        let ran = world.run(&[args, &["--home", home]].concat());
        assert_eq!(unsafe_characters(&ran.out), [], "{args:?}: {ran:?}");
        assert_eq!(unsafe_characters(&ran.err), [], "{args:?}: {ran:?}");
    }
    assert!(world.work().join(home).join("clawpowers.db").is_file());
}

#[test]
fn an_orphan_wal_does_not_damage_a_new_database() {
    let world = World::new();
    let file = |name: &str| world.claw().join(name);
    let long = "x".repeat(100_000);
    for key in ["a", "b", "c", "d", "e"] {
        world.good(&["store", "set", key, &long]);
    }
    let kept = fs::read(file("clawpowers.db")).unwrap();
    let log = fs::read(file("clawpowers.db-wal")).unwrap();
    assert!(!log.is_empty(), "the last writes are in the log");
    fs::remove_file(file("clawpowers.db")).unwrap();
    for args in [
        &["store", "set", "k", "v"][..],
        &["store", "get", "a"],
        &["init"],
        &["status"],
    ] {
        let ran = world.refused(4, args);
        assert!(ran.err.contains("is missing, but its WAL exists"), "{ran:?}");
    }
    let doctor = world.run(&["doctor"]);
    assert!(
        doctor.out.contains("is missing, but its WAL exists"),
        "{doctor:?}"
    );
    assert!(!file("clawpowers.db").exists());
    assert_eq!(fs::read(file("clawpowers.db-wal")).unwrap(), log);
    // Both solutions that the hint names.
    fs::write(file("clawpowers.db"), kept).unwrap();
    assert_eq!(world.good(&["store", "list"]), "a\nb\nc\nd\ne\n");
    fs::remove_file(file("clawpowers.db")).unwrap();
    fs::remove_file(file("clawpowers.db-wal")).unwrap();
    world.good(&["store", "set", "k", "v"]);
    assert_eq!(world.good(&["store", "list"]), "k\n");
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn a_home_may_be_in_an_unreadable_folder() {
    let world = World::new();
    let above = world.work().join("above");
    fs::create_dir(&above).unwrap();
    let mode = |mode| set_mode(&above, mode).unwrap();
    // Root can read it anyway, so as root this tests nothing.
    mode(0o300);
    let ran = world.run(&["store", "set", "k", "v", "--home", "above/h"]);
    mode(0o700);
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    assert_eq!(world.good(&["store", "get", "k", "--home", "above/h"]), "v\n");
}
