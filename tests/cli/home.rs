//! `init` and `status`.

use crate::harness::{Sandbox, finish};
use crate::system::{mode, os_string, set_mode, shown, symlink};
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
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    let home = shown(sandbox.runtime_home());
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        sandbox.good(&["init"]),
        format!("ClawPowers runtime initialized at {home}\n  Directories created: 7\n  Version: {version}\n")
    );
    let mut expected = [&FOLDERS[..], &["clawpowers.db"]].concat();
    expected.sort_unstable();
    assert_eq!(names(&sandbox.runtime_home()), expected);
    // The second time it changes nothing.
    fs::write(sandbox.runtime_home().join("config.json"), "{}").unwrap();
    sandbox.good(&["store", "set", "k", "v"]);
    let already = format!("ClawPowers runtime already initialized at {home}\n  Version: {version}\n");
    assert_eq!(sandbox.good(&["init"]), already);
    assert_eq!(
        fs::read_to_string(sandbox.runtime_home().join("config.json")).unwrap(),
        "{}"
    );
    assert_eq!(sandbox.good(&["store", "get", "k"]), "v\n");
    // A deleted folder is created again.
    fs::remove_dir(sandbox.runtime_home().join("logs")).unwrap();
    assert_eq!(
        sandbox.good(&["init"]),
        format!("ClawPowers runtime initialized at {home}\n  Directories created: 1\n  Version: {version}\n")
    );
    let reply = sandbox.ok(&["init"]);
    assert_eq!(
        reply,
        json!({"home": home, "folders_created": 0, "version": version, "shims": []})
    );
}

