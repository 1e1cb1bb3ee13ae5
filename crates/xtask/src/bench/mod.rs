//! Benchmarks: the program and a minimal program that does the same work.
//!
//! Absolute times depend on the machine and its load, so only the ratios matter. Runs of the two are interleaved, so that a
//! slow phase affects both.

mod bindings;
mod listing;
mod peers;
mod store;
mod vectors;

use crate::run::{Failure, cargo, dist, executable, run, target_folder};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each command runs.
const RUNS: usize = 15;

/// The parts; without a name all are measured.
const PARTS: [&str; 6] = ["start", "list", "store", "feedback", "memory", "bindings"];
/// Measured only if it is named, because it imports 100,000 entries.
const VECTORS: &str = "memory-vectors";
/// The parts that need only the helper.
const WITHOUT_PROGRAM: [&str; 3] = ["feedback", "memory", VECTORS];

/// Builds the program and prints the tables of the named parts.
pub(crate) fn bench(parts: &[&str]) -> Result<(), Failure> {
    if let Some(unknown) = parts
        .iter()
        .find(|part| !PARTS.contains(part) && **part != VECTORS)
    {
        return Err(Failure::usage(&format!(
            "unknown part `{unknown}`\nhint: the parts are {}, {VECTORS}",
            PARTS.join(", ")
        )));
    }
    // The release program, and the minimal programs that it is compared with.
    let is_needed = parts.is_empty() || parts.iter().any(|part| !WITHOUT_PROGRAM.contains(part));
    let program = if is_needed { dist()? } else { PathBuf::new() };
    let helper = helper()?;
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let work = std::env::temp_dir().join(format!("clawpowers-bench-{}", std::process::id()));
    fs::create_dir_all(&work)?;
    let corpus = std::env::var_os("CLAWPOWERS_CORPUS").map(PathBuf::from);
    if corpus.is_none() && (wanted("list") || wanted("bindings")) {
        println!("CLAWPOWERS_CORPUS is not set: lists and parsing are not measured");
    }
    let all = || -> Result<(), Failure> {
        if wanted("start") {
            start(&program)?;
        }
        if wanted("list")
            && let Some(corpus) = &corpus
        {
            listing::listing(&program, &helper, corpus, &work.join("list"))?;
        }
        if wanted("feedback") {
            run(&mut command(&helper, &["simulate"]))?;
        }
        if wanted("memory") {
            run(&mut command(&helper, &["memory"]))?;
            peers::peers(&work.join("peers"))?;
        }
        if parts.contains(&VECTORS) {
            vectors::vectors(&helper, &work.join("vectors"))?;
        }
        if wanted("store") {
            store::store(&program, &helper, &work.join("store"))?;
        }
        if wanted("bindings") {
            bindings::bindings(corpus.as_deref(), &work.join("bindings"))?;
        }
        Ok(())
    };
    let result = all();
    fs::remove_dir_all(&work)?;
    result
}

/// Builds the program with the minimal versions.
pub(crate) fn helper() -> Result<PathBuf, Failure> {
    cargo(&["build", "--release", "--locked", "--package", "xtask-bench"])?;
    Ok(target_folder()?.join("release").join(executable("xtask-bench")))
}

/// Compares `--version` with a process that does nothing.
fn start(program: &Path) -> Result<(), Failure> {
    let mut version = command(program, &["--version"]);
    let mut nothing = Command::new("true");
    let [version, nothing] = interleave([&mut version, &mut nothing])?;
    print_row("a process that does nothing", &nothing, None);
    print_row("clawpowers --version", &version, Some(&nothing));
    Ok(())
}

fn command(program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
}

/// The runs of one command.
struct Measured {
    times: Vec<Duration>,
    /// User and system CPU time, if the system reports it.
    cpu: Vec<Duration>,
    memory: u64,
}

impl Measured {
    const fn new() -> Self {
        Self {
            times: Vec::new(),
            cpu: Vec::new(),
            memory: 0,
        }
    }

    fn median(&self) -> Duration {
        median(&self.times)
    }

    fn cpu(&self) -> Duration {
        median(&self.cpu)
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Runs commands alternately, after one warm-up run each.
fn interleave<const N: usize>(mut commands: [&mut Command; N]) -> Result<[Measured; N], Failure> {
    let mut measured = [const { Measured::new() }; N];
    interleave_into(&mut commands, &mut measured, RUNS)?;
    Ok(measured)
}

/// Runs commands alternately `runs` times, after one warm-up run each.
fn interleave_into(
    commands: &mut [&mut Command],
    measured: &mut [Measured],
    runs: usize,
) -> Result<(), Failure> {
    for round in 0..=runs {
        for (command, measured) in commands.iter_mut().zip(&mut *measured) {
            let Run { time, cpu, memory } = once(command)?;
            if round > 0 {
                measured.times.push(time);
                measured.cpu.push(cpu);
                measured.memory = measured.memory.max(memory);
            }
        }
    }
    Ok(())
}

/// One run of a command.
struct Run {
    time: Duration,
    cpu: Duration,
    memory: u64,
}

/// Runs a command once and discards its output. The peak memory is the last one seen while it ran.
fn once(command: &mut Command) -> Result<Run, Failure> {
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
    let cpu = cpu_at_end(child.id());
    let ended = child.wait()?;
    let time = start.elapsed();
    if ended.success() {
        Ok(Run { time, cpu, memory })
    } else {
        Err(Failure::new(format!("{command:?} failed: {ended}")))
    }
}

/// Waits until a process has ended and returns its CPU time in steps of 10 ms, or zero without `/proc`.
fn cpu_at_end(id: u32) -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = PathBuf::from(format!("/proc/{id}/stat"));
    loop {
        let text = fs::read_to_string(&stat).unwrap_or_default();
        // The name of the program may contain spaces; after its parenthesis come the state and later the times.
        let Some((_, fields)) = text.rsplit_once(") ") else {
            return Duration::ZERO;
        };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        if fields.first() == Some(&"Z") {
            let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
            return TICK * (ticks(11).unwrap_or_default() + ticks(12).unwrap_or_default());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Returns the peak resident memory of a running process in bytes, if the system reports it.
fn peak(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

fn print_row(label: &str, measured: &Measured, baseline: Option<&Measured>) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let least = measured.times.iter().min().copied().unwrap_or_default();
    let ratio = baseline.map(|other| measured.median().as_secs_f64() / other.median().as_secs_f64());
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:8.2} x"));
    println!(
        "{label:<34} median {:8.2} ms   min {:8.2} ms {ratio}",
        milliseconds(measured.median()),
        milliseconds(least)
    );
}
