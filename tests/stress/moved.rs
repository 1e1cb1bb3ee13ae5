//! A database that is moved, replaced or deleted while a long process has it open.

use crate::started::Start as _;
use crate::{done, rounds, run, sound};
use clawpowers_api::{Options, Runtime};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

const WRITER: &str = "CLAWPOWERS_STRESS_MOVED";
/// The key that distinguishes the files.
const NAME: &str = "name";

fn open(home: &Path) -> Runtime {
    Runtime::open(Options {
        home: Some(home.into()),
        ..Options::default()
    })
}

fn set(runtime: &Runtime, key: &str, value: &str) -> String {
    runtime.call("store_set", &format!(r#"{{"key": "{key}", "value": "{value}"}}"#))
}

fn get(runtime: &Runtime, key: &str) -> String {
    runtime.call("store_get", &format!(r#"{{"key": "{key}", "default": "none"}}"#))
}

/// Changes to the files of a home.
const CHANGES: [fn(&Path, &Path); 6] = [
    |home, _| fs::remove_dir_all(home).unwrap(),
    |home, other| fs::rename(home, other.join("moved")).unwrap(),
    |home, other| {
        fs::remove_dir_all(home).unwrap();
        fs::rename(other.join("new"), home).unwrap();
    },
    // Only the database is replaced, as when a backup is restored.
    |home, other| {
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(home.join(format!("clawpowers.db{suffix}"))).unwrap();
        }
        fs::rename(other.join("backup"), home.join("clawpowers.db")).unwrap();
    },
    |home, _| fs::remove_file(home.join("clawpowers.db-wal")).unwrap(),
    |home, _| fs::remove_file(home.join("clawpowers.db-shm")).unwrap(),
];

/// Waits until a long process relies on the time of a folder: the time must be older than the coarsest resolution.
fn age() {
    thread::sleep(Duration::from_millis(3100));
}

/// A home whose folder is so old that a long process relies on its time.
fn old_home() -> (TempDir, Runtime) {
    let home = TempDir::new().unwrap();
    let long = open(home.path());
    assert!(set(&long, "k", "v").contains("ok"));
    age();
    assert!(set(&long, "k", "v").contains("ok"));
    (home, long)
}

#[test]
#[cfg_attr(windows, ignore = "an open file cannot be moved or deleted there")]
fn a_write_goes_to_the_file_at_the_path() {
    let prepare = |change| {
        let place = TempDir::new().unwrap();
        let home = place.path().join("home");
        let new = place.path().join("new");
        done(&new, &["store", "set", NAME, "new"]);
        fs::write(place.path().join("backup"), sound(&new).serialize().unwrap()).unwrap();
        let long = open(&home);
        assert!(set(&long, NAME, "old").contains("ok"));
        (change, place, home, long)
    };
    let old: Vec<_> = CHANGES.iter().map(prepare).collect();
    age();
    for (_, _, _, long) in &old {
        assert!(set(long, NAME, "old").contains("ok"));
    }
    let all = old.into_iter().chain(CHANGES.iter().map(prepare));
    for (number, (change, place, home, long)) in all.enumerate() {
        change(&home, place.path());
        // It reads what a new process would read.
        let seen = get(&long, NAME);
        let expected = run(&home, &["store", "get", NAME, "none"]);
        let expected = String::from_utf8(expected.stdout).unwrap();
        assert!(
            seen.contains(&format!("\"value\":\"{}\"", expected.trim())),
            "{number}: {seen} {expected}"
        );
        // And a new process finds every acknowledged write.
        let reply = set(&long, "k", "v");
        assert!(reply.starts_with(r#"{"ok":"#), "{number}: {reply}");
        assert_eq!(done(&home, &["store", "get", "k"]), "v\n", "{number}");
        sound(&home);
    }
}

#[test]
#[cfg_attr(windows, ignore = "an open file cannot be moved or deleted there")]
fn a_write_to_a_deleted_file_with_a_wal_fails() {
    let (home, long) = old_home();
    fs::remove_file(home.path().join("clawpowers.db")).unwrap();
    let reply = set(&long, "k", "w");
    assert!(
        reply.contains(r#""kind":"io""#) && reply.contains("is missing"),
        "{reply}"
    );
    assert!(!home.path().join("clawpowers.db").exists());
}

/// Programs that restore a backup set the time of the folder back.
#[test]
#[cfg_attr(windows, ignore = "an open file cannot be moved or deleted there")]
fn a_restored_backup_is_detected() {
    let (home, long) = old_home();
    let folder = fs::File::open(home.path()).unwrap();
    let modified = folder.metadata().unwrap().modified().unwrap();
    let backup = sound(home.path()).serialize().unwrap();
    assert!(set(&long, "k", "later").contains("ok"));
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(home.path().join(format!("clawpowers.db{suffix}"))).unwrap();
    }
    fs::write(home.path().join("clawpowers.db"), backup).unwrap();
    folder.set_modified(modified).unwrap();
    assert!(get(&long, "k").contains(r#""value":"v""#));
    assert!(set(&long, "k", "w").contains("ok"));
    assert_eq!(done(home.path(), &["store", "get", "k"]), "w\n");
}

#[test]
#[cfg_attr(windows, ignore = "an open file cannot be moved or deleted there")]
fn a_damage_marker_stops_a_long_process() {
    let (home, long) = old_home();
    fs::write(
        home.path().join("clawpowers.db-damaged"),
        "Damage found\na page\n",
    )
    .unwrap();
    let reply = set(&long, "k", "w");
    assert!(reply.contains(r#""kind":"corrupt""#), "{reply}");
    fs::remove_file(home.path().join("clawpowers.db-damaged")).unwrap();
    assert!(set(&long, "k", "w").contains("ok"));
}

/// Not a test: the process whose home is moved. It prints for each write whether it was done.
#[test]
fn writer() {
    let Some(home) = std::env::var_os(WRITER) else {
        return;
    };
    let runtime = open(Path::new(&home));
    let mut out = std::io::stdout();
    for number in 0_u64.. {
        let reply = set(&runtime, &format!("n:{number}"), "v");
        let said = if reply.contains(r#"{"ok""#) {
            "done"
        } else {
            "rejected"
        };
        out.write_all(format!("\n{said} {number}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "an open file cannot be moved or deleted there")]
fn every_acknowledged_write_is_in_one_of_the_files() {
    let random = RandomState::new();
    let moves = rounds(10, 200);
    let place = TempDir::new().unwrap();
    let home = place.path().join("home");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["moved::writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(WRITER, &home)
        .stdout(Stdio::piped())
        .start();
    let out = BufReader::new(writer.stdout.take().unwrap());
    let acknowledged = AtomicUsize::new(0);
    let (lines, homes) = thread::scope(|scope| {
        let count = &acknowledged;
        let reader = scope.spawn(move || {
            let mut done = Vec::new();
            for line in out.lines().map_while(Result::ok) {
                if let Some(number) = line.strip_prefix("done ") {
                    done.push(number.to_owned());
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
            done
        });
        let mut wait = |more: usize| {
            let before = acknowledged.load(Ordering::Relaxed);
            while acknowledged.load(Ordering::Relaxed) < before + more {
                assert!(writer.try_wait().unwrap().is_none(), "the writer has ended");
                thread::sleep(Duration::from_millis(1));
            }
        };
        let mut homes: Vec<PathBuf> = Vec::new();
        for number in 0..moves {
            wait(3);
            thread::sleep(Duration::from_micros(random.hash_one(number) % 3000));
            let away = place.path().join(format!("away-{number}"));
            // The acknowledgement may be older than the last move, so the home may not exist yet.
            while fs::rename(&home, &away).is_err() {
                wait(1);
            }
            homes.push(away);
        }
        wait(3);
        writer.kill().unwrap();
        writer.wait().unwrap();
        homes.push(home.clone());
        (reader.join().unwrap(), homes)
    });
    let mut found = BTreeSet::new();
    for home in homes.iter().filter(|home| home.join("clawpowers.db").exists()) {
        sound(home);
        found.extend(done(home, &["store", "list"]).lines().map(str::to_owned));
    }
    for number in &lines {
        assert!(found.contains(&format!("n:{number}")), "{number} is gone");
    }
    println!(
        "{moves} moves, {} acknowledged writes, every one in one of the files",
        lines.len()
    );
}
