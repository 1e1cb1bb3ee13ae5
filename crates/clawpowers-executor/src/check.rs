//! Checks a whole database: the file and the statistics in it.

use crate::db::{Db, Part};
use crate::display::quoted;
use crate::error::Result;
use crate::memory;

/// The maximum number of problems of a kind that are listed, the same as in SQLite's checks.
pub(crate) const LISTED: usize = 20;

/// What a check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is damaged.
    pub problems: Vec<String>,
    /// Facts that are not problems.
    pub notes: Vec<String>,
}

impl Db {
    /// Checks the pages and rows of the file, that no table is missing, that the statistics of each skill match its
    /// executions, and the links and values of entries; with `deep`, also every index.
    pub fn check(&mut self, deep: bool) -> Result<Checked> {
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
        if problems.is_empty() {
            return memory::check(self, deep);
        }
        Ok(Checked {
            problems,
            notes: Vec::new(),
        })
    }
}
