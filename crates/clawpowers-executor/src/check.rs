//! Checks a whole database: the file and the statistics in it.

use crate::db::{Db, Part};
use crate::display::quoted;
use crate::error::Result;

/// The maximum number of problems of a kind that are listed, the same as in SQLite's checks.
const LISTED: usize = 20;

impl Db {
    /// Checks the pages and rows of the file, that no table is missing, and that the statistics of each skill match its
    /// executions; with `deep`, also every index. Returns the problems.
    pub fn check(&mut self, deep: bool) -> Result<Vec<String>> {
        let mut problems = if deep {
            self.integrity_check()?
        } else {
            self.quick_check()?
        };
        if problems.is_empty() {
            let (missing, _) = self.schema_difference()?;
            let shown = |part: &Part| format!("the {} {} is missing or changed", part.kind, part.name);
            problems.extend(missing.iter().map(shown));
        }
        if problems.is_empty() {
            let differing = self.ledger().differing()?;
            problems.extend(differing.iter().take(LISTED).map(|skill| {
                let skill = quoted(skill);
                format!("the statistics of the skill {skill} do not match its executions")
            }));
            if let Some(more) = differing.len().checked_sub(LISTED).filter(|more| *more > 0) {
                problems.push(format!("and those of {more} other skills"));
            }
        }
        Ok(problems)
    }
}
