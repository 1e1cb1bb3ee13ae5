//! Executions of skills, and statistics of each skill that are updated in the same transactions.

mod analysis;
mod deletion;
mod execution;
mod fields;
mod identity;
mod import;
mod jsonl;
mod outbox;
mod query;
mod recover;
mod stage;
mod stats;

pub use analysis::{DailyCounts, ModelCount, SavedAnalysis};
pub use deletion::{Deletion, IdenticalRecords, Name};
pub use execution::{Execution, NewExecution, Outcome, check_skill};
pub use fields::{ExecutionFields, MAX_NOTES_BYTES, MAX_TEXT_BYTES, is_traceparent};
pub use import::{ImportReport, Skipped};
pub use jsonl::{csv, csv_header, jsonl};
pub use query::{Filter, Order};

pub(crate) use identity::{FileHash, Hash, IS_KNOWN, hash};
pub(crate) use jsonl::Reason;
pub(crate) use recover::{
    DELETED_COLUMNS, EXECUTION_COLUMNS, SKILL_COLUMNS, insert_recovered, rebuild, recover_deleted,
    recover_execution, recover_skill,
};
pub use stage::Leftovers;
pub(crate) use stage::{Importer, KeptKeys, PAUSE};
pub use stats::{SkillStats, Sum, TokenSum};

use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use outbox::Change;
use stats::Delta;
use std::io::BufRead;

/// The executions of a home. Every call is one transaction, which is durable when the call returns without an error.
///
/// # Errors
///
/// Methods return `ErrorKind::Storage` if the database cannot be read or written; other errors are listed with the method.
#[derive(Debug)]
pub struct Ledger<'a> {
    db: &'a mut Db,
}

impl Db {
    /// Returns the ledger of this home.
    pub const fn ledger(&mut self) -> Ledger<'_> {
        Ledger { db: self }
    }
}

