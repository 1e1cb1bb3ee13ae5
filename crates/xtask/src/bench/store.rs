//! State and executions, compared with the `sqlite3` shell.

use super::{Measured, command, interleave_into, print_row};
use crate::run::{Failure, cargo, run, target_folder};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often a short command runs, in how many blocks. In blocks, because `sqlite3` deletes the WAL on exit,
/// which would slow the next process of ClawPowers; its WAL would slow `sqlite3`.
const BLOCKS: usize = 4;
const RUNS_A_BLOCK: usize = 50;
/// How many keys are listed.
const KEYS: usize = 21_000;
/// How many executions a small and a large ledger have.
const EXECUTIONS: [usize; 2] = [10_000, 1_000_000];

pub(super) fn store(program: &Path, helper: &Path, work: &Path) -> Result<(), Failure> {
    fs::create_dir_all(work)?;
    let home = work.join("home");
    ran(program, &home, &["store", "set", "build:count", "1"])?;
    // The program as `cargo install` builds it, and as a release.
    cargo(&["build", "--release", "--package", "clawpowers", "--locked"])?;
    let built = target_folder()?.join(format!("release/clawpowers{}", std::env::consts::EXE_SUFFIX));
    let ours = |program: &Path, words: &[&str]| {
        let mut command = command(program, words);
        command.env("CLAWPOWERS_DIR", &home);
        command
    };
    let file = home.join("clawpowers.db");
    let shell = |statement: &str| {
        let mut command = Command::new("sqlite3");
        command.arg(&file).arg(statement);
        command
    };
    // A new time, as in `store set`, because SQLite does not write an unchanged row.
    let set = "INSERT INTO entry (key, value, updated_at) VALUES ('build:count', CAST('1' AS BLOB),
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER))
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    let get = ["store", "get", "build:count"];
    let set_ours = ["store", "set", "build:count", "1"];
    let record = "metrics record --skill a --outcome success --duration 1";
    let record: Vec<&str> = record.split(' ').collect();
    let (shell_get, shell_set) = ("sqlite3, the statement of get", "sqlite3, the statement of set");
    // Each with its baseline.
    let nothing = "a process that does nothing";
    let mut commands = vec![
        (nothing, nothing, Command::new("true")),
        ("store get", shell_get, ours(program, &get)),
        ("store get, built by cargo", shell_get, ours(&built, &get)),
        ("store set", shell_set, ours(program, &set_ours)),
        ("store set, built by cargo", shell_set, ours(&built, &set_ours)),
        (
            "store incr",
            shell_set,
            ours(program, &["store", "incr", "build:count"]),
        ),
        ("metrics record", shell_set, ours(program, &record)),
    ];
    if Command::new("sqlite3").arg("--version").output().is_ok() {
        commands.push((
            shell_get,
            shell_get,
            shell("SELECT value FROM entry WHERE key = 'build:count'"),
        ));
        commands.push((shell_set, shell_set, shell(set)));
    } else {
        println!("there is no sqlite3 shell to compare with");
    }
    let mut measured: Vec<Measured> = commands.iter().map(|_| Measured::new()).collect();
    for _ in 0..BLOCKS {
        for ((_, _, command), measured) in commands.iter_mut().zip(&mut measured) {
            interleave_into(&mut [command], std::slice::from_mut(measured), RUNS_A_BLOCK)?;
        }
    }
    for ((label, beside, _), one) in commands.iter().zip(&measured) {
        let other = commands.iter().position(|(label, ..)| label == beside);
        print_row(label, one, other.and_then(|other| measured.get(other)));
    }
    run(command(helper, &["in-process"]).arg(work.join("inside")))?;
    listing(program, work)?;
    summaries(program, helper, work)
}

