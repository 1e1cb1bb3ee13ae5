//! A part that runs in its own process, in parallel with the others, because it leaves a core idle.

use super::report::failures;
use super::steps::Part;
use crate::run::Failure;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Ended = (Duration, String, Result<(), Failure>);

pub(super) struct Background {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    running: JoinHandle<Ended>,
}

impl Background {
    /// Starts the part; its output is kept until [`Background::finish`].
    pub(super) fn start(part: &Part) -> Self {
        let name = part.name;
        println!("\n{name}: runs in parallel with the following parts; its output is printed at the end");
        Self {
            name,
            about: part.about,
            running: thread::spawn(move || {
                let start = Instant::now();
                let (output, result) = run(name).unwrap_or_else(|failure| (String::new(), Err(failure)));
                (start.elapsed(), output, result)
            }),
        }
    }

    /// Waits for the process to exit and prints its output.
    pub(super) fn finish(self) -> (Duration, Result<(), Failure>) {
        let panicked = |_| {
            (
                Duration::ZERO,
                String::new(),
                Err(Failure::new("its thread panicked")),
            )
        };
        let (time, output, result) = self.running.join().unwrap_or_else(panicked);
        println!("{output}");
        (time, result)
    }
}

/// Runs the part with this program; everything that it needs is already installed.
fn run(part: &str) -> Result<(String, Result<(), Failure>), Failure> {
    let command = "exec \"$0\" test --no-install \"$1\" 2>&1";
    let mut program = Command::new("sh");
    program
        .args(["-c", command])
        .arg(std::env::current_exe()?)
        .arg(part);
    let ended = program.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let output = String::from_utf8_lossy(&ended.stdout).into_owned();
    if ended.status.success() {
        return Ok((output, Ok(())));
    }
    let failed = failures(&output);
    let failure = match failed.is_empty() {
        true => Failure::new(format!("it ended with {}", ended.status)),
        false => Failure::new(failed),
    };
    Ok((output, Err(failure)))
}
