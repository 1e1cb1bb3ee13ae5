//! The scripts of 1.x, with its messages, exit codes and streams: `init --legacy-shims` writes scripts that call this.

mod analyze;
mod collector;
mod session;
mod store;

use crate::cmd::home::InitArgs;
use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::{ApiError, ErrorCode};
use std::ffi::OsString;

#[derive(Debug, Args)]
pub(crate) struct LegacyArgs {
    /// The script and its arguments.
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
                context.out.eprint("error: unknown script of 1.x\nhint: the scripts are store, collector, analyze, init and session-start\n");
                Exit::Usage
            }
        }
    }
}

fn texts(words: &[OsString]) -> Vec<String> {
    let text = |word: &OsString| word.to_string_lossy().into_owned();
    words.iter().map(text).collect()
}

fn initialize(context: &Context, words: &[OsString]) -> Exit {
    // 1.x ignored arguments, so `init.sh verify` succeeded without verifying anything.
    if let Some(word) = words.first() {
        let word = word.to_string_lossy();
        return reject(
            context,
            &format!("init takes no arguments (found `{word}`); nothing was verified"),
        );
    }
    InitArgs { legacy_shims: None }.run(context)
}

/// Reports an error as 1.x did, which had one exit code for all.
fn reject(context: &Context, message: &str) -> Exit {
    context.out.eprint(&format!("Error: {message}\n"));
    Exit::Negative
}

/// Returns the text of an error in the wording of 1.x, and its exit code.
pub(crate) fn word_error(error: &ApiError) -> (String, Exit) {
    let invalid = error.code == ErrorCode::InvalidInput;
    // 1.x printed values without backticks.
    let bare = error.message.split_once(": `");
    let bare = bare.and_then(|(what, value)| Some(format!("{what}: {}", value.strip_suffix('`')?)));
    let message = bare.filter(|_| invalid).unwrap_or_else(|| error.message.clone());
    let text = match &error.hint {
        // Other errors did not exist in 1.x, so no script expects a certain text.
        Some(hint) if !invalid && error.code != ErrorCode::NotFound => {
            format!("Error: {message} ({hint})\n")
        }
        _ => format!("Error: {message}\n"),
    };
    (text, Exit::Negative)
}

/// Prints the usage of a script to stdout, as 1.x did. `what` is the script's name for its first argument. Without a
/// command, or with an unknown one, the script fails.
fn usage(context: &Context, text: &str, what: &str, command: Option<&str>) -> Exit {
    let help = matches!(command, Some("help" | "-h" | "--help"));
    let unknown = command.filter(|command| !help && !command.is_empty());
    let head = unknown.map_or_else(String::new, |command| format!("Unknown {what}: {command}\n"));
    let printed = context.out.print_untrusted(&format!("{head}{text}"));
    if help { printed } else { Exit::Negative }
}
