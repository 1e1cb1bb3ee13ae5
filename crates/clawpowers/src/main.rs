//! The command line of ClawPowers.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod exit;
mod out;
mod render;

use clap::Parser as _;
use exit::Exit;

fn main() -> Exit {
    match args::Cli::try_parse() {
        Ok(cli) => cli.run(),
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
