//! The project's own tasks: `cargo xtask test | bench | bindings | fuzz`.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]

mod bench;
mod bindings;
mod generate;
mod run;
mod tools;

use run::{Failure, cargo, cargo_with};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK [PARTS]

tasks:
  test    every test of the workspace, the documentation's examples among them, and of the bindings; PARTS are rust, bindings
  bench   what the program takes, beside what the same work costs without it; PARTS are start, list, store, feedback, bindings
  bindings  what is generated, and the packages for Node, Python and browsers; PARTS are generate, node, python, wasm
  calibrate  the table of thresholds of the change detection, corrected once; with --release
  dist    the program as it is shipped
  torture many processes at once, 1,000 kills, full and read-only disks, at full length
  fuzz    both fuzz targets for SECONDS each (default 600); needs cargo-fuzz and a nightly toolchain";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        // The report in HTML is opened in a browser where there is one.
        ["test"] => bindings::programs()
            .and_then(|()| test())
            .and_then(|()| bindings::test()),
        ["test", "rust"] => test(),
        ["test", "bindings"] => bindings::test(),
        ["bench", parts @ ..] => bench::bench(parts),
        ["bindings", parts @ ..] => bindings::build(parts),
        ["dist"] => run::dist().map(|path| println!("{}", path.display())),
        ["torture"] => torture(),
        ["calibrate"] => bench::feedback::calibrate(),
        ["simulate"] => bench::feedback::simulate(),
        ["in-process", home] => bench::store::in_process(home),
        ["write-lines", file, count] => bench::store::write_lines(file, count),
        ["read-bytes", list] => bench::read_bytes(list),
        ["find-and-read", folder] => bench::find_and_read(folder),
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

fn test() -> Result<(), Failure> {
    if std::env::var_os("CLAWPOWERS_CORPUS").is_none() {
        println!("CLAWPOWERS_CORPUS is not set: the tests over real skill files skip");
    }
    // The generator of the browser's JavaScript has no tests, and takes minutes to build.
    cargo(&["test", "--workspace", "--exclude", "xtask-wasm", "--locked"])
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
