//! The parts of `cargo xtask bench` that link the product; xtask itself compiles in seconds.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints what it measured"
)]

mod feedback;
mod files;
mod in_process;
mod lines;
mod memory;

use std::process::ExitCode;

/// Why a measurement failed.
type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "\
usage: xtask-bench simulate | calibrate | memory | memory-vectors FOLDER | in-process HOME | write-lines FILE COUNT | read-bytes LIST | find-and-read FOLDER | walk-heads FOLDER";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["simulate"] => feedback::simulate(),
        ["memory"] => memory::memory(),
        ["memory-vectors", folder] => memory::vectors(folder),
        ["calibrate"] => feedback::calibrate(),
        ["in-process", home] => in_process::in_process(home),
        ["write-lines", file, count] => lines::write_lines(file, count),
        ["read-bytes", list] => files::read_bytes(list),
        ["find-and-read", folder] => files::find_and_read(folder),
        ["walk-heads", folder] => files::walk_heads(folder),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
