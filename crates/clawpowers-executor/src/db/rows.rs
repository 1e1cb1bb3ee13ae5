//! Statements, and rows with corrupt values.

use super::Db;
use crate::error::{Result, wrong_value};
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

impl Db {
    /// Calls `work` with the connection and converts its error.
    pub(crate) fn run<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(&self.connection).map_err(|error| self.file.failed(&error))
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.run(|connection| connection.prepare_cached(sql)?.execute(values))
    }

    /// Returns whether a query returns a row.
    pub(crate) fn exists(&self, sql: &str, values: impl Params) -> Result<bool> {
        self.run(|connection| connection.prepare_cached(sql)?.exists(values))
    }

    /// Returns the first row of a query that always has one.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.run(|connection| connection.prepare_cached(sql)?.query_row(values, read))
    }

    /// Returns the first row of a query; `None` if it has none.
    pub(crate) fn query_optional<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.run(|connection| connection.prepare_cached(sql)?.query_row(values, read).optional())
    }

    /// Returns all rows of a query.
    pub(crate) fn query_all<T, C: FromIterator<T>>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<C> {
        self.run(|connection| connection.prepare_cached(sql)?.query_map(values, read)?.collect())
    }

    /// Calls `each` with the rows of a query, one by one, until it returns `false`. Rows that cannot be read are skipped;
    /// the error that counts them comes after all others.
    pub(crate) fn each_row(
        &self,
        sql: &str,
        values: impl Params,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<()> {
        let (mut unreadable, mut first) = (0_u64, String::new());
        self.run(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                match each(row) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        let what = wrong_value(&error).ok_or(error)?;
                        if unreadable == 0 {
                            first = what;
                        }
                        unreadable += 1;
                    }
                }
            }
            Ok(())
        })?;
        let rows = match unreadable {
            0 => return Ok(()),
            1 => "1 row cannot be read".to_owned(),
            rows => format!("{rows} rows cannot be read"),
        };
        let what = format!("{rows}: {first}; all other rows were read");
        Err(self.file.corrupt(&what))
    }
}
