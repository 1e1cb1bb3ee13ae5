//! The tables of memory, which the first write creates.

use crate::db::schema::{MEMORY, MEMORY_TABLE};
use crate::db::{Db, Tx};
use crate::error::Result;

impl Db {
    /// Returns whether the tables of memory were created.
    pub(crate) fn has_memory(&self) -> Result<bool> {
        self.exists("SELECT 1 FROM sqlite_schema WHERE name = ?", [MEMORY_TABLE])
    }
}

impl Tx<'_> {
    /// Creates the tables of memory unless they exist.
    pub(crate) fn create_memory(&self) -> Result<()> {
        match self.has_memory()? {
            true => Ok(()),
            false => self.run(|connection| connection.execute_batch(MEMORY)),
        }
    }
}
