//! The command line of ClawPowers.
#![deny(unsafe_code)]

mod args;
mod cmd;
mod context;
mod exit;
mod hint;
mod out;
mod render;
mod stdout;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use exit::Exit;
use out::Out;
use std::ffi::OsString;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Listings make a few small allocations for each of thousands of skills, on every core.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    clawpowers_api::word_hints(hint::wording);
    match args::Cli::try_parse() {
        // The panic hook has already printed the message.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| cli.run())).unwrap_or(Exit::Internal),
        Err(error) => unparsed(&error),
    }
}

/// Responds if the parser found no command to run: with help, the version, or a usage error.
fn unparsed(error: &clap::Error) -> Exit {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let flags = args::GlobalFlags::of(&words);
    args::use_color(flags.color);
    if !error.use_stderr() {
        let printed = stdout::check()
            .and_then(|()| error.print())
            .and_then(|()| std::io::stdout().flush());
        return printed.map_or_else(|error| out::report_unwritten(&error), |()| Exit::Done);
    }
    let out = Out::new(flags.json);
    let mut root = args::Cli::command();
    root.build();
    match error.kind() {
        // With `--json` a missing command is an error, which a program notices.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand if !out.json => {
            out.print(&render::usage::help(&out, &root, &words))
        }
        _ => out.respond_error(&render::usage::error(error, &root, &words)),
    }
}
