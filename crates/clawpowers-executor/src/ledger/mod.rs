//! Executions of skills, and statistics of each skill that are updated in the same transactions.

mod analysis;
mod deletion;
mod execution;
mod fields;
mod identity;
mod import;
mod jsonl;
mod query;
mod recover;
mod rollup;
mod stage;

pub use analysis::{AnalysisCheckpoint, DailyCounts, ModelCount};
pub use deletion::{Deletion, Name};
pub use execution::{Execution, NewExecution, Outcome, check_skill};
pub use fields::{ExecutionFields, MAX_NOTES_BYTES, MAX_TEXT_BYTES};
pub use import::{ImportReport, Skipped};
pub use jsonl::{csv, csv_header, jsonl};
pub use query::{Filter, Order};
pub use rollup::{SkillStats, Sum, TokenSum};

pub(crate) use identity::{FileHash, Hash, IS_KNOWN, hash};
pub(crate) use recover::{
    DELETED_COLUMNS, EXECUTION_COLUMNS, SKILL_COLUMNS, rebuild, recover_deleted, recover_execution,
    recover_skill,
};
pub use stage::Leftovers;
pub(crate) use stage::{ARE_STAGED, Importer, KeptKeys};

use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use rollup::Delta;
use rusqlite::OptionalExtension as _;
use std::io::BufRead;

/// The executions of a home. Every call is one transaction; what returns without an error is durable.
#[derive(Debug)]
pub struct Ledger<'a> {
    db: &'a mut Db,
}

impl Db {
    /// Returns the executions.
    pub const fn ledger(&mut self) -> Ledger<'_> {
        Ledger::new(self)
    }
}

impl<'a> Ledger<'a> {
    pub(crate) const fn new(db: &'a mut Db) -> Self {
        Self { db }
    }

    /// Records an execution that has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a value that breaks a rule, [`Error::Storage`] where it cannot be written.
    pub fn record(&mut self, new: &NewExecution<'_>, outcome: Outcome) -> Result<Recorded> {
        new.check()?;
        self.db.write(|tx| insert(tx, new, Some(outcome)))
    }

    /// Records that an execution has begun; until it is finished it counts as open.
    ///
    /// # Errors
    ///
    /// As [`Ledger::record`].
    pub fn start(&mut self, new: &NewExecution<'_>) -> Result<Recorded> {
        new.check()?;
        self.db.write(|tx| insert(tx, new, None))
    }

    /// Ends an open execution. A field without a value keeps the one given at the start; the duration is the time since
    /// then unless it is given.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such execution, [`Error::Invalid`] where it has ended already or a value
    /// breaks a rule, [`Error::Storage`] where it cannot be written.
    pub fn finish(&mut self, id: i64, outcome: Outcome, fields: &ExecutionFields<&str>) -> Result<Execution> {
        fields.check()?;
        self.db.write(|tx| {
            let Some(old) = query::by_id(tx, id)? else {
                return Err(deletion::no_execution(
                    tx,
                    id,
                    "{metrics_show outcome=open} lists those that wait for their end",
                )?);
            };
            if let Some(ended) = old.outcome {
                return Err(Error::invalid(
                    format!("the execution `{id}` has ended already, with {ended}"),
                    "start another with {metrics_start}; it was left as it is",
                ));
            }
            let ended = old.ended(outcome, fields, Timestamp::now());
            let skill = tx.run(|connection| query::update(connection, &old, &ended))?;
            let mut delta = Delta::default();
            delta.take_back_open();
            delta.add(ended.outcome, ended.at, &ended.fields)?;
            delta.apply(tx, skill)?;
            Ok(ended)
        })
    }

    /// Forgets an open execution whose command could not be started.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where it cannot be written.
    pub fn abandon(&mut self, id: i64) -> Result<()> {
        self.db.write(|tx| {
            let skill = tx.run(|connection| {
                let mut statement = connection
                    .prepare_cached("DELETE FROM execution WHERE id = ? AND outcome = 4 RETURNING skill")?;
                statement.query_row([id], |row| row.get::<_, i64>(0)).optional()
            })?;
            if let Some(skill) = skill {
                let mut delta = Delta::default();
                delta.take_back_open();
                delta.apply(tx, skill)?;
            }
            Ok(())
        })
    }

