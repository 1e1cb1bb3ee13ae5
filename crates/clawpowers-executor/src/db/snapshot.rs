//! Databases without a disk: in memory, and as the bytes of a file.

use super::integrity::Part;
use super::schema::APPLICATION_ID;
use super::{Db, DbFile};
use crate::error::{Error, Result, Storage};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB};
use std::path::Path;

/// What a database in memory is called.
const MEMORY: &str = "memory";
/// What bytes that are to become a database are called.
const IMAGE: &str = "image";
/// How large a page is in every build, so that one database can take another one's place.
pub(crate) const PAGE_SIZE: u32 = 4096;
/// How many bytes the header of a file has.
const HEADER: usize = 100;
/// Which of them say by which version of the format it is read and written; 2 is a file with a WAL.
const FORMATS: std::ops::Range<usize> = 18..20;

impl Db {
    /// Makes a database in memory, with what a new file holds.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where there is no memory for it.
    pub fn memory() -> Result<Self> {
        let path = Path::new(MEMORY);
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_in_memory()?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.pragma_update(None, "page_size", PAGE_SIZE)?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| Error::sqlite(path, &error))?;
        let mut db = Self::wrap(connection, DbFile::unattached(path.to_owned()));
        db.init_schema()?;
        Ok(db)
    }

    /// Returns the database as the bytes of a file, which [`Db::open`] opens and [`Db::deserialize`] reads.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be read, or does not fit into memory.
    pub fn serialize(&mut self) -> Result<Vec<u8>> {
        let mut bytes = self.run_mut(|connection| connection.serialize(MAIN_DB).map(|data| data.to_vec()))?;
        // What the WAL contained is in the bytes, which come without one.
        use_rollback_format(&mut bytes);
        Ok(bytes)
    }

    /// Makes a database in memory out of the bytes of a file. They may come from anybody, so they are looked through
    /// whole.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] as for a file: bytes that are damaged, empty, not ours, or of a newer release.
    pub fn deserialize(bytes: Vec<u8>) -> Result<Self> {
        Self::read_image(bytes).map_err(|error| match error {
            Error::Storage {
                // Bytes have no disk that could fail: whatever SQLite cannot use of them is damage.
                kind: Storage::Corrupt | Storage::Io,
                message,
                ..
            } => Error::Storage {
                kind: Storage::Corrupt,
                message,
                hint: "export it again from a home that {doctor} calls sound; nothing was imported"
                    .to_owned(),
            },
            other => other,
        })
    }

    fn read_image(mut bytes: Vec<u8>) -> Result<Self> {
        let path = Path::new(IMAGE);
        let failed = |error: rusqlite::Error| Error::sqlite(path, &error);
        use_rollback_format(&mut bytes);
        if bytes.len() < HEADER {
            // SQLite takes no bytes at all for a new database.
            return Err(corrupt("is empty or not a database of clawpowers"));
        }
        let open = || -> rusqlite::Result<Connection> {
            let mut connection = Connection::open_in_memory()?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false)?;
            Ok(connection)
        };
        let mut db = Self::wrap(open().map_err(failed)?, DbFile::unattached(path.to_owned()));
        db.check_owner()?;
        db.check_image()?;
        db.migrate()?;
        db.set_path(MEMORY.into());
        Ok(db)
    }

    /// Replaces the whole content with that of another database, in one step.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where this one cannot be written, or has pages of another size; it is then as it was.
    pub fn replace(&mut self, with: &Self) -> Result<()> {
        let (own, other) = (self.page_size()?, with.page_size()?);
        if own != other {
            // SQLite would say that the file is read-only.
            let message = format!("the database `{IMAGE}` has pages of {other} bytes, and this one of {own}");
            return Err(Error::Storage {
                kind: Storage::Corrupt,
                message,
                hint: format!(
                    "run `PRAGMA journal_mode = DELETE; PRAGMA page_size = {own}; VACUUM` on it; nothing was imported"
                ),
            });
        }
        self.copy_from(with)
    }

    fn page_size(&self) -> Result<i64> {
        self.run(|connection| connection.pragma_query_value(None, "page_size", |row| row.get(0)))
    }

    /// Returns how many bytes it has, without its WAL.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be read.
    pub fn bytes(&self) -> Result<u64> {
        self.run(|connection| {
            let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok(u64::try_from(number("page_count")?.saturating_mul(number("page_size")?)).unwrap_or_default())
        })
    }

    /// Tells whether it outlives the process.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        self.path() != Path::new(MEMORY)
    }

    /// Looks through bytes that a stranger may have made: the pages, and that the schema is ours and nothing besides.
    fn check_image(&self) -> Result<()> {
        let damage = self.integrity_check()?;
        if let Some(first) = damage.first() {
            return Err(corrupt(&format!("is damaged ({first})")));
        }
        let version = usize::try_from(self.version()?).unwrap_or_default();
        if version == 0 {
            return Err(corrupt("lacks its schema"));
        }
        let expected = Part::expected(version).map_err(|error| Error::sqlite(self.path(), &error))?;
        let there = self.run(Part::all)?;
        // One of another shape would replace good data and refuse whatever is written after that.
        if expected.iter().any(|part| !there.contains(part)) {
            return Err(corrupt("lacks a part of its schema"));
        }
        let stranger = there
            .iter()
            .find(|part| !expected.contains(part) && !part.is_harmless());
        if let Some(Part { kind, name, .. }) = stranger {
            return Err(corrupt(&format!("has the {kind} `{name}`, which is not ours")));
        }
        Ok(())
    }
}

fn corrupt(what: &str) -> Error {
    Error::storage(Storage::Corrupt, format!("the database `{IMAGE}` {what}"))
}

/// Writes into the header that the file has no WAL: a database in memory cannot have one.
fn use_rollback_format(bytes: &mut [u8]) {
    if bytes.len() >= HEADER
        && let Some(formats) = bytes.get_mut(FORMATS)
    {
        for format in formats.iter_mut().filter(|format| **format == 2) {
            *format = 1;
        }
    }
}
