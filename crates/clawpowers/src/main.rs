//! The command line of ClawPowers.
#![forbid(unsafe_code)]

mod args;
mod cmd;
mod exit;
mod out;
mod render;

use clap::{CommandFactory as _, Parser as _};
use exit::Exit;
use out::Out;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A listing allocates a few small pieces for each of thousands of skills, on every core.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    match args::Cli::try_parse() {
        // The panic was printed where it happened; the exit code is part of the contract.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| cli.run())).unwrap_or(Exit::Internal),
        Err(error) if error.use_stderr() => {
            let words = std::env::args_os().skip(1);
            let mut root = args::Cli::command();
            root.build();
            Out::new(false).talk(&render::usage::text(&error, &root, words));
            Exit::Usage
        }
        Err(help) => {
            let printed = help.print().and_then(|()| std::io::stdout().flush());
            printed.map_or_else(|error| out::unwritten(&error), |()| Exit::Done)
        }
    }
}
