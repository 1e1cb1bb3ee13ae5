//! The command line of ClawPowers.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod exit;
mod out;
mod render;

use clap::Parser as _;
use exit::Exit;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn main() -> Exit {
    match args::Cli::try_parse() {
        // The panic was printed where it happened; the exit code is part of the contract.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| cli.run())).unwrap_or(Exit::Internal),
        Err(error) => {
            let code = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            // Printing help to a closed pipe is no failure.
            let _ = error.print();
            code
        }
    }
}
