//! What imports that were stopped left behind.

use super::entries::ARE_STAGED;
use crate::db::Db;
use crate::error::Result;

/// What imports that were stopped left behind. It does not count, and the next import deletes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Executions.
    pub executions: u64,
    /// Keys.
    pub keys: u64,
}

impl Db {
    /// Returns what imports that were stopped left behind; nothing while another one is at work.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where the file cannot be read.
    pub fn leftovers(&self) -> Result<Leftovers> {
        if self.is_importing() {
            return Ok(Leftovers::default());
        }
        self.run(|connection| {
            let sql = format!(
                "SELECT (SELECT ifnull(sum(last - first + 1), 0) FROM staged),
                     (SELECT count(*) FROM staged_entry) * NOT {ARE_STAGED}"
            );
            connection.query_row(&sql, (), |row| {
                Ok(Leftovers {
                    executions: row.get::<_, i64>(0)?.unsigned_abs(),
                    keys: row.get::<_, i64>(1)?.unsigned_abs(),
                })
            })
        })
    }
}
