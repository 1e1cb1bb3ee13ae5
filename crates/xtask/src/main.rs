//! The project's own tasks: `cargo xtask test | bench | bindings | …`.
//!
//! It has no dependencies, so that it compiles in seconds; tasks that link the product are in `xtask-bench` and
//! `xtask-generate`.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task prints for the person who started it"
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
            run the tests, all or the named parts (`cargo xtask test --list`); installs missing programs if possible
            (as root on Debian), unless --no-install is given
  bench [PART…]
            measure the program against a minimal program that does the same work: start, list, store, feedback,
            memory, bindings
  bindings [PART…]
            write the generated files and build the packages for Node, Python and browsers: generate, node, python, wasm
  clients refresh [--cache FOLDER] [CLIENT[@VERSION]…]
            run the agent clients on the tree of the tests, record again what they load, and print the differences;
            installs them from npm into a cache folder
  calibrate compute the threshold table for change detection
  dist      build the release program and print its path
  stress    run the multi-process tests at full length: concurrent writers, 1,000 kills, full and read-only disks
  fuzz [SECONDS]
            run both fuzz targets for SECONDS each (default 600); needs cargo-fuzz and a nightly toolchain";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", words @ ..] => test::test(words),
        ["bench", parts @ ..] => bench::bench(parts),
        ["bindings", parts @ ..] => bindings::build(parts),
        ["clients", words @ ..] => clients(words),
        ["dist"] => run::dist().map(|path| println!("{}", path.display())),
        ["stress"] => stress(),
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

fn clients(words: &[&str]) -> Result<(), Failure> {
    let start = ["run", "--quiet", "--locked", "--package", "xtask-clients", "--"];
    cargo_with(&[&start[..], words].concat(), |_| ())
}

fn stress() -> Result<(), Failure> {
    let words = ["test", "--release", "--package", "clawpowers", "--test", "stress"];
    cargo_with(
        &[&words[..], &["--", "--nocapture", "--test-threads=1"]].concat(),
        |command| {
            command.env("CLAWPOWERS_STRESS", "full");
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
            // These variables would override the toolchain named on the command line.
            command.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
        })?;
    }
    Ok(())
}
