//! Databases that this user can only read: on read-only media, and in a folder of another user.
//!
//! SQLite reads a database in WAL mode only if it can write the index of the WAL, or if it is there.

use super::frames::Wal;
use super::schema::VERSION;
use super::snapshot::use_rollback_format;
use super::{Db, DbFile};
use crate::display::quoted_path;
use crate::error::{Error, ErrorKind, Result, Storage};
use crate::file_system::is_writable;
use crate::files::with_suffix;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use std::fs;
use std::path::Path;

impl Db {
    /// Opens the database at `path` for reading if it cannot be written to, after SQLite returned `error`.
    pub(super) fn open_read_only(path: &Path, error: Error) -> Result<Self> {
        let is_refused = matches!(error.kind, ErrorKind::Storage(Storage::ReadOnly | Storage::Io));
        let Some(file) = DbFile::find(path)?.filter(|_| is_refused) else {
            return Err(error);
        };
        let Some(real) = file.real().map(Path::to_owned) else {
            return Err(error);
        };
        if is_writable(&real) && real.parent().is_none_or(is_writable) {
            return Err(error);
        }
        fs::File::open(&real).map_err(|error| unreadable(path, &error))?;
        file.set_immutable();
        // SQLite has to undo an interrupted write first. The journal of a complete one starts with a zero.
        if beside(path, &real, "-journal")?
            .is_some_and(|journal| journal.first().is_some_and(|first| *first != 0))
        {
            return Err(interrupted(path));
        }
        let wal = beside(path, &real, "-wal")?.and_then(|wal| Wal::read(&wal));
        let wal = wal.filter(|wal| wal.size > 0);
        let failed = |error: rusqlite::Error| Error::sqlite(path, &error);
        let connection = match &wal {
            None => immutable(&real).map_err(failed)?,
            Some(wal) => copy(path, &real, Some(wal))?,
        };
        let mut db = Self::wrap(connection, file);
        db.check_owner()?;
        if db.version()? < VERSION {
            db.connection = copy(path, &real, wal.as_ref())?;
            db.migrate()?;
        }
        db.run(|connection| connection.pragma_update(None, "query_only", true))?;
        db.check_unchanged()?;
        Ok(db)
    }

    /// Returns whether this user can read the database but not write to it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.file.is_immutable() || self.connection.is_readonly(MAIN_DB).unwrap_or(false)
    }

    /// Returns an error if the database was written to since it was opened, and this connection cannot notice: it
    /// belongs to another user, or is on media that are mounted read-only here but writable elsewhere. Then what was
    /// read may be wrong.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage`: `busy`.
    pub fn check_unchanged(&self) -> Result<()> {
        if !self.file.is_immutable() || self.is_in_place() {
            return Ok(());
        }
        let message = format!(
            "the read-only database {} was changed by another process while it was read",
            quoted_path(self.path())
        );
        Err(Error::storage(Storage::Busy, message).with_hint("try again"))
    }
}

/// Opens a file that nobody writes to and that has no WAL.
fn immutable(real: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable_uri(real), flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(connection)
}

/// Returns the address of a file for SQLite, with every character escaped that may mean something else.
fn immutable_uri(real: &Path) -> String {
    let path = std::path::absolute(real).unwrap_or_else(|_| real.to_owned());
    let path = path.as_os_str().as_encoded_bytes();
    let path = path.strip_prefix(br"\\?\").unwrap_or(path);
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file://" });
    for &byte in path {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(byte.into()),
            b':' if cfg!(windows) => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri + "?immutable=1"
}

/// Copies a file and its WAL into memory.
fn copy(path: &Path, real: &Path, wal: Option<&Wal>) -> Result<Connection> {
    let mut bytes = fs::read(real).map_err(|error| unreadable(path, &error))?;
    if let Some(wal) = wal {
        let size = wal.page_size as usize;
        bytes.resize(size.saturating_mul(wal.size as usize), 0);
        for (number, page) in &wal.pages {
            let start = size.saturating_mul(number.saturating_sub(1) as usize);
            // A page above the last commit's size was freed since.
            if let Some(place) = bytes.get_mut(start..).and_then(|rest| rest.get_mut(..size)) {
                place.copy_from_slice(page);
            }
        }
    }
    use_rollback_format(&mut bytes);
    let read = || -> rusqlite::Result<Connection> {
        let mut connection = Connection::open_in_memory()?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false)?;
        Ok(connection)
    };
    read().map_err(|error| Error::sqlite(path, &error))
}

/// Reads a file beside the database; `None` if there is none.
fn beside(path: &Path, real: &Path, suffix: &str) -> Result<Option<Vec<u8>>> {
    match fs::read(with_suffix(real, suffix)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&with_suffix(path, suffix), &error)),
    }
}

fn interrupted(path: &Path) -> Error {
    let shown = quoted_path(path);
    let message = format!(
        "the database {shown} cannot be read here: its last write was interrupted and has to be undone first"
    );
    Error::storage(Storage::ReadOnly, message).with_hint(
        "run any command where the folder can be written to, or copy the database and the files beside it and choose the copy with {--home}",
    )
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("{} cannot be read: {error}", quoted_path(path));
    Error::storage(Storage::ReadOnly, message).with_hint(
        "make the folder and its files readable for this user, or choose another home with {--home}",
    )
}
