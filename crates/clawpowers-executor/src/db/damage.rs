//! What is wrong with a file: damage, another program's file, a newer release's.

use super::{Db, marker, number};
use crate::error::{Error, Result, Storage, quoted};
use crate::schema::{APPLICATION_ID, VERSION};

impl Db {
    /// Checks the whole file and returns the problems found, at most 20 and the first ones first: pages, rows, types, and
    /// every index against its table. Reads everything, in time that grows faster than the file.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the file cannot even be read.
    pub fn damage(&self) -> Result<Vec<String>> {
        self.problems("PRAGMA integrity_check(20)")
    }

    /// As [`Db::damage`] without the comparison of indexes and tables. Reads every page once.
    ///
    /// # Errors
    ///
    /// As [`Db::damage`].
    pub fn quick_damage(&self) -> Result<Vec<String>> {
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

    /// Returns the first problem that was noted when damage was found earlier.
    #[must_use]
    pub fn noted_damage(&self) -> Option<String> {
        self.file.real().and_then(marker::read)
    }

    /// Notes damage beside the database: from now on every process refuses to write to it.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the note cannot be written.
    pub fn note_damage(&self, problems: &[String]) -> Result<()> {
        let Some(real) = self.file.real() else {
            return Ok(());
        };
        marker::write(real, problems).map_err(|error| Error::io(real, &error))
    }

    /// Deletes the note of damage, because none was found.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be deleted.
    pub fn clear_damage(&self) -> Result<()> {
        let Some(real) = self.file.real() else {
            return Ok(());
        };
        marker::clear(real).map_err(|error| Error::io(real, &error))
    }

    /// Looks at whose file this is.
    pub(crate) fn check_owner(&self) -> Result<()> {
        let id = self.run(|connection| number(connection, "application_id"))?;
        let version = self.version()?;
        let shown = quoted(self.path());
        if id != APPLICATION_ID {
            let message = format!("{shown} is empty or not a database of clawpowers");
            return Err(Error::storage(Storage::Corrupt, message));
        }
        if version > VERSION {
            let message = format!("the database {shown} has schema {version}; this release knows {VERSION}");
            return Err(Error::storage(Storage::Newer, message));
        }
        Ok(())
    }
}
