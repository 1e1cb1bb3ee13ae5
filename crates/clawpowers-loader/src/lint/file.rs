//! Diagnostics about a file as a whole: its name, and why it was not read.

use super::{Diagnostic, Position, Profile, Rule, Severity};
use crate::display::quote;
use crate::tree::ReadError;
use std::io;
use std::path::Path;

/// Reports a SKILL.md whose name is spelled otherwise.
pub(crate) fn file_name_diagnostic(file: &Path, profile: Profile) -> Option<Diagnostic> {
    let name = file.file_name()?.to_string_lossy();
    let rule = match name.as_ref() {
        "SKILL.md" => return None,
        "skill.md" => Rule::FileNameLowercase,
        _ => Rule::FileNameCase,
    };
    let message = format!("the file is called {}", quote(&name));
    Some(Diagnostic {
        rule,
        severity: rule.severity(profile)?,
        position: Position::START,
        message,
        hint: Some("rename it to `SKILL.md`".to_owned()),
        edits: Vec::new(),
    })
}

/// Makes the error of a file that is not read.
pub(crate) fn file_diagnostic(rule: Rule, message: String) -> Diagnostic {
    Diagnostic {
        rule,
        severity: Severity::Error,
        position: Position::START,
        message,
        hint: None,
        edits: Vec::new(),
    }
}

/// Returns the rule and the words for a file that was not read.
#[must_use]
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
