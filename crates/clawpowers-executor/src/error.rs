//! What the store and the ledger answer when they cannot do what they were asked.

use crate::display::quoted_path;
use crate::files::disk_is_full;
use std::path::Path;

/// What kind of trouble a storage error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Another process held the file for longer than the timeout.
    Busy,
    /// The file is not a sound database.
    Corrupt,
    /// The file was made by a newer release.
    Newer,
    /// The disk is full.
    Full,
    /// The home or its file cannot be written to.
    ReadOnly,
    /// The file system refused in another way.
    Io,
}

impl Storage {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Busy,
        Self::Corrupt,
        Self::Newer,
        Self::Full,
        Self::ReadOnly,
        Self::Io,
    ];

    /// Returns the kind as in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Corrupt => "corrupt",
            Self::Newer => "newer",
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Io => "io",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Busy => "wait for the process that holds it, then try again; nothing was written",
            Self::Corrupt => {
                "nothing was written; {doctor} checks the file again, {recover to=DIR} writes what can still be read to a new home"
            }
            Self::Newer => "update clawpowers, or name another home with {--home}",
            Self::Full => "make room on the disk, then try again; nothing was written",
            Self::ReadOnly => {
                "make the folder writable for this user, or name another home with {--home}; nothing was written"
            }
            Self::Io => "look at the folder and the disk that it is on; nothing was written",
        }
    }
}

/// Why something was not done; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value breaks a rule.
    #[error("{message}")]
    Invalid {
        /// What is wrong, values in backticks.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// What was asked for is not there.
    #[error("{message}")]
    NotFound {
        /// What is not there.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// What was asked for does not exist on this platform.
    #[error("{message}")]
    Unsupported {
        /// What is not there.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// The database or the file system refused.
    #[error("{message}")]
    Storage {
        /// What kind of trouble it is.
        kind: Storage,
        /// What happened to which file.
        message: String,
        /// What to do next.
        hint: String,
    },
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Makes the error of a value that breaks a rule.
    pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Makes the error of something that is not there.
    pub fn not_found(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::NotFound {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Makes a storage error with the hint of its kind.
    pub fn storage(kind: Storage, message: impl Into<String>) -> Self {
        Self::Storage {
            kind,
            message: message.into(),
            hint: kind.hint().to_owned(),
        }
    }

    /// Tells whether the disk is full.
    pub(crate) const fn is_full(&self) -> bool {
        matches!(
            self,
            Self::Storage {
                kind: Storage::Full,
                ..
            }
        )
    }

    /// Makes the storage error of a file that the file system refused.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        if matches!(error.kind(), ErrorKind::NotADirectory | ErrorKind::AlreadyExists)
            && let Some(file) = path.ancestors().find(|above| above.is_file())
        {
            return Self::Storage {
                kind: Storage::Io,
                message: format!(
                    "{} cannot be used: {} is a file, not a folder",
                    quoted_path(path),
                    quoted_path(file)
                ),
                hint: "move the file away, or name another home with {--home}; nothing was written"
                    .to_owned(),
            };
        }
        let kind = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Storage::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Storage::ReadOnly,
            _ => Storage::Io,
        };
        Self::storage(kind, format!("{} cannot be used: {error}", quoted_path(path)))
    }

    /// Makes the storage error of a database that refused.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let shown = quoted_path(path);
        let (kind, what) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                Storage::Busy,
                "is held by another process for longer than the timeout",
            ),
            Some(ErrorCode::NotADatabase) => (Storage::Corrupt, "is not a database"),
            Some(ErrorCode::DatabaseCorrupt) => (Storage::Corrupt, "is damaged"),
            Some(ErrorCode::DiskFull) => (Storage::Full, "cannot grow: the disk is full"),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                (Storage::ReadOnly, "cannot be written to")
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if disk_is_full(path) => {
                (Storage::Full, "cannot grow: the disk is full")
            }
            Some(ErrorCode::SystemIoFailure) => (Storage::Io, "cannot be read or written"),
            Some(ErrorCode::CannotOpen) => (Storage::Io, "or a file beside it cannot be opened"),
            // Our statements name what the schema has, so it is the file that lacks it.
            _ if lacks_part(error) => (Storage::Corrupt, "lacks a part of its schema"),
            _ if has_unknown_format(error) => (Storage::Corrupt, "is damaged"),
            // A step of the schema makes only what an older file does not have.
            _ if has_part_already(error) => (
                Storage::Corrupt,
                "is damaged: it has tables that its schema version does not have",
            ),
            _ => match wrong_value(error) {
                // The value itself may be long, and is of no use to anybody.
                Some(what) => {
                    let message = format!("the database {shown} is damaged: a row contains {what}");
                    return Self::storage(Storage::Corrupt, message);
                }
                None => (Storage::Io, "cannot be used"),
            },
        };
        Self::storage(kind, format!("the database {shown} {what} ({error})"))
    }
}

/// Tells whether a statement named a table or a column that is not there.
fn lacks_part(error: &rusqlite::Error) -> bool {
    words(error)
        .is_some_and(|message| message.starts_with("no such ") || message.contains("has no column named"))
}

/// Tells whether the header names a format that no release of SQLite writes.
fn has_unknown_format(error: &rusqlite::Error) -> bool {
    words(error) == Some("unsupported file format")
}

/// Tells whether a statement made a table or an index that is there.
fn has_part_already(error: &rusqlite::Error) -> bool {
    words(error).is_some_and(|message| message.ends_with("already exists"))
}

fn words(error: &rusqlite::Error) -> Option<&str> {
    match error {
        rusqlite::Error::SqliteFailure(_, message) => message.as_deref(),
        rusqlite::Error::SqlInputError { msg, .. } => Some(msg),
        _ => None,
    }
}

/// Says what is wrong with a value that no release writes.
pub(crate) fn wrong_value(error: &rusqlite::Error) -> Option<String> {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    match error {
        Utf8Error(..) => Some("text that is not UTF-8".to_owned()),
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) => {
            Some("a value that is not allowed in its column".to_owned())
        }
        InvalidColumnType(_, column, _) => Some(format!("a value of another type in the column `{column}`")),
        _ => None,
    }
}
