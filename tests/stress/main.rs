//! Many concurrent writers, killed processes, full, read-only and shared disks, with real processes of the real binary.
//!
//! The loops are short here; `cargo xtask stress` runs them at full length (`CLAWPOWERS_STRESS=full`).
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot continue has failed, and a long one prints its progress"
)]

mod concurrent;
mod damage;
mod disk;
mod import;
mod kill;
mod memory;
mod moved;
mod read_only;
mod shared;
#[path = "../support/started.rs"]
mod started;
mod suspended;

use clawpowers_executor::{Db, Home};
use started::started;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Divides the rounds of tests that start several processes in each: under Wine a start takes ten times as long.
const STARTS: usize = if cfg!(windows) { 2 } else { 1 };

/// Returns a number of rounds: `short` by default, `full` in a run at full length.
fn rounds(short: usize, full: usize) -> usize {
    match std::env::var("CLAWPOWERS_STRESS").as_deref() {
        Ok("full") => full,
        _ => short,
    }
}

/// The program on a home, in an empty environment.
fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawpowers"));
    command
        .env_clear()
        .env("CLAWPOWERS_DIR", home)
        .stdin(Stdio::null());
    command
}

fn run(home: &Path, words: &[&str]) -> Output {
    started(|| program(home).args(words).output())
}

/// Runs the program, which must succeed, and returns its output.
fn done(home: &Path, words: &[&str]) -> String {
    let ran = run(home, words);
    assert!(ran.status.success(), "{words:?}: {ran:?}");
    String::from_utf8(ran.stdout).unwrap()
}

/// Returns a reply, which must be a success, of `--json`.
fn reply(home: &Path, words: &[&str]) -> serde_json::Value {
    let text = done(home, &[words, &["--json"]].concat());
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["ok"].take()
}

/// Writes the database of a home again without a WAL, as tools do.
fn without_wal(home: &Path) {
    let bytes = sound(home).serialize().unwrap();
    for name in ["clawpowers.db-wal", "clawpowers.db-shm"] {
        std::fs::remove_file(home.join(name)).unwrap();
    }
    std::fs::write(home.join("clawpowers.db"), bytes).unwrap();
}

/// Opens the database and checks that it is undamaged and that the statistics match the executions.
fn sound(home: &Path) -> Db {
    let mut db = Db::open(&Home::new(home)).unwrap().unwrap();
    assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
    db
}
