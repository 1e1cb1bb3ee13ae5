//! Rows of imports that were stopped.

use super::entries::ARE_STAGED;
use crate::db::Db;
use crate::error::Result;

/// Rows of imports that were stopped. They do not count, and the next import deletes them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Leftovers {
    pub executions: u64,
    pub keys: u64,
}

impl Db {
    /// Counts the rows of imports that were stopped; none while another import runs.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` where the file cannot be read.
    pub fn leftovers(&self) -> Result<Leftovers> {
        if self.is_importing() {
            return Ok(Leftovers::default());
        }
        let sql = format!(
            "SELECT (SELECT ifnull(sum(last - first + 1), 0) FROM staged),
                 (SELECT count(*) FROM staged_entry) * NOT {ARE_STAGED}"
        );
        self.query_row(&sql, (), |row| {
            Ok(Leftovers {
                executions: row.get(0)?,
                keys: row.get(1)?,
            })
        })
    }
}
