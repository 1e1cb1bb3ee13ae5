//! The scripts of 1.x in their own words, exit codes and streams: what `init --legacy-shims` writes calls this.

mod analyze;
mod collector;
mod session;
mod store;

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::home;
use clawpowers_api::{ApiError, ErrorCode};
use std::ffi::OsString;

#[derive(Debug, Args)]
pub(crate) struct LegacyArgs {
    /// The script, and its arguments as they came.
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "SCRIPT"
    )]
    words: Vec<OsString>,
}

impl LegacyArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let mut words = self.words.into_iter();
        let script = words.next().unwrap_or_default();
        let words: Vec<OsString> = words.collect();
        match script.to_str() {
            Some("store") => store::run(context, words),
            Some("collector") => collector::run(context, &words),
            Some("analyze") => analyze::run(context, &words),
            Some("init") => initialize(context, &words),
            Some("session-start") => session::run(context),
            _ => {
                context.out.eprint("error: there is no such script of 1.x\nhint: the scripts are store, collector, analyze, init and session-start\n");
                Exit::Usage
            }
        }
    }
}

fn initialize(context: &Context, words: &[OsString]) -> Exit {
    // 1.x took any arguments for none, so that a verification "passed" that had never been made.
    if let Some(word) = words.first() {
        let word = word.to_string_lossy();
        return refuse(
            context,
            &format!("init takes no arguments such as `{word}`; nothing was verified"),
        );
    }
    match home::init::run(&context.runtime, &home::init::Request::default()) {
        Ok(done) => {
            if std::env::var_os("CLAWPOWERS_QUIET").is_some_and(|value| value == "1") {
                return Exit::Done;
            }
            context.out.print_untrusted(&crate::render::home::init(&done))
        }
        Err(error) => failed(context, &error),
    }
}

/// Says what is wrong as 1.x did, which knew one exit code.
fn refuse(context: &Context, message: &str) -> Exit {
    context.out.eprint(&format!("Error: {message}\n"));
    Exit::Negative
}

fn failed(context: &Context, error: &ApiError) -> Exit {
    // 1.x printed what it was given as it came, without marks around it.
    let bare = || {
        let (what, given) = error.message.split_once(": `")?;
        Some(format!("{what}: {}", given.strip_suffix('`')?))
    };
    let invalid = error.code == ErrorCode::InvalidInput;
    let message = invalid
        .then(bare)
        .flatten()
        .unwrap_or_else(|| error.message.clone());
    match &error.hint {
        // 1.x knew no such trouble, so there are no words to keep to.
        Some(hint) if !invalid && error.code != ErrorCode::NotFound => {
            refuse(context, &format!("{message} ({hint})"))
        }
        _ => refuse(context, &message),
    }
}

/// Prints how a script is used, as 1.x did: on standard output; without a command, or with one that there is not, that
/// is a failure. `what` is what the script calls its first argument.
fn usage(context: &Context, text: &str, what: &str, command: Option<&str>) -> Exit {
    let unknown = command.filter(|command| !matches!(*command, "" | "help" | "-h" | "--help"));
    let head = unknown.map_or_else(String::new, |command| format!("Unknown {what}: {command}\n"));
    let printed = context.out.print_untrusted(&format!("{head}{text}"));
    let helped = matches!(command, Some("help" | "-h" | "--help"));
    if helped { printed } else { Exit::Negative }
}
