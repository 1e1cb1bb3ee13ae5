//! Checks a whole database: the file and what is kept in it.

use crate::db::Db;
use crate::display::quoted;
use crate::error::Result;
use crate::ledger::Ledger;

/// How many problems of one kind are listed, as SQLite's checks are asked to.
const LISTED: usize = 20;

impl Db {
    /// Checks everything that is cheap, and with `deep` everything: the pages and rows of the file, that no table is
    /// missing, and that the figures of each skill are those of its executions. Returns the problems.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where the file cannot even be read.
    pub fn check(&mut self, deep: bool) -> Result<Vec<String>> {
        let mut problems = if deep {
            self.integrity_check()?
        } else {
            self.quick_check()?
        };
        if problems.is_empty() {
            let missing = self.missing_parts()?;
            problems.extend(
                missing
                    .iter()
                    .map(|part| format!("the {part} is missing or changed")),
            );
        }
        if problems.is_empty() {
            let differing = Ledger::new(self).differing()?;
            problems.extend(differing.iter().take(LISTED).map(|skill| {
                let skill = quoted(skill);
                format!("the figures of the skill {skill} are not those of its executions")
            }));
            if let Some(more) = differing.len().checked_sub(LISTED).filter(|more| *more > 0) {
                problems.push(format!("and those of {more} other skills"));
            }
        }
        Ok(problems)
    }
}
