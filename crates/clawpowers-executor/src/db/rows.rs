//! Rows with values that no release writes, among others that can be read.

use super::{Db, DbFile, Tx};
use crate::error::{Result, wrong_value};

/// Counts rows that cannot be read, so that the others are still read.
#[derive(Debug, Default)]
pub(crate) struct Unreadable {
    rows: u64,
    first: String,
}

impl Unreadable {
    /// Takes a row; `None` where it holds what it should not.
    pub(crate) fn take<T>(&mut self, row: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
        match row {
            Ok(row) => Ok(Some(row)),
            Err(error) => {
                let what = wrong_value(&error).ok_or(error)?;
                if self.rows == 0 {
                    self.first = what;
                }
                self.rows += 1;
                Ok(None)
            }
        }
    }

    fn result(&self, file: &DbFile) -> Result<()> {
        let rows = match self.rows {
            0 => return Ok(()),
            1 => "1 row cannot be read".to_owned(),
            rows => format!("{rows} rows cannot be read"),
        };
        Err(file.corrupt(&format!("{rows}: {}; all other rows were read", self.first)))
    }
}

impl Db {
    /// Returns an error where there was such a row.
    pub(crate) fn check_rows(&self, unreadable: &Unreadable) -> Result<()> {
        unreadable.result(&self.file)
    }
}

impl Tx<'_> {
    /// As [`Db::check_rows`].
    pub(crate) fn check_rows(&self, unreadable: &Unreadable) -> Result<()> {
        unreadable.result(self.file)
    }
}
