//! Runs the agent clients on the tree of the tests and records again which skills they load.
//!
//! Each client is installed from npm in the recorded version and runs in a network namespace that has loopback alone,
//! where a stub replaces the model. Nothing of a client but names and descriptions from the tree is kept.
#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "a task prints for the person who started it")]
#![cfg_attr(
    target_os = "linux",
    expect(clippy::print_stdout, reason = "a task prints for the person who started it")
)]

#[cfg(target_os = "linux")]
mod linux;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return linux::main();
    #[cfg(not(target_os = "linux"))]
    {
        eprintln!("the clients are recorded on Linux, in a network namespace");
        ExitCode::from(2)
    }
}
