//! What an analysis reads of the executions, and where it keeps how far it came.

use super::query::COUNTS;
use super::{Ledger, Outcome};
use crate::error::Result;
use crate::timestamp::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

/// The executions of a skill that ended on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCounts {
    /// The skill.
    pub skill: String,
    /// The day in UTC, counted from 1970.
    pub day: i64,
    /// Executions by outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [i64; 4],
}

/// How far an analysis of a skill got, so that the next one continues there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisCheckpoint {
    /// The time and the id of the last execution that it has seen.
    pub last: (Timestamp, i64),
    /// Its state, a text that only the analysis reads.
    pub state: String,
}

/// A model and how many of a skill's last executions it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCount {
    /// The model.
    pub model: String,
    /// With success.
    pub success: u64,
    /// That count for a rate: skipped and open ones do not.
    pub total: u64,
}

impl Ledger<'_> {
    /// Returns the models of the last `limit` executions of a skill from a time on and before another, the most used first.
    /// Executions without a model are left out.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where they cannot be read.
    pub fn models(
        &self,
        skill: &str,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<ModelCount>> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT model, sum(outcome = 0), count(*) FROM (
                     SELECT model, outcome FROM execution
                     WHERE skill = (SELECT id FROM skill WHERE name = ?1) AND at >= ?2 AND at < ?3 AND outcome < 3
                         AND {COUNTS}
                     ORDER BY at DESC LIMIT ?4)
                 WHERE model IS NOT NULL GROUP BY model ORDER BY count(*) DESC, model"
            ))?;
            let since = since.map_or(i64::MIN, Timestamp::micros);
            let until = until.map_or(i64::MAX, Timestamp::micros);
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map((skill, since, until, limit), |row| {
                Ok(ModelCount {
                    model: row.get(0)?,
                    success: row.get::<_, i64>(1)?.unsigned_abs(),
                    total: row.get::<_, i64>(2)?.unsigned_abs(),
                })
            })?;
            rows.collect()
        })
    }

    /// Calls `each` with the ended executions of a skill after a given one, in the order of their times and numbers,
    /// until `each` returns `false`.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where they cannot be read.
    pub fn outcomes(
        &self,
        skill: &str,
        behind: Option<(Timestamp, i64)>,
        mut each: impl FnMut(Timestamp, i64, Outcome) -> bool,
    ) -> Result<()> {
        let (at, id) = behind.map_or((i64::MIN, i64::MIN), |(at, id)| (at.micros(), id));
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT at, id, outcome FROM execution
                 WHERE skill = (SELECT id FROM skill WHERE name = ?1) AND at >= ?2 AND (at > ?2 OR id > ?3)
                     AND outcome < 4 AND {COUNTS}
                 ORDER BY at, id"
            ))?;
            let mut rows = statement.query((skill, at, id))?;
            while let Some(row) = rows.next()? {
                let Some(outcome) = Outcome::from_number(row.get(2)?) else {
                    continue;
                };
                if !each(Timestamp::from_micros(row.get(0)?), row.get(1)?, outcome) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Returns what ended on each day from `first` on, of one skill or of all, by skill and day.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where they cannot be read.
    pub fn days(&self, skill: Option<&str>, first: i64) -> Result<Vec<DailyCounts>> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, day, day.success, day.failure, day.partial, day.skipped
                 FROM skill JOIN day ON day.skill = skill.id
                 WHERE (?1 IS NULL OR name = ?1) AND day >= ?2 ORDER BY name, day",
            )?;
            let rows = statement.query_map((skill, first), |row| {
                Ok(DailyCounts {
                    skill: row.get(0)?,
                    day: row.get(1)?,
                    outcomes: [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?],
                })
            })?;
            rows.collect()
        })
    }

    /// Returns successes and all that count for a rate (skipped and open ones do not) of the executions of a skill with a
    /// version, or with a digest that starts with a text of at least six characters; `None` where no execution has it.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where they cannot be read.
    pub fn of_version(&self, skill: &str, version: &str) -> Result<Option<(u64, u64)>> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT ifnull(sum(outcome = 0), 0), ifnull(sum(outcome < 3), 0), count(*) FROM execution
                 WHERE skill = (SELECT id FROM skill WHERE name = ?1)
                     AND (skill_version = ?2 OR length(?2) > 5 AND substr(skill_digest, 1, length(?2)) = ?2)
                     AND {COUNTS}"
            ))?;
            let count = |row: &rusqlite::Row<'_>, index| {
                Ok::<_, rusqlite::Error>(row.get::<_, i64>(index)?.unsigned_abs())
            };
            statement.query_row((skill, version), |row| {
                Ok((count(row, 2)? > 0).then_some((count(row, 0)?, count(row, 1)?)))
            })
        })
    }

    /// Returns the versions of the executions of a skill, the last used first; where one has none, the first twelve
    /// characters of its digest.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where they cannot be read.
    pub fn versions(&self, skill: &str) -> Result<Vec<String>> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT ifnull(skill_version, substr(skill_digest, 1, 12)) AS version FROM execution
                 WHERE skill = (SELECT id FROM skill WHERE name = ?)
                     AND ifnull(skill_version, skill_digest) IS NOT NULL AND {COUNTS}
                 GROUP BY version ORDER BY max(at) DESC, version"
            ))?;
            let rows = statement.query_map([skill], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Returns how far the analysis of a skill got.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where it cannot be read.
    pub fn checkpoint(&self, skill: &str) -> Result<Option<AnalysisCheckpoint>> {
        self.db.run(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT at, execution, state FROM analysis WHERE skill = (SELECT id FROM skill WHERE name = ?)",
            )?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok(AnalysisCheckpoint {
                    last: (Timestamp::from_micros(row.get(0)?), row.get(1)?),
                    state: row.get(2)?,
                })
            };
            statement.query_row([skill], read).optional()
        })
    }

    /// Returns how many executions were ever deleted; another number means that an analysis may rest on one of them.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where it cannot be read.
    pub fn deletions(&self) -> Result<i64> {
        self.db.run(count_deleted)
    }

    /// Saves how far the analyses of skills got, unless executions were deleted since there were `deletions` of them.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Storage`] where it cannot be written.
    pub fn save_checkpoints(&mut self, kept: &[(&str, AnalysisCheckpoint)], deletions: i64) -> Result<()> {
        self.db.write(|tx| {
            tx.run(|connection| {
                if count_deleted(connection)? != deletions {
                    return Ok(());
                }
                let mut statement = connection.prepare_cached(
                    "INSERT OR REPLACE INTO analysis (skill, at, execution, state)
                     SELECT id, ?2, ?3, ?4 FROM skill WHERE name = ?1",
                )?;
                for (skill, kept) in kept {
                    statement.execute((skill, kept.last.0.micros(), kept.last.1, &kept.state))?;
                }
                Ok(())
            })
        })
    }
}

fn count_deleted(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT count(*) FROM deleted")?
        .query_row((), |row| row.get(0))
}
