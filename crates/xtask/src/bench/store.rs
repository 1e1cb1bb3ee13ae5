//! State and executions beside the `sqlite3` shell.

use super::{Measured, command, in_turns_of, row};
use crate::run::{Failure, run};
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// How often a short command runs, in how many blocks. In blocks, because the shell takes the log away with it when it
/// ends, which the next process of ours would pay for, and the other way round.
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
    let ours = |words: &[&str]| {
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
    let set = "INSERT INTO entry (key, value, updated_at) VALUES ('build:count', CAST('1' AS BLOB), 0)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    let mut commands = vec![
        ("a process that does nothing", Command::new("true")),
        ("store get", ours(&["store", "get", "build:count"])),
        ("store set", ours(&["store", "set", "build:count", "1"])),
        ("store incr", ours(&["store", "incr", "build:count"])),
        (
            "metrics record",
            ours(&[
                "metrics",
                "record",
                "--skill",
                "a",
                "--outcome",
                "success",
                "--duration",
                "1",
            ]),
        ),
    ];
    if Command::new("sqlite3").arg("--version").output().is_ok() {
        commands.push((
            "sqlite3, the statement of get",
            shell("SELECT value FROM entry WHERE key = 'build:count'"),
        ));
        commands.push(("sqlite3, the statement of set", shell(set)));
    } else {
        println!("there is no sqlite3 shell: nothing to stand beside");
    }
    let mut measured: Vec<Measured> = commands.iter().map(|_| Measured::new()).collect();
    for _ in 0..BLOCKS {
        for ((_, command), measured) in commands.iter_mut().zip(&mut measured) {
            in_turns_of(&mut [command], std::slice::from_mut(measured), RUNS_A_BLOCK)?;
        }
    }
    for ((label, _), one) in commands.iter().zip(&measured) {
        row(label, one, measured.first());
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
    in_turns_of(
        &mut [&mut list, &mut values, &mut prefix],
        &mut measured,
        super::RUNS,
    )?;
    let [list, values, prefix] = measured;
    row(&format!("store list, {KEYS} keys"), &list, None);
    row("store list-values", &values, None);
    row("store list PREFIX, 568 of them", &prefix, None);
    Ok(())
}

/// `analyze` over many executions.
fn analyses(program: &Path, home: &Path) -> Result<(), Failure> {
    let mut analyze = command(program, &["analyze"]);
    analyze.env("CLAWPOWERS_DIR", home);
    let mut measured = [Measured::new()];
    in_turns_of(&mut [&mut analyze], &mut measured, super::RUNS)?;
    let [later] = measured;
    row("analyze, 1,000,000 of 200 skills", &later, None);
    Ok(())
}

/// The import of many executions, and the summary of few beside that of many.
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
    in_turns_of(&mut both, &mut measured, RUNS_A_BLOCK)?;
    let [few, many] = measured;
    row("metrics summary, 10,000 executions", &few, None);
    row("metrics summary, 1,000,000", &many, Some(&few));
    analyses(program, &work.join(format!("ledger-{}", EXECUTIONS[1])))
}

/// Runs the program on a home, its output thrown away.
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
