//! Databases without a disk: in memory, and as the bytes of a file.

use super::schema::APPLICATION_ID;
use super::{Db, DbFile, Part, pragma};
use crate::error::{Error, ErrorKind, Result, Storage};
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB};
use std::path::Path;
use std::time::Duration;

/// What messages call a database in memory.
const MEMORY: &str = "memory";
/// What messages call the bytes that [`Db::deserialize`] reads.
const IMAGE: &str = "image";
/// The page size of every build, so that one database can replace another.
pub(crate) const PAGE_SIZE: u32 = 4096;
/// The size of the header of a file.
const HEADER: usize = 100;
/// The bytes of the header that give the format versions for writing and reading; 2 is a file with a WAL.
const FORMATS: std::ops::Range<usize> = 18..20;

impl Db {
    /// Creates a database in memory, with the content of a new file.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if there is not enough memory.
    pub fn in_memory() -> Result<Self> {
        let mut db = Self::named(MEMORY)?;
        db.run(|connection| {
            connection.pragma_update(None, "page_size", PAGE_SIZE)?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)
        })?;
        db.init_schema()?;
        Ok(db)
    }

    fn named(name: &str) -> Result<Self> {
        let name = Path::new(name);
        let connection = Connection::open_in_memory().map_err(|error| Error::sqlite(name, &error))?;
        let db = Self::wrap(connection, DbFile::unattached(name.to_owned()));
        db.run(|connection| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true))?;
        Ok(db)
    }

    /// Returns the database as the bytes of a file, which [`Db::open`] opens and [`Db::deserialize`] reads.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if it cannot be read, or does not fit into memory.
    pub fn serialize(&mut self) -> Result<Vec<u8>> {
        let serialized = self.connection.serialize(MAIN_DB).map(|data| data.to_vec());
        let mut bytes = serialized.map_err(|error| self.file.failed(&error))?;
        // The bytes include the content of the WAL.
        use_rollback_format(&mut bytes);
        Ok(bytes)
    }

    /// Creates a database in memory from the bytes of a file. They may come from anyone, so all of them are checked.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` as for a file: bytes that are damaged, empty, not created by ClawPowers, or of a newer release.
    pub fn deserialize(bytes: Vec<u8>) -> Result<Self> {
        Self::read_image(bytes).map_err(|error| match error.kind {
            // No disk is involved, so every failure is damage.
            ErrorKind::Storage(Storage::Corrupt | Storage::Io) => Error {
                kind: ErrorKind::Storage(Storage::Corrupt),
                hint: "export it again from a home in which {doctor} finds no damage; nothing was imported"
                    .to_owned(),
                ..error
            },
            _ => error,
        })
    }

    fn read_image(mut bytes: Vec<u8>) -> Result<Self> {
        use_rollback_format(&mut bytes);
        if bytes.len() < HEADER {
            // SQLite would read no bytes as a new database.
            return Err(corrupt("is empty or not a database of clawpowers"));
        }
        let mut db = Self::named(IMAGE)?;
        let read = |connection: &mut Connection| -> rusqlite::Result<()> {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false)
        };
        read(&mut db.connection).map_err(|error| db.file.failed(&error))?;
        db.check_owner()?;
        db.check_image()?;
        db.migrate()?;
        db.file.set_name(MEMORY.into());
        Ok(db)
    }

    /// Replaces the whole content with that of another database, in one transaction.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if this one cannot be written or has another page size; nothing is changed then.
    pub fn replace(&mut self, with: &Self) -> Result<()> {
        let page_size = |db: &Self| db.run(|connection| pragma::<i64>(connection, "page_size"));
        let (own, other) = (page_size(self)?, page_size(with)?);
        if own != other {
            // SQLite's error would be that the file is read-only.
            let message = format!("the database `{IMAGE}` has pages of {other} bytes, and this one of {own}");
            return Err(Error::storage(Storage::Corrupt, message).with_hint(format!(
                "run `PRAGMA journal_mode = DELETE; PRAGMA page_size = {own}; VACUUM` on it; nothing was imported"
            )));
        }
        let copy = |to: &mut Connection| -> rusqlite::Result<()> {
            to.flush_prepared_statement_cache();
            Backup::new(&with.connection, to)?.run_to_completion(i32::MAX, Duration::ZERO, None)
        };
        copy(&mut self.connection).map_err(|error| self.file.failed(&error))
    }

    /// Returns its size in bytes, without the WAL.
    pub fn bytes(&self) -> Result<u64> {
        self.run(|connection| {
            let pages: u64 = pragma(connection, "page_count")?;
            Ok(pages.saturating_mul(pragma(connection, "page_size")?))
        })
    }

    /// Returns whether it is still there when the process has ended.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        self.path() != Path::new(MEMORY)
    }

    /// Checks the pages, and that the schema has every part of ours and no other part that could do harm.
    fn check_image(&self) -> Result<()> {
        let damage = self.integrity_check()?;
        if let Some(first) = damage.first() {
            return Err(corrupt(&format!("is damaged ({first})")));
        }
        if self.version()? == 0 {
            return Err(corrupt("lacks its schema"));
        }
        let (missing, added) = self.schema_difference()?;
        // A table with another definition would replace good data and reject later writes.
        if !missing.is_empty() {
            return Err(corrupt("lacks a part of its schema"));
        }
        if let Some(Part { kind, name, .. }) = added.iter().find(|part| !part.is_harmless()) {
            return Err(corrupt(&format!(
                "has the {kind} `{name}`, which ClawPowers did not create"
            )));
        }
        Ok(())
    }
}

fn corrupt(what: &str) -> Error {
    Error::storage(Storage::Corrupt, format!("the database `{IMAGE}` {what}"))
}

/// Sets a format without a WAL in the header: a database in memory cannot have one.
pub(super) fn use_rollback_format(bytes: &mut [u8]) {
    let formats = bytes.get_mut(FORMATS).into_iter().flatten();
    for format in formats.filter(|format| **format == 2) {
        *format = 1;
    }
}
