//! The task itself.

mod clients;
mod find;
mod install;
mod listing;
mod output;
mod prompt;
mod record;
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the recording is part of the repository"
)]
#[path = "../../../../tests/clients/recording.rs"]
mod recording;
mod refresh;
mod stub;
#[expect(clippy::unwrap_used, reason = "a tree that cannot be written ends the task")]
#[path = "../../../../tests/clients/tree.rs"]
mod tree;

use std::process::ExitCode;

pub(crate) fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["refresh", words @ ..] => refresh::refresh(words),
        // The same program inside a network namespace.
        ["record", client, installed, base] => {
            record::record(client, installed.as_ref(), base.as_ref()).map(|()| true)
        }
        _ => Err("usage: cargo xtask clients refresh [--cache FOLDER] [CLIENT[@VERSION]…]".to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
