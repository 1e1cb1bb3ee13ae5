//! The project's own tasks: `cargo xtask test | bench | bindings | …`.
//!
//! It has no dependency, so that its first line comes seconds after cargo's; what links the product is in `xtask-bench` and
//! `xtask-generate`.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a tool shows paths as the system writes them"
)]

mod bench;
mod bindings;
mod run;
mod test;
mod tools;

use run::{Failure, cargo_with, run};
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask TASK

tasks:
  test [--no-install] [PART…]
            the tests; without a part all of them, `cargo xtask test --list` names the parts; installs the programs that are
            missing where it may (root on Debian), and refuses to with --no-install
  bench [PART…]
            what the program takes, beside what the same work takes without it: start, list, store, feedback, bindings
  bindings [PART…]
            generated files, and the packages for Node, Python and browsers: generate, node, python, wasm
  calibrate the table of thresholds of the change detection, corrected once
  dist      the program as it is shipped
  torture   many processes at once, 1,000 kills, full and read-only disks, at full length
  fuzz [SECONDS]
            both fuzz targets for SECONDS each (default 600); needs cargo-fuzz and a nightly toolchain";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", words @ ..] => test::test(words),
        ["bench", parts @ ..] => bench::bench(parts),
        ["bindings", parts @ ..] => bindings::build(parts),
        ["dist"] => run::dist().map(|path| println!("{}", path.display())),
        ["torture"] => torture(),
        ["calibrate"] => bench::helper().and_then(|helper| run(Command::new(helper).arg("calibrate"))),
        ["fuzz"] => fuzz("600"),
        ["fuzz", seconds] => fuzz(seconds),
        _ => Err(Failure::usage(USAGE)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn torture() -> Result<(), Failure> {
    let words = [
        "test",
        "--release",
        "--package",
        "clawpowers",
        "--test",
        "torture",
    ];
    cargo_with(
        &[&words[..], &["--", "--nocapture", "--test-threads=1"]].concat(),
        |command| {
            command.env("CLAWPOWERS_TORTURE", "full");
        },
    )
}

fn fuzz(seconds: &str) -> Result<(), Failure> {
    let time = format!("-max_total_time={seconds}");
    for target in ["parse", "fix"] {
        let limits = [
            "-timeout=5",
            "-rss_limit_mb=1024",
            "-max_len=8192",
            "-dict=fuzz/skill.dict",
        ];
        let mut words = vec!["+nightly", "fuzz", "run", target, "--", &time];
        words.extend(limits);
        cargo_with(&words, |command| {
            // The toolchain is named on the command line; the one that started this task must not win over it.
            command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
        })?;
    }
    Ok(())
}
