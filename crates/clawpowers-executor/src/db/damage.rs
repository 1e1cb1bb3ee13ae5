//! What is wrong with a file: damage, another program's file, a newer release's.

use super::{Db, number};
use crate::error::{Error, Result, Storage, quoted};
use crate::schema::{APPLICATION_ID, VERSION};

impl Db {
    /// Looks for damage in the whole file; empty where there is none. Reads everything.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the file cannot even be looked at.
    pub fn damage(&self) -> Result<Vec<String>> {
        let lines = self.run(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
            let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Looks at whose file this is.
    pub(crate) fn check_owner(&self) -> Result<()> {
        let id = self.run(|connection| number(connection, "application_id"))?;
        let version = self.version()?;
        let shown = quoted(&self.path);
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
