//! Checks a file: damage, another program's file, a newer release's.

use super::schema::{APPLICATION_ID, MEMORY, MEMORY_TABLE, SHOW_STAGED, STAGED_TRIGGER, VERSION, in_memory};
use super::{Db, pragma};
use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use rusqlite::Connection;
use std::collections::BTreeSet;

impl Db {
    /// Checks the whole file (pages, rows, types, and every index against its table) and returns the first 20 problems. The
    /// time grows faster than the size of the file.
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        self.problems("PRAGMA integrity_check(20)")
    }

    /// Like [`Db::integrity_check`] without the comparison of indexes and tables. Reads every page once.
    pub(crate) fn quick_check(&self) -> Result<Vec<String>> {
        self.problems("PRAGMA quick_check(20)")
    }

    fn problems(&self, check: &str) -> Result<Vec<String>> {
        let rows: Vec<String> = self.query_all(check, (), |row| row.get(0))?;
        // A row may have several problems, one on each line.
        let lines = rows.iter().flat_map(|row| row.lines());
        Ok(lines
            .filter(|line| *line != "ok" && !line.starts_with("*** in database"))
            .map(str::to_owned)
            .collect())
    }

    /// Returns the tables and indexes of its schema version that are missing or have another definition, and those that the
    /// version does not have. The parts that an import adds while it moves its keys, and the tables of memory, are expected
    /// where they are.
    pub(crate) fn schema_difference(&self) -> Result<(BTreeSet<Part>, BTreeSet<Part>)> {
        let version = usize::try_from(self.version()?).unwrap_or_default();
        let found = self.run(Part::all)?;
        let expected = self.run(|_| {
            let expected = in_memory(version)?;
            for (kind, name, sql) in [
                ("trigger", STAGED_TRIGGER, SHOW_STAGED),
                ("table", MEMORY_TABLE, MEMORY),
            ] {
                if found.iter().any(|part| part.kind == kind && part.name == name) {
                    expected.execute_batch(sql)?;
                }
            }
            Part::all(&expected)
        })?;
        Ok((&expected - &found, &found - &expected))
    }

    /// Rejects a file of another program or of a newer release.
    pub(crate) fn check_owner(&self) -> Result<()> {
        let id = self.run(|connection| pragma::<i32>(connection, "application_id"))?;
        let version = self.version()?;
        if id != APPLICATION_ID {
            let shown = quoted_path(self.path());
            let message = format!("{shown} is empty or not a database of clawpowers");
            return Err(Error::storage(Storage::Corrupt, message));
        }
        if version > VERSION {
            return Err(self.file.newer(version));
        }
        Ok(())
    }
}

/// A table, an index, a view or a trigger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) kind: String,
    pub(crate) name: String,
    sql: String,
}

impl Part {
    /// Reads the schema of a database. That of a version is the same text in every sound file.
    fn all(connection: &Connection) -> rusqlite::Result<BTreeSet<Self>> {
        // SQLite's own tables only have its statistics.
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

    /// Returns whether our statements work the same with a part that another tool added. A trigger would run with them and a
    /// view can replace a table; a unique index rejects rows, one over an expression computes with each row, and a table
    /// with a foreign key to ours keeps rows from being deleted.
    pub(crate) fn is_harmless(&self) -> bool {
        let sql = self.sql.to_ascii_uppercase();
        match self.kind.as_str() {
            // SQLite normalizes the first words of a statement.
            "index" => !sql.starts_with("CREATE UNIQUE") && sql.matches('(').count() == 1,
            "table" => !sql.contains("REFERENCES"),
            _ => false,
        }
    }
}
