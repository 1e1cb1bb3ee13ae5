//! Starting other programs and failing with their words.

use std::fmt;
use std::io;
use std::process::Command;

/// Why a task failed.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    pub(crate) fn usage(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            code: 2,
        }
    }

    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            code: 1,
        }
    }

    pub(crate) const fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Runs cargo in the workspace and waits for it.
pub(crate) fn cargo(words: &[&str]) -> Result<(), Failure> {
    cargo_with(words, |_| ())
}

/// Runs cargo with a prepared command.
pub(crate) fn cargo_with(words: &[&str], prepare: impl FnOnce(&mut Command)) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command.args(words);
    prepare(&mut command);
    run(&mut command)
}

/// Runs a command and waits for it.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = format!("{command:?}");
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{shown} failed: {status}")))
    }
}
