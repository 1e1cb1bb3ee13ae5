//! How much is remembered.

use super::Memory;
use super::entry::Kind;
use crate::db::Tx;
use crate::error::Result;

/// How many entries and checkpoints there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries by their kinds, in the order of [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    /// Tasks with a saved state.
    pub checkpoints: u64,
}

impl Memory<'_> {
    /// Counts entries and checkpoints.
    pub fn counts(&mut self) -> Result<Counts> {
        let count = |tx: &Tx<'_>| {
            let mut counts = Counts::default();
            let sql = "SELECT kind, count(*) FROM memory GROUP BY kind";
            let kinds: Vec<(i64, u64)> = tx.query_all(sql, (), |row| row.try_into())?;
            for (number, count) in kinds {
                // As an entry of an unknown kind is read.
                let kind = Kind::from_number(number).unwrap_or(Kind::Semantic);
                let kinds = Kind::ALL.iter().zip(&mut counts.kinds);
                for (_, sum) in kinds.filter(|(known, _)| **known == kind) {
                    *sum += count;
                }
            }
            counts.checkpoints = tx.query_row("SELECT count(*) FROM checkpoint", (), |row| row.get(0))?;
            Ok(counts)
        };
        self.read(count, || Ok(Counts::default()))
    }
}
