//! Diagnostics about a file as a whole: its name, and why it was not read.

use super::{Diagnostic, Diagnostics, Position, Rule, Severity, Target};
use crate::display::quote;
use crate::tree::ReadError;
use std::io;
use std::path::Path;

/// Reports a SKILL.md whose name is spelled differently.
pub(crate) fn file_name_diagnostic(file: &Path, target: Target) -> Option<Diagnostic> {
    let name = file.file_name()?.to_string_lossy();
    let rule = match name.as_ref() {
        "SKILL.md" => return None,
        "skill.md" => Rule::FileNameLowercase,
        _ => Rule::FileNameCase,
    };
    let mut diagnostics = Diagnostics::new(target);
    diagnostics.add(
        rule,
        Position::START,
        format!("the file is called {}", quote(&name)),
    );
    diagnostics.finish().pop()
}

/// Builds the error for a file that is not read.
pub(crate) fn file_diagnostic(rule: Rule, message: String) -> Diagnostic {
    Diagnostic {
        rule,
        severity: Severity::Error,
        file: None,
        position: Position::START,
        message,
        hint: None,
        edits: Vec::new(),
    }
}

/// Returns the rule and the message for a file that was not read.
pub(crate) fn read_error(error: &ReadError) -> (Rule, String) {
    match error {
        ReadError::NotRegular => (Rule::FileNotRegular, error.to_string()),
        ReadError::TooLarge { .. } => (Rule::FileTooLarge, format!("the file has {error}")),
        ReadError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            (Rule::FileMissing, "there is no such file".to_owned())
        }
        ReadError::Io(_) => (Rule::FileUnreadable, format!("the file cannot be read: {error}")),
    }
}
