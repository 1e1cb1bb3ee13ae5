//! Errors of the store, the ledger and the database.

use crate::display::quoted_path;
use crate::file_system::is_writable;
use crate::files::disk_is_full;
use std::path::Path;

/// Why the database or the file system failed.
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
    /// Another error of the file system.
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

    /// Returns the name used in replies.
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
            Self::Newer => "update clawpowers, or choose another home with {--home}",
            Self::Full => "free some disk space, then try again; nothing was written",
            Self::ReadOnly => {
                "make the folder writable for this user, or choose another home with {--home}; nothing was written"
            }
            Self::Io => "check the folder and its disk; nothing was written",
        }
    }
}

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value is not valid.
    Invalid,
    /// The requested object does not exist.
    NotFound,
    /// This platform does not support the request.
    Unsupported,
    /// The database or the file system failed.
    Storage(Storage),
}

/// Why something was not done; unless the hint says otherwise, nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of error it is.
    pub kind: ErrorKind,
    /// What is wrong, values in backticks.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

/// The result of the functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Returns the error for an invalid value.
    pub fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message, hint)
    }

    /// Returns the error for something that does not exist.
    pub fn not_found(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message, hint)
    }

    /// Returns a storage error with the hint of its kind.
    pub fn storage(kind: Storage, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Storage(kind), message, kind.hint())
    }

    /// Returns the same error with another hint.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(crate) const fn is_full(&self) -> bool {
        matches!(self.kind, ErrorKind::Storage(Storage::Full))
    }

    /// Returns the error for a failed file operation.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        if matches!(error.kind(), ErrorKind::NotADirectory | ErrorKind::AlreadyExists)
            && let Some(file) = path.ancestors().find(|above| above.is_file())
        {
            let (path, file) = (quoted_path(path), quoted_path(file));
            let message = format!("{path} cannot be used: {file} is a file, not a folder");
            return Self::storage(Storage::Io, message)
                .with_hint("move the file away, or choose another home with {--home}; nothing was written");
        }
        // The system would report that the folder exists.
        if let Some(link) = path
            .ancestors()
            .find(|above| above.is_symlink() && !above.exists())
        {
            let (path, link) = (quoted_path(path), quoted_path(link));
            let message = format!("{path} cannot be used: {link} is a symlink to a path that does not exist");
            return Self::storage(Storage::Io, message)
                .with_hint("create its target, or choose another home with {--home}; nothing was written");
        }
        let kind = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Storage::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Storage::ReadOnly,
            _ => Storage::Io,
        };
        Self::storage(kind, format!("{} cannot be used: {error}", quoted_path(path)))
    }

    /// Returns the error for a failed database operation.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let shown = quoted_path(path);
        let text = match error {
            rusqlite::Error::SqliteFailure(_, Some(text)) => text,
            rusqlite::Error::SqlInputError { msg, .. } => msg,
            _ => "",
        };
        let (kind, what) = match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => (
                Storage::Busy,
                "has been locked by another process for longer than the timeout",
            ),
            Some(Code::NotADatabase) => (Storage::Corrupt, "is not a database"),
            Some(Code::DatabaseCorrupt) => (Storage::Corrupt, "is damaged"),
            Some(Code::DiskFull) => (Storage::Full, "cannot grow: the disk is full"),
            Some(Code::ReadOnly | Code::PermissionDenied) => (Storage::ReadOnly, "cannot be written to"),
            Some(Code::SystemIoFailure | Code::CannotOpen) if disk_is_full(path) => {
                (Storage::Full, "cannot grow: the disk is full")
            }
            Some(Code::CannotOpen) if path.parent().is_some_and(|folder| !is_writable(folder)) => {
                (Storage::ReadOnly, "cannot be written to")
            }
            Some(Code::SystemIoFailure) if is_lock_failure(error) => {
                (Storage::Io, "cannot be locked: its file system has no file locks")
            }
            Some(Code::SystemIoFailure) => (Storage::Io, "cannot be read or written"),
            Some(Code::CannotOpen) => (Storage::Io, "or a file beside it cannot be opened"),
            // Our statements only name what the schema has, so the file must lack it.
            _ if text.starts_with("no such ") || text.contains("has no column named") => {
                (Storage::Corrupt, "lacks a part of its schema")
            }
            // The header names a format that no release of SQLite writes.
            _ if text == "unsupported file format" => (Storage::Corrupt, "is damaged"),
            // A migration only creates what an older file does not have.
            _ if text.ends_with("already exists") => (
                Storage::Corrupt,
                "is damaged: it has tables that its schema version does not have",
            ),
            _ => match wrong_value(error) {
                // Without the value itself, which may be long.
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

/// Returns whether the file system failed to lock for a reason other than that the lock is held.
fn is_lock_failure(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_CHECKRESERVEDLOCK, SQLITE_IOERR_LOCK, SQLITE_IOERR_RDLOCK};
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| {
        [
            SQLITE_IOERR_LOCK,
            SQLITE_IOERR_RDLOCK,
            SQLITE_IOERR_CHECKRESERVEDLOCK,
        ]
        .contains(&code)
    })
}

/// Says what is wrong with a value that no release writes; `None` for any other error.
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
