//! The tests of the command line, compiled for Windows and run under Wine.

use super::cargo_test::cargo_test_at_once;
use crate::run::{Failure, output, root, run, target_folder};
use crate::tools::Needed;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The target of the compiler; its linker is MinGW's.
const TARGET: &str = "x86_64-pc-windows-gnu";
const RUNNER: &str = "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER";
/// Wine maps a section that starts at a page of the file, and reads any other: with debug sections that would be 60 MB for each
/// of thousands of processes.
const FLAGS: &str = "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS";
const ALIGNED: &str = "-C link-arg=-Wl,--file-alignment=4096";

pub(super) const NEEDED: &[Needed] = &[Needed::WINE, Needed::MINGW, Needed::WINDOWS_TARGET];

/// Creates a Wine prefix, with a library that Wine 8 lacks.
pub(super) fn machine() -> Result<(), Failure> {
    let folder = prefix()?;
    fs::create_dir_all(&folder)?;
    let version = output(Command::new("wine").arg("--version").env("WINEDEBUG", "-all"))?;
    println!("{}, its files in {}", version.trim(), folder.display());
    let mut boot = Command::new("wine");
    with_wine(boot.args(["wineboot", "--init"]), &folder);
    run(&mut boot)?;
    let library = folder.join("drive_c/windows/system32/bcryptprimitives.dll");
    if library.exists() {
        return Ok(());
    }
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    compiler.args(["-Os", "-s", "-shared", "-Wall", "-Werror", "-o"]);
    compiler
        .arg(library)
        .arg(root().join("tests/windows/process_prng.c"));
    run(compiler.arg("-ladvapi32"))
}

/// Runs the tests, and prints how many were ignored and why.
pub(super) fn tests() -> Result<(), Failure> {
    let prefix = prefix()?;
    let of = |tests: &[&'static str]| [&["--package", "clawpowers", "--target", TARGET], tests].concat();
    let tally = Mutex::new(Tally::default());
    let result = cargo_test_at_once(
        &of(&["--test", "stress", "--test", "cli"]),
        &[&of(&["--test", "stress"]), &of(&["--test", "cli"])],
        |command| {
            with_wine(command.env(RUNNER, "wine").env(FLAGS, ALIGNED), &prefix);
            command.env("CARGO_PROFILE_DEV_DEBUG", "false");
        },
        |line| tally.lock().unwrap_or_else(PoisonError::into_inner).add(line),
    );
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{}", tally.spell());
    result
}

fn prefix() -> Result<PathBuf, Failure> {
    Ok(target_folder()?.join("wine"))
}

/// Sets the prefix for Wine, and disables its windows and messages.
fn with_wine(command: &mut Command, prefix: &Path) {
    command
        .env("WINEPREFIX", prefix)
        .env("WINEDEBUG", "-all")
        // Without the runtimes of .NET and HTML, which a new prefix would offer to download.
        .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
        .env_remove("DISPLAY");
}

/// The results of the tests, parsed from their output.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// The number of ignored tests for each reason.
    ignored: BTreeMap<String, usize>,
}

impl Tally {
    /// Parses a line such as `test a::b ... ignored, Windows has no signals`.
    fn add(&mut self, line: &str) {
        let Some((_, end)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... "))
        else {
            return;
        };
        match end.split_once(", ") {
            _ if end == "ok" => self.passed += 1,
            _ if end == "FAILED" => self.failed += 1,
            Some(("ignored", reason)) => *self.ignored.entry(reason.to_owned()).or_default() += 1,
            _ => {}
        }
    }

    fn spell(&self) -> String {
        let ignored: usize = self.ignored.values().sum();
        let mut text = format!(
            "on Windows under Wine: {} tests run, {} passed, {ignored} ignored",
            self.passed + self.failed,
            self.passed
        );
        let mut reasons: Vec<_> = self.ignored.iter().collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), *reason));
        for (reason, count) in reasons {
            text.push_str(&format!("\n  {count:>3}  {reason}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn tests_and_ignored_tests_are_counted() {
        let mut tally = Tally::default();
        for line in [
            "running 5 tests",
            "test a::b ... ok",
            "test a::c ... ignored, Windows has no signals",
            "test a::d ... FAILED",
            "test a::e ... ignored, needs a POSIX shell",
            "test a::f ... ignored, needs a POSIX shell",
            "test result: FAILED. 1 passed; 1 failed; 3 ignored",
        ] {
            tally.add(line);
        }
        let expected = "on Windows under Wine: 2 tests run, 1 passed, 3 ignored\n    \
            2  needs a POSIX shell\n    1  Windows has no signals";
        assert_eq!(tally.spell(), expected);
    }
}
