//! Listings beside reading the same files.

use super::{RUNS, command, in_turns, row};
use crate::run::{Failure, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How often the collection of real files is copied.
const COPIES: usize = 20;

/// `skill list --json` over many skills beside one process that reads the same SKILL.md bytes.
pub(super) fn listing(program: &Path, helper: &Path, corpus: &Path, work: &Path) -> Result<(), Failure> {
    let first = work.join("0");
    unpack(corpus, &first)?;
    for copy in 1..COPIES {
        run(Command::new("cp")
            .arg("-a")
            .arg(&first)
            .arg(work.join(copy.to_string())))?;
    }
    let (files, list) = listed(work)?;
    let bytes: u64 = files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|m| m.len())
        .sum();
    println!(
        "{} SKILL.md files, {:.1} MB, {RUNS} runs each",
        files.len(),
        bytes as f64 / 1e6
    );
    let mut ours = command(program, &["skill", "list", "--json", "--root"]);
    ours.arg(work);
    let mut text_list = command(program, &["skill", "list", "--root"]);
    text_list.arg(work);
    let mut reading = command(helper, &["read-bytes"]);
    reading.arg(&list);
    let mut finding = command(helper, &["find-and-read"]);
    finding.arg(work);
    let [ours, text_list, reading, finding] =
        in_turns([&mut ours, &mut text_list, &mut reading, &mut finding])?;
    row("read the same bytes, paths known", &reading, None);
    row("find and read the same bytes", &finding, Some(&reading));
    row("skill list --json", &ours, Some(&reading));
    row("  beside find and read", &ours, Some(&finding));
    row("skill list", &text_list, Some(&reading));
    println!(
        "peak memory of skill list --json: {:.1} MB",
        ours.memory as f64 / 1e6
    );
    Ok(())
}

/// Unpacks the collection of real files into a folder.
pub(super) fn unpack(corpus: &Path, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    run(Command::new("tar").arg("xzf").arg(corpus).arg("-C").arg(folder))
}

/// Returns the skills below a folder, and a file with their paths, a line each.
pub(super) fn listed(folder: &Path) -> Result<(Vec<PathBuf>, PathBuf), Failure> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    let lines: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
    let list = folder.join("list.txt");
    fs::write(&list, lines.join("\n"))?;
    Ok((files, list))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else if entry.file_name().eq_ignore_ascii_case("SKILL.md") && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}
