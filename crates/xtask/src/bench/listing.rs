//! Lists of skills, compared with reading the same files.

use super::{Measured, RUNS, command, interleave, interleave_into, print_row};
use crate::run::{Failure, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How often the collection of real files is copied.
const COPIES: usize = 20;
/// How many skills the large tree has, and how often its listing is measured.
const MANY: usize = 37_000;
const MANY_RUNS: usize = 5;

/// `skill list --json` with many skills, compared with a process that reads the same bytes.
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
        interleave([&mut ours, &mut text_list, &mut reading, &mut finding])?;
    print_row("read the same bytes, paths known", &reading, None);
    print_row("find and read the same bytes", &finding, Some(&reading));
    print_row("skill list --json", &ours, Some(&reading));
    print_row("  beside find and read", &ours, Some(&finding));
    print_row("skill list", &text_list, Some(&reading));
    println!(
        "peak memory of skill list --json: {:.1} MB",
        ours.memory as f64 / 1e6
    );
    many(program, helper, &files, &work.with_extension("many"))
}

/// CPU time and memory of lists of very many skills, compared with a program that walks the same tree and reads the start of
/// each file once.
fn many(program: &Path, helper: &Path, files: &[PathBuf], work: &Path) -> Result<(), Failure> {
    for (number, file) in files.iter().cycle().take(MANY).enumerate() {
        let folder = work.join((number / 1000).to_string()).join(number.to_string());
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("SKILL.md"), renamed(&fs::read(file)?, number))?;
    }
    println!("{MANY} skills with distinct names, {MANY_RUNS} runs each");
    let mut walking = command(helper, &["walk-heads"]);
    walking.arg(work);
    let mut json = command(program, &["skill", "list", "--json", "--root"]);
    json.arg(work);
    let mut text = command(program, &["skill", "list", "--root"]);
    text.arg(work);
    let mut search = command(program, &["skill", "search", "debug memory leak", "--root"]);
    search.arg(work);
    let mut measured = [const { Measured::new() }; 4];
    let mut commands = [&mut walking, &mut json, &mut text, &mut search];
    interleave_into(&mut commands, &mut measured, MANY_RUNS)?;
    let [walking, json, text, search] = measured;
    print_cpu_row("walk and read each head once", &walking, &walking);
    print_cpu_row("skill list --json (at most 1.5 x)", &json, &walking);
    print_cpu_row("skill list", &text, &walking);
    print_cpu_row("skill search", &search, &walking);
    println!(
        "peak memory of skill list: {:.1} MB (at most 60)",
        text.memory as f64 / 1e6
    );
    Ok(())
}

fn print_cpu_row(label: &str, measured: &Measured, beside: &Measured) {
    println!(
        "{label:<34} CPU {:8.0} ms {:8.2} x",
        measured.cpu().as_secs_f64() * 1e3,
        measured.cpu().as_secs_f64() / beside.cpu().as_secs_f64()
    );
}

/// Gives a skill a distinct name.
fn renamed(text: &[u8], number: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    text.replacen("\nname:", &format!("\nname: s{number}\n# name:"), 1)
        .into_bytes()
}

/// Unpacks the collection of real files into a folder.
pub(super) fn unpack(corpus: &Path, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    run(Command::new("tar").arg("xzf").arg(corpus).arg("-C").arg(folder))
}

/// Returns the skills in a folder, and a file with their paths, a line each.
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