/// `store list` and `store list-values` over many keys.
fn listing(program: &Path, work: &Path) -> Result<(), Failure> {
    let home = work.join("many");
    let lines = work.join("keys.jsonl");
    let mut file = BufWriter::new(fs::File::create(&lines)?);
    for key in 0..KEYS {
        writeln!(
            file,
            r#"{{"key":"namespace-{}:entry:{key}","value":"value {key}"}}"#,
            key % 37
        )?;
    }
    file.flush()?;
    ran(program, &home, &["store", "import", &lines.to_string_lossy()])?;
    let mut list = command(program, &["store", "list"]);
    let mut values = command(program, &["store", "list-values"]);
    let mut prefix = command(program, &["store", "list", "namespace-3:"]);
    let mut measured = [Measured::new(), Measured::new(), Measured::new()];
    for command in [&mut list, &mut values, &mut prefix] {
        command.env("CLAWPOWERS_DIR", &home);
    }
    interleave_into(
        &mut [&mut list, &mut values, &mut prefix],
        &mut measured,
        super::RUNS,
    )?;
    let [list, values, prefix] = measured;
    print_row(&format!("store list, {KEYS} keys"), &list, None);
    print_row("store list-values", &values, None);
    print_row("store list PREFIX, 568 of them", &prefix, None);
    Ok(())
}

/// `analyze` over many executions.
fn analyses(program: &Path, home: &Path) -> Result<(), Failure> {
    let mut analyze = command(program, &["analyze"]);
    analyze.env("CLAWPOWERS_DIR", home);
    let mut measured = [Measured::new()];
    interleave_into(&mut [&mut analyze], &mut measured, super::RUNS)?;
    let [later] = measured;
    print_row("analyze, 1,000,000 of 200 skills", &later, None);
    Ok(())
}

/// The import of many executions, and the summaries of few and of many.
fn summaries(program: &Path, helper: &Path, work: &Path) -> Result<(), Failure> {
    let mut commands = Vec::new();
    for count in EXECUTIONS {
        let home = work.join(format!("ledger-{count}"));
        let lines = work.join("lines.jsonl");
        run(command(helper, &["write-lines"])
            .arg(&lines)
            .arg(count.to_string()))?;
        let start = Instant::now();
        ran(program, &home, &["metrics", "import", &lines.to_string_lossy()])?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "import of {count} lines: {seconds:.2} s, {:.0} a second",
            count as f64 / seconds
        );
        let mut summary = command(program, &["metrics", "summary"]);
        summary.env("CLAWPOWERS_DIR", &home);
        commands.push(summary);
    }
    let mut measured = [Measured::new(), Measured::new()];
    let mut both: Vec<&mut Command> = commands.iter_mut().collect();
    interleave_into(&mut both, &mut measured, RUNS_A_BLOCK)?;
    let [few, many] = measured;
    print_row("metrics summary, 10,000 executions", &few, None);
    print_row("metrics summary, 1,000,000", &many, Some(&few));
    analyses(program, &work.join(format!("ledger-{}", EXECUTIONS[1])))?;
    import_beside_writers(program, work)
}

/// The longest that a writer waits while the large file is imported.
fn import_beside_writers(program: &Path, work: &Path) -> Result<(), Failure> {
    let (home, lines) = (work.join("busy"), work.join("lines.jsonl"));
    ran(program, &home, &["store", "set", "count", "0"])?;
    let start = Instant::now();
    let mut import = command(program, &["metrics", "import", &lines.to_string_lossy()]);
    let mut import = import
        .env("CLAWPOWERS_DIR", &home)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (mut longest, mut writes) = (Duration::ZERO, 0);
    let ended = loop {
        if let Some(ended) = import.try_wait()? {
            break ended;
        }
        let start = Instant::now();
        ran(program, &home, &["store", "incr", "count"])?;
        longest = longest.max(start.elapsed());
        writes += 1;
    };
    if !ended.success() {
        return Err(Failure::new(format!(
            "the import with concurrent writers failed: {ended}"
        )));
    }
    println!(
        "import of {} lines with {writes} concurrent increments: {:.2} s, the longest increment {:.2} s",
        EXECUTIONS[1],
        start.elapsed().as_secs_f64(),
        longest.as_secs_f64()
    );
    Ok(())
}

/// Runs the program on a home and discards its output.
fn ran(program: &Path, home: &Path, words: &[&str]) -> Result<(), Failure> {
    let mut command = command(program, words);
    let output = command.env("CLAWPOWERS_DIR", home).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    )))
}
