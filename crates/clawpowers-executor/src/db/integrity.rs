//! Checks a file: damage, another program's file, a newer release's.

use super::schema::{APPLICATION_ID, MIGRATIONS, VERSION};
use super::{Db, number};
use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use rusqlite::Connection;

impl Db {
    /// Checks the whole file and returns the problems found, at most 20 and the first ones first: pages, rows, types, and
    /// every index against its table. Reads everything, in time that grows faster than the file.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the file cannot even be read.
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        self.problems("PRAGMA integrity_check(20)")
    }

    /// As [`Db::integrity_check`] without the comparison of indexes and tables. Reads every page once.
    ///
    /// # Errors
    ///
    /// As [`Db::integrity_check`].
    pub fn quick_check(&self) -> Result<Vec<String>> {
        self.problems("PRAGMA quick_check(20)")
    }

    fn problems(&self, check: &str) -> Result<Vec<String>> {
        let lines = self.run(|connection| {
            let mut statement = connection.prepare(check)?;
            let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        // A row may hold several problems, one a line.
        let lines = lines.iter().flat_map(|row| row.lines());
        Ok(lines
            .filter(|line| *line != "ok" && !line.starts_with("*** in database"))
            .map(str::to_owned)
            .collect())
    }

    /// Returns the tables and indexes that a file of its version has and this one lacks, or has in another shape.
    pub(crate) fn missing_parts(&self) -> Result<Vec<String>> {
        let version = usize::try_from(self.version()?).unwrap_or_default();
        let expected = Part::expected(version).map_err(|error| Error::sqlite(self.path(), &error))?;
        let found = self.run(Part::all)?;
        let missing = expected.into_iter().filter(|part| !found.contains(part));
        Ok(missing
            .map(|part| format!("{} {}", part.kind, part.name))
            .collect())
    }

    /// Refuses a file of another program or of a newer release.
    pub(crate) fn check_owner(&self) -> Result<()> {
        let id = self.run(|connection| number(connection, "application_id"))?;
        let version = self.version()?;
        let shown = quoted_path(self.path());
        if id != APPLICATION_ID {
            let message = format!("{shown} is empty or not a database of clawpowers");
            return Err(Error::storage(Storage::Corrupt, message));
        }
        if version > VERSION {
            return Err(self.file.newer(version));
        }
        Ok(())
    }
}

/// One thing of a schema.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) kind: String,
    pub(crate) name: String,
    sql: String,
}

impl Part {
    /// Reads the schema of a database.
    pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Self>> {
        // SQLite's own tables hold no more than its statistics.
        let sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map((), |row| {
            Ok(Self {
                kind: row.get(0)?,
                name: row.get(1)?,
                sql: row.get(2)?,
            })
        })?;
        rows.collect()
    }

    /// Returns the schema of a version. Released steps never change, so every sound file has the same words.
    pub(crate) fn expected(version: usize) -> rusqlite::Result<Vec<Self>> {
        let connection = Connection::open_in_memory()?;
        for step in MIGRATIONS.iter().take(version) {
            connection.execute_batch(step)?;
        }
        Self::all(&connection)
    }

    /// Tells whether what somebody's tools added leaves our statements as they are. A trigger would run with them, and a
    /// view stand for a table; a unique index refuses rows, one over an expression computes with each, and a table that
    /// refers to ours keeps rows from being deleted.
    pub(crate) fn is_harmless(&self) -> bool {
        let sql = self.sql.to_ascii_uppercase();
        match self.kind.as_str() {
            // SQLite writes the first words of a statement in one way only.
            "index" => !sql.starts_with("CREATE UNIQUE") && sql.matches('(').count() == 1,
            "table" => !sql.contains("REFERENCES"),
            _ => false,
        }
    }
}
