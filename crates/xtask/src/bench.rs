//! What the program takes, beside what the same work costs without it, in one run.
//!
//! Absolute times depend on the machine and its other work; the ratios are what counts. Commands take turns, so that
//! a slow moment hits both.

use crate::run::{Failure, cargo, run};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each command runs.
const RUNS: usize = 15;
/// How often the collection of real files is copied.
const COPIES: usize = 20;

/// Builds the program and prints the table.
pub(crate) fn bench() -> Result<(), Failure> {
    // The program as it is shipped, and the helpers that it is measured beside.
    cargo(&["build", "--profile", "dist", "--package", "clawpowers"])?;
    cargo(&["build", "--release", "--package", "xtask"])?;
    let here = std::env::current_exe()?;
    let target = here
        .ancestors()
        .nth(2)
        .ok_or_else(|| Failure::new("the target folder is not known"))?;
    let program = target.join("dist/clawpowers");
    let helper = target.join("release/xtask");
    let Some(corpus) = std::env::var_os("CLAWPOWERS_CORPUS").map(PathBuf::from) else {
        println!("CLAWPOWERS_CORPUS is not set: only the start of the program is measured");
        return start(&program);
    };
    let work = std::env::temp_dir().join(format!("clawpowers-bench-{}", std::process::id()));
    let result = listing(&program, &helper, &corpus, &work).and_then(|()| start(&program));
    fs::remove_dir_all(&work)?;
    result
}

/// `skill list --json` over many skills beside one process that reads the same SKILL.md bytes.
fn listing(program: &Path, helper: &Path, corpus: &Path, work: &Path) -> Result<(), Failure> {
    let first = work.join("0");
    fs::create_dir_all(&first)?;
    run(Command::new("tar").arg("xzf").arg(corpus).arg("-C").arg(&first))?;
    for copy in 1..COPIES {
        run(Command::new("cp")
            .arg("-a")
            .arg(&first)
            .arg(work.join(copy.to_string())))?;
    }
    let mut files = Vec::new();
    collect(work, &mut files)?;
    let bytes: u64 = files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|m| m.len())
        .sum();
    let list = work.join("list.txt");
    let mut text = fs::File::create(&list)?;
    for file in &files {
        writeln!(text, "{}", file.display())?;
    }
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

/// `--version` beside a process that does nothing.
fn start(program: &Path) -> Result<(), Failure> {
    let mut version = command(program, &["--version"]);
    let mut nothing = Command::new("true");
    let [version, nothing] = in_turns([&mut version, &mut nothing])?;
    row("a process that does nothing", &nothing, None);
    row("clawpowers --version", &version, Some(&nothing));
    Ok(())
}

/// Reads every file that a list names: the floor of any listing that is told where the files are.
pub(crate) fn read_bytes(list: &str) -> Result<(), Failure> {
    read_all(fs::read_to_string(list)?.lines().map(PathBuf::from))
}

/// Finds and reads every SKILL.md below a folder: the floor of a listing that has to look for them.
pub(crate) fn find_and_read(folder: &str) -> Result<(), Failure> {
    let mut files = Vec::new();
    collect(Path::new(folder), &mut files)?;
    read_all(files.into_iter())
}

fn read_all(paths: impl Iterator<Item = PathBuf>) -> Result<(), Failure> {
    let mut total = 0;
    let mut buffer = Vec::new();
    for path in paths {
        buffer.clear();
        total += fs::File::open(path)?.read_to_end(&mut buffer)?;
    }
    println!("{total}");
    Ok(())
}

fn command(program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
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

/// The runs of one command.
struct Measured {
    times: Vec<Duration>,
    memory: u64,
}

impl Measured {
    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

/// Runs commands in turns, after one run each that does not count.
fn in_turns<const N: usize>(mut commands: [&mut Command; N]) -> Result<[Measured; N], Failure> {
    let mut measured = [const {
        Measured {
            times: Vec::new(),
            memory: 0,
        }
    }; N];
    for round in 0..=RUNS {
        for (command, measured) in commands.iter_mut().zip(&mut measured) {
            let (time, memory) = once(command)?;
            if round > 0 {
                measured.times.push(time);
                measured.memory = measured.memory.max(memory);
            }
        }
    }
    Ok(measured)
}

/// Runs a command once with its output read and thrown away; the peak memory is the last one seen while it ran.
fn once(command: &mut Command) -> Result<(Duration, u64), Failure> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut memory = 0;
    if let Some(mut stdout) = child.stdout.take() {
        let mut buffer = vec![0; 1 << 16];
        while stdout.read(&mut buffer)? > 0 {
            memory = memory.max(peak(&status));
        }
    }
    let ended = child.wait()?;
    let time = start.elapsed();
    if ended.success() {
        Ok((time, memory))
    } else {
        Err(Failure::new(format!("{command:?} failed: {ended}")))
    }
}

/// Returns the peak resident memory of a running process in bytes, where the system tells.
fn peak(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

fn row(label: &str, measured: &Measured, beside: Option<&Measured>) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let least = measured.times.iter().min().copied().unwrap_or_default();
    let ratio = beside.map(|other| measured.median().as_secs_f64() / other.median().as_secs_f64());
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:8.2} x"));
    println!(
        "{label:<34} median {:8.2} ms   least {:8.2} ms {ratio}",
        milliseconds(measured.median()),
        milliseconds(least)
    );
}