    /// Deletes an execution and returns it. The statistics of its skill count the remaining executions; what
    /// identifies it is kept, so that no import brings it back and one elsewhere deletes it too.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such execution, [`Error::Storage`] where it cannot be written.
    pub fn delete(&mut self, id: i64) -> Result<Execution> {
        let home = self.db.home_id()?;
        self.db.write_on_full_disk(|tx| {
            let Some(old) = query::by_id(tx, id)? else {
                return Err(deletion::no_execution(
                    tx,
                    id,
                    "{metrics_show} lists the last ones with their ids",
                )?);
            };
            deletion::delete(tx, &old, &home)?;
            Ok(old)
        })
    }

    /// Calls `each` with the deletions of a skill, or of all, from a time on and before another, in the order of their executions'
    /// times, until `each` returns `false`. A session or an outcome of the filter is not known of them and not compared.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where they cannot be read.
    pub fn each_deletion(&mut self, filter: &Filter, each: impl FnMut(Deletion) -> bool) -> Result<()> {
        self.db.read(|tx| deletion::each(tx, filter, each))
    }

    /// Calls `each` with the executions that match a filter, one by one, until `each` returns `false`.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where they cannot be read.
    pub fn each(&mut self, filter: &Filter, order: Order, each: impl FnMut(Execution) -> bool) -> Result<()> {
        self.db.read(|tx| query::each(tx, filter, order, each))
    }

    /// Returns the last executions that match a filter, the oldest of them first.
    ///
    /// # Errors
    ///
    /// As [`Ledger::each`].
    pub fn last(&mut self, filter: &Filter, limit: usize) -> Result<Vec<Execution>> {
        let (found, read) = self.last_readable(filter, limit);
        read.map(|()| found)
    }

    /// As [`Ledger::last`]; where rows are damaged, the others come with the error.
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

    /// Returns the statistics of each skill that matches a filter, in the order of their names. Without a period, a session or
    /// an outcome this reads one row a skill, however many executions there are.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where they cannot be read.
    pub fn stats(&mut self, filter: &Filter) -> Result<Vec<SkillStats>> {
        self.db.read(|tx| {
            if filter.is_only_skill() {
                rollup::kept(tx, filter.skill.as_deref())
            } else {
                rollup::counted(tx, filter)
            }
        })
    }

    /// Compares the stored statistics with a count of the executions; returns the names of the skills where they differ.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where they cannot be read.
    pub fn differing(&mut self) -> Result<Vec<String>> {
        self.db.read(rollup::differing)
    }

    /// Imports lines of JSON, each an execution: all of them or none. `source` is what the report calls where they come
    /// from. A line that was imported before is not imported again; equal lines of one source are one execution each.
    ///
    /// Other processes write in between where there are many lines, and none sees an execution before all are there. One
    /// process imports at a time: it holds `import.lock` beside the database, and others wait as long as it makes progress.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`] where the lines cannot be read or the database cannot be written; nothing is imported then. A
    /// line that holds no execution is no error but a row of the report.
    pub fn import(&mut self, lines: impl BufRead, source: &str) -> Result<ImportReport> {
        let lock = self.db.lock_imports()?;
        let read = |importer: &mut Importer<'_>| importer.lines(lines, source);
        Ok(Importer::run(self.db, lock.as_ref(), read, |_| Ok(()))?.report)
    }
}

/// What was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The id of the execution in this home.
    pub id: i64,
    /// Whether it is the only one of its skill.
    pub is_first: bool,
}

/// Inserts an execution and adds it to the statistics of its skill.
fn insert(tx: &Tx<'_>, new: &NewExecution<'_>, outcome: Option<Outcome>) -> Result<Recorded> {
    let at = new.time()?;
    let (skill, is_first) = skill_row(tx, new.skill)?;
    let execution = new.execution(outcome, at);
    let id = tx.run(|connection| query::insert(connection, skill, &execution))?;
    let mut delta = Delta::default();
    delta.add(outcome, at, &new.fields)?;
    delta.apply(tx, skill)?;
    Ok(Recorded { id, is_first })
}

/// Returns the row of a skill, made where it is missing, and whether it has no executions.
fn skill_row(tx: &Tx<'_>, name: &str) -> Result<(i64, bool)> {
    tx.run(|connection| {
        let mut find = connection.prepare_cached(
            "SELECT id, success + failure + partial + skipped + open = 0 FROM skill WHERE name = ?",
        )?;
        let found = find.query_row([name], |row| Ok((row.get(0)?, row.get(1)?)));
        if let Some(found) = found.optional()? {
            return Ok(found);
        }
        let mut insert = connection.prepare_cached("INSERT INTO skill (name) VALUES (?)")?;
        Ok((insert.insert([name])?, true))
    })
}