impl Ledger<'_> {
    /// Records an execution that has ended.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a value that is not valid.
    pub fn record(&mut self, new: &NewExecution<'_>, outcome: Outcome) -> Result<Recorded> {
        new.check()?;
        self.db.write(|tx| insert(tx, new, Some(outcome)))
    }

    /// Records that an execution has started; it is open until it is finished.
    ///
    /// # Errors
    ///
    /// Like [`Ledger::record`].
    pub fn start(&mut self, new: &NewExecution<'_>) -> Result<Recorded> {
        new.check()?;
        self.db.write(|tx| insert(tx, new, None))
    }

    /// Ends an open execution. A field without a value keeps the one from the start; without a duration, it is the time since
    /// then.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if there is no such execution, `ErrorKind::Invalid` if it has ended already or a value
    /// is not valid.
    pub fn finish(&mut self, id: i64, outcome: Outcome, fields: &ExecutionFields<&str>) -> Result<Execution> {
        fields.check()?;
        self.db.write(|tx| {
            let hint = "{metrics_show outcome=open} lists the open executions";
            let old = deletion::find(tx, id, hint)?;
            if let Some(ended) = old.outcome {
                return Err(Error::invalid(
                    format!("the execution `{id}` has already ended with the outcome {ended}"),
                    "start another with {metrics_start}; this one was not changed",
                ));
            }
            let ended = old.ended(outcome, fields, Timestamp::now());
            let skill = query::update(tx, &old, &ended)?;
            let mut delta = Delta::default();
            delta.remove_open();
            delta.add(ended.outcome, ended.at, &ended.fields)?;
            delta.apply(tx, skill)?;
            outbox::note(tx, id, Change::Ended)?;
            Ok(ended)
        })
    }

    /// Deletes an open execution whose command could not be started.
    pub fn abandon(&mut self, id: i64) -> Result<()> {
        self.db.write(|tx| {
            let sql = "DELETE FROM execution WHERE id = ? AND outcome = 4 RETURNING skill";
            if let Some(skill) = tx.query_optional(sql, [id], |row| row.get(0))? {
                let mut delta = Delta::default();
                delta.remove_open();
                delta.apply(tx, skill)?;
            }
            Ok(())
        })
    }

    /// Deletes an execution and returns it. The statistics of its skill no longer include it. What identifies it is kept, so
    /// that no import adds it again, and homes that import its tombstone delete it too.
    ///
    /// # Errors
    ///
    /// `ErrorKind::NotFound` if there is no such execution.
    pub fn delete(&mut self, id: i64) -> Result<Execution> {
        let home = self.db.home_id()?;
        self.db.write_on_full_disk(|tx| {
            let hint = "{metrics_show} lists the last executions with their ids";
            let old = deletion::find(tx, id, hint)?;
            deletion::delete(tx, &old, &home)?;
            Ok(old)
        })
    }

    /// Calls `each` with the tombstones that match the skill and the times of a filter, in the order of their executions'
    /// times, until `each` returns `false`. Deletions have no session and no outcome, so these are not compared.
    pub fn each_deletion(&mut self, filter: &Filter, each: impl FnMut(Deletion) -> bool) -> Result<()> {
        self.db.read(|tx| deletion::each(tx, filter, each))
    }

    /// Calls `each` with the executions that match a filter, one by one, until `each` returns `false`.
    pub fn each(&mut self, filter: &Filter, order: Order, each: impl FnMut(Execution) -> bool) -> Result<()> {
        self.db.read(|tx| query::each(tx, filter, order, each))
    }

    /// Returns the last executions that match a filter, the oldest of them first.
    pub fn last(&mut self, filter: &Filter, limit: usize) -> Result<Vec<Execution>> {
        let (found, read) = self.last_readable(filter, limit);
        read.map(|()| found)
    }

    /// Like [`Ledger::last`], but returns the executions that can be read even if others are damaged.
    pub fn last_readable(&mut self, filter: &Filter, limit: usize) -> (Vec<Execution>, Result<()>) {
        let filter = Filter {
            limit: Some(limit),
            ..filter.clone()
        };
        let mut found = Vec::new();
        let read = self.each(&filter, Order::NewestFirst, |execution| {
            found.push(execution);
            true
        });
        found.reverse();
        (found, read)
    }

    /// Returns the statistics of each skill for the executions that match a filter, in the order of their names. Without a
    /// period, a session or an outcome this reads one row for each skill, however many executions there are.
    pub fn stats(&mut self, filter: &Filter) -> Result<Vec<SkillStats>> {
        self.db.read(|tx| {
            if filter.is_only_skill() {
                stats::stored(tx, filter.skill.as_deref())
            } else {
                stats::computed(tx, filter)
            }
        })
    }

    /// Compares the stored statistics with a count of the executions; returns the names of the skills for which they differ.
    pub fn differing(&mut self) -> Result<Vec<String>> {
        self.db.read(stats::differing)
    }

    /// Imports lines of JSON, each an execution: all of them or none. The report calls them `source`. A line that was
    /// imported before is not imported again; identical lines of one source are one execution each.
    ///
    /// Other processes can write during a long import, and see none of its executions before all are imported. One process
    /// imports at a time: it locks `import.lock` beside the database, and others wait as long as it makes progress.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` also if the lines cannot be read; nothing is imported then. A line that is not an execution is not
    /// an error but a row of the report.
    pub fn import(&mut self, lines: impl BufRead, source: &str) -> Result<ImportReport> {
        let lock = self.db.lock_imports()?;
        let read = |importer: &mut Importer<'_>| importer.lines(lines, source);
        Ok(Importer::run(self.db, lock.as_ref(), read, |_| Ok(()))?.report)
    }
}

/// An execution that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The id of the execution in this home.
    pub id: i64,
    /// Whether it is the only one of its skill.
    pub is_first: bool,
}

/// Inserts an execution and adds it to the statistics of its skill.
fn insert(tx: &Tx<'_>, new: &NewExecution<'_>, outcome: Option<Outcome>) -> Result<Recorded> {
    let execution = new.execution(outcome)?;
    let (skill, is_first) = skill_row(tx, new.skill)?;
    let id = query::insert(tx, skill, &execution)?;
    let mut delta = Delta::default();
    delta.add(outcome, execution.at, &new.fields)?;
    delta.apply(tx, skill)?;
    Ok(Recorded { id, is_first })
}

/// Returns the id of a skill, whose row is created if it is missing, and whether it has no executions.
fn skill_row(tx: &Tx<'_>, name: &str) -> Result<(i64, bool)> {
    let sql = "SELECT id, success + failure + partial + skipped + open = 0 FROM skill WHERE name = ?";
    if let Some(found) = tx.query_optional(sql, [name], |row| row.try_into())? {
        return Ok(found);
    }
    let insert = "INSERT INTO skill (name) VALUES (?) RETURNING id";
    Ok((tx.query_row(insert, [name], |row| row.get(0))?, true))
}