#[test]
fn only_the_value_1_makes_init_quiet() {
    let sandbox = Sandbox::new();
    for (value, quiet) in [
        ("1", true),
        ("true", false),
        ("0", false),
        ("", false),
        ("11", false),
    ] {
        let mut command = sandbox.program();
        let ran = finish(command.arg("init").env("CLAWPOWERS_QUIET", value));
        assert_eq!((ran.code, &*ran.err), (0, ""));
        assert_eq!(ran.out.is_empty(), quiet, "{value:?}: {ran:?}");
        assert_eq!(
            names(&sandbox.runtime_home()).len(),
            7,
            "the home is created anyway"
        );
    }
    sandbox.file("file", "text");
    let mut command = sandbox.program();
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
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    sandbox.concurrently((0..20).map(|n| {
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
    let home = sandbox.work().join("h");
    assert_eq!(
        names(&home).len(),
        7,
        "no temporary file remains: {:?}",
        names(&home)
    );
    assert_eq!(sandbox.good(&["store", "get", "n", "--home", "h"]), "5\n");
    let status = sandbox.ok(&["status", "--home", "h"]);
    assert_eq!(
        (&status["keys"], &status["executions"]["open"]),
        (&json!(2), &json!(5))
    );
}

#[test]
fn a_home_that_cannot_be_created_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "text");
    for home in ["file", "file/below"] {
        for args in [
            &["init"][..],
            &["store", "set", "k", "v"],
            &["metrics", "start", "--skill", "a"],
        ] {
            let ran = sandbox.refused(4, &[args, &["--home", home]].concat());
            assert!(ran.err.contains("cannot be used"), "{home}: {ran:?}");
        }
    }
    assert_eq!(fs::read_to_string(sandbox.work().join("file")).unwrap(), "text");
    for args in [&["init", "--legacy-shims", ""][..], &["import", "--from", ""]] {
        let ran = sandbox.refused(3, args);
        assert!(ran.err.contains("the path of the folder is empty"), "{ran:?}");
    }
    assert!(
        !sandbox.work().join("runtime").exists() && !sandbox.runtime_home().join("clawpowers.db").exists()
    );
    sandbox.refused(2, &["init", "verify"]);
    sandbox.refused(2, &["init", "--criteria", "x"]);
}

#[test]
fn status_of_a_home_that_is_missing_or_empty() {
    let sandbox = Sandbox::new();
    let place = sandbox.work().join("missing");
    let nothing = |home: &Path| {
        format!(
            "home        {}\nnothing yet: no keys, no executions\n",
            shown(home)
        )
    };
    assert_eq!(sandbox.good(&["status", "--home", "missing"]), nothing(&place));
    let reply = sandbox.ok(&["status", "--home", "missing"]);
    assert_eq!((&reply["database"], &reply["keys"]), (&Value::Null, &json!(0)));
    assert!(!place.exists(), "looking makes nothing");
    // A file in its place is an error.
    sandbox.file("file", "text");
    let ran = sandbox.refused(4, &["status", "--home", "file"]);
    assert!(ran.err.contains("is not a folder"), "{ran:?}");
    // An empty folder is a valid home without data.
    let home = shown(sandbox.runtime_home());
    let nothing = format!("home        {home} (from CLAWPOWERS_DIR)\nnothing yet: no keys, no executions\n");
    assert_eq!(sandbox.good(&["status"]), nothing);
    let reply = sandbox.ok(&["status"]);
    assert_eq!((&reply["database"], &reply["bytes"]), (&Value::Null, &json!(0)));
    assert!(names(&sandbox.runtime_home()).is_empty(), "and it stays one");
    // Damage is reported.
    fs::write(
        sandbox.runtime_home().join("clawpowers.db"),
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
        let ran = sandbox.refused(4, args);
        assert!(ran.err.contains("is not a database"), "{ran:?}");
    }
    fs::write(sandbox.runtime_home().join("clawpowers.db"), "").unwrap();
    let ran = sandbox.refused(4, &["store", "get", "k"]);
    assert!(ran.err.contains("is empty or not a database"), "{ran:?}");
}

#[test]
fn status_shows_counts_and_executions() {
    let sandbox = Sandbox::new();
    sandbox.good(&["init"]);
    sandbox.good(&["store", "set", "k", "v"]);
    for n in 1..=4 {
        let at = format!("2026-11-0{n}");
        sandbox.good(&[
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
    sandbox.good(&[
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
    sandbox.good(&["metrics", "start", "--skill", "sugar"]);
    let home = shown(sandbox.runtime_home());
    let shown = sandbox.good(&["status"]);
    assert!(
        shown.starts_with(&format!(
            "home        {home} (from CLAWPOWERS_DIR)\ndatabase    {home}/clawpowers.db ("
        )),
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
    let reply = sandbox.ok(&["status"]);
    assert_eq!(
        (&reply["home"], &reply["schema"], &reply["keys"], &reply["skills"]),
        (
            &json!(home),
            &json!(clawpowers_api::SCHEMA_VERSION),
            &json!(1),
            &json!(3)
        )
    );
    assert_eq!(reply["executions"], sandbox.ok(&["metrics", "summary"])["all"]);
    assert_eq!(
        reply["last"],
        sandbox.ok(&["metrics", "show", "--limit", "5"])["executions"]
    );
    let size: u64 = ["clawpowers.db", "clawpowers.db-wal"]
        .iter()
        .filter_map(|name| fs::metadata(sandbox.runtime_home().join(name)).ok())
        .map(|file| file.len())
        .sum();
    assert_eq!(reply["bytes"], size);
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn init_creates_private_folders_and_keeps_existing_modes() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.runtime_home().join("logs")).unwrap();
    for folder in [sandbox.runtime_home(), sandbox.runtime_home().join("logs")] {
        set_mode(folder, 0o755).unwrap();
    }
    let mut shell = sandbox.command("sh");
    let ran = finish(shell.args([
        "-c",
        "umask 000; exec \"$0\" init",
        env!("CARGO_BIN_EXE_clawpowers"),
    ]));
    assert!(ran.out.contains("Directories created: 5"), "{ran:?}");
    for name in FOLDERS {
        let expected = if name == "logs" { 0o755 } else { 0o700 };
        assert_eq!(mode(sandbox.runtime_home().join(name)), expected, "{name}");
    }
    assert_eq!(mode(sandbox.runtime_home()), 0o755);
    for name in ["clawpowers.db", "clawpowers.db-wal", "clawpowers.db-shm"] {
        let path = sandbox.runtime_home().join(name);
        assert!(!path.exists() || mode(&path) == 0o600, "{name}");
    }
    assert!(sandbox.runtime_home().join("clawpowers.db").exists());
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn a_hostile_home_name_is_escaped() {
    use crate::harness::unsafe_characters;
    let sandbox = Sandbox::new();
    let home = "evil\u{1b}[2J\u{202e}";
    for args in [&["status"][..], &["init"], &["status"], &["init", "--json"]] {
        let ran = sandbox.run(&[args, &["--home", home]].concat());
        assert_eq!(unsafe_characters(&ran.out), [], "{args:?}: {ran:?}");
        assert_eq!(unsafe_characters(&ran.err), [], "{args:?}: {ran:?}");
    }
    assert!(sandbox.work().join(home).join("clawpowers.db").is_file());
}

#[test]
fn an_orphan_wal_does_not_damage_a_new_database() {
    let sandbox = Sandbox::new();
    let file = |name: &str| sandbox.runtime_home().join(name);
    let long = "x".repeat(100_000);
    for key in ["a", "b", "c", "d", "e"] {
        sandbox.good(&["store", "set", key, &long]);
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
        let ran = sandbox.refused(4, args);
        assert!(ran.err.contains("is missing, but its WAL exists"), "{ran:?}");
    }
    let doctor = sandbox.run(&["doctor"]);
    assert!(
        doctor.out.contains("is missing, but its WAL exists"),
        "{doctor:?}"
    );
    assert!(!file("clawpowers.db").exists());
    assert_eq!(fs::read(file("clawpowers.db-wal")).unwrap(), log);
    // Both solutions that the hint names.
    fs::write(file("clawpowers.db"), kept).unwrap();
    assert_eq!(sandbox.good(&["store", "list"]), "a\nb\nc\nd\ne\n");
    fs::remove_file(file("clawpowers.db")).unwrap();
    fs::remove_file(file("clawpowers.db-wal")).unwrap();
    sandbox.good(&["store", "set", "k", "v"]);
    assert_eq!(sandbox.good(&["store", "list"]), "k\n");
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn a_home_may_be_in_an_unreadable_folder() {
    let sandbox = Sandbox::new();
    let above = sandbox.work().join("above");
    fs::create_dir(&above).unwrap();
    let mode = |mode| set_mode(&above, mode).unwrap();
    // Root can read it anyway, so as root this tests nothing.
    mode(0o300);
    let ran = sandbox.run(&["store", "set", "k", "v", "--home", "above/h"]);
    mode(0o700);
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    assert_eq!(sandbox.good(&["store", "get", "k", "--home", "above/h"]), "v\n");
}

#[test]
fn xdg_state_home_is_used() {
    let sandbox = Sandbox::new();
    let (user, state) = (sandbox.user_home(), sandbox.work().join("state"));
    let run = |state: &Path, args: &[&str]| {
        let mut command = sandbox.program();
        command.env_remove("CLAWPOWERS_DIR").env("XDG_STATE_HOME", state);
        finish(command.args(args))
    };
    // It is ignored if it is not absolute.
    for (variable, place, source) in [
        (state.as_path(), state.join("clawpowers"), "XDG_STATE_HOME"),
        (Path::new("state"), user.join(".clawpowers"), "default"),
        // From now on `.clawpowers` in the user's home folder exists.
        (state.as_path(), user.join(".clawpowers"), "default"),
    ] {
        let ran = run(variable, &["store", "set", "k", "v"]);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{variable:?}");
        assert!(place.join("clawpowers.db").is_file(), "{variable:?}");
        let status = run(variable, &["status", "--json"]);
        let status: Value = serde_json::from_str(&status.out).unwrap();
        let status = &status["ok"];
        assert_eq!(
            (&status["home"], &status["home_source"]),
            (&json!(shown(&place)), &json!(source))
        );
        let text = run(variable, &["status"]).out;
        assert_eq!(
            text.contains("(from XDG_STATE_HOME)"),
            source != "default",
            "{text}"
        );
    }
    assert_eq!(sandbox.ok(&["status"])["home_source"], "CLAWPOWERS_DIR");
    assert_eq!(sandbox.ok(&["status", "--home", "h"])["home_source"], "option");
}

#[test]
fn a_relative_user_home_is_rejected() {
    let sandbox = Sandbox::new();
    for args in [
        &["store", "set", "k", "v"][..],
        &["store", "get", "k"],
        &["status"],
        &["init"],
        &["config", "list"],
        &["skill", "list"],
        &["skill", "list", "--as", "codex"],
        &["doctor"],
    ] {
        let mut command = sandbox.program();
        command.env_remove("CLAWPOWERS_DIR").env("HOME", "rel");
        let ran = finish(command.args(args));
        assert_eq!((ran.code, &*ran.out), (3, ""), "{args:?}: {ran:?}");
        assert!(
            ran.err
                .starts_with("error: the variable `HOME` is `rel`, which is not an absolute path\nhint: "),
            "{ran:?}"
        );
    }
    assert!(!sandbox.work().join("rel").exists());
    // The runtime home alone is enough for state.
    let mut command = sandbox.program();
    command.env("HOME", "rel");
    assert_eq!(finish(command.args(["store", "set", "k", "v"])).code, 0);
}

#[test]
#[cfg_attr(windows, ignore = "Windows needs a right for symlinks")]
fn a_home_that_is_a_broken_symlink_or_below_a_file() {
    let sandbox = Sandbox::new();
    symlink("nowhere", sandbox.work().join("broken")).unwrap();
    sandbox.file("file", "text");
    for (user, problem) in [
        ("broken", "is a symlink to a path that does not exist"),
        ("file", "is a file, not a folder"),
    ] {
        let user = sandbox.work().join(user);
        let mut command = sandbox.program();
        command.env_remove("CLAWPOWERS_DIR").env("HOME", &user);
        let ran = finish(command.args(["store", "set", "k", "v"]));
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.err.contains(problem) && ran.err.contains("hint: "), "{ran:?}");
        assert!(ran.err.contains(&shown(&user)), "{ran:?}");
    }
    assert!(!sandbox.work().join("nowhere").exists());
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has names that are not UTF-8")]
fn a_user_home_that_is_not_utf8() {
    let sandbox = Sandbox::new();
    let user = sandbox.work().join(os_string(b"u\xffser"));
    for args in [
        &["store", "set", "k", "v"][..],
        &["store", "get", "k"],
        &["status"],
    ] {
        let mut command = sandbox.program();
        command.env_remove("CLAWPOWERS_DIR").env("HOME", &user);
        let ran = finish(command.args(args));
        assert_eq!((ran.code, &*ran.err), (0, ""), "{args:?}: {ran:?}");
    }
    assert!(user.join(".clawpowers/clawpowers.db").is_file());
}
