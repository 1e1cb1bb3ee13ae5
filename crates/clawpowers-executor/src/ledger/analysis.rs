//! The data that analyses read, and the saved analyses.

use super::query::VISIBLE;
use super::stats::outcomes;
use super::{Ledger, Outcome};
use crate::db::Db;
use crate::error::Result;
use crate::timestamp::Timestamp;

/// The executions of a skill that ended on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCounts {
    /// The name of the skill.
    pub skill: String,
    /// The day in UTC, counted from 1970.
    pub day: i64,
    /// Executions by outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [i64; 4],
}

/// The saved analysis of a skill: how far it got, so that the next one continues there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAnalysis {
    /// The time and the id of the last execution that it has seen.
    pub last: (Timestamp, i64),
    /// Its state, a string that only the analysis reads.
    pub state: String,
}

/// A model and the outcomes of a skill's last executions with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCount {
    /// The name of the model.
    pub model: String,
    /// The number of successes.
    pub success: u64,
    /// The number of executions that count for a rate: neither skipped nor open.
    pub total: u64,
}

impl Ledger<'_> {
    /// Returns the models of the last `limit` executions of a skill from `since` and before `until`, the most used first.
    /// Executions without a model are left out.
    pub fn models(
        &self,
        skill: &str,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<ModelCount>> {
        let sql = format!(
            "SELECT model, sum(outcome = 0), count(*) FROM (
                 SELECT model, outcome FROM execution
                 WHERE skill = (SELECT id FROM skill WHERE name = ?1) AND at >= ?2 AND at < ?3 AND outcome < 3
                     AND {VISIBLE}
                 ORDER BY at DESC LIMIT ?4)
             WHERE model IS NOT NULL GROUP BY model ORDER BY count(*) DESC, model"
        );
        let since = since.map_or(i64::MIN, Timestamp::micros);
        let until = until.map_or(i64::MAX, Timestamp::micros);
        self.db.query_all(&sql, (skill, since, until, limit), |row| {
            Ok(ModelCount {
                model: row.get(0)?,
                success: row.get(1)?,
                total: row.get(2)?,
            })
        })
    }

    /// Calls `each` with the ended executions of a skill after a given one, in the order of their times and ids, until
    /// `each` returns `false`.
    pub fn outcomes(
        &self,
        skill: &str,
        after: Option<(Timestamp, i64)>,
        mut each: impl FnMut(Timestamp, i64, Outcome) -> bool,
    ) -> Result<()> {
        let (at, id) = after.map_or((i64::MIN, i64::MIN), |(at, id)| (at.micros(), id));
        let sql = format!(
            "SELECT at, id, outcome FROM execution
             WHERE skill = (SELECT id FROM skill WHERE name = ?1) AND at >= ?2 AND (at > ?2 OR id > ?3)
                 AND outcome < 4 AND {VISIBLE}
             ORDER BY at, id"
        );
        self.db.each_row(&sql, (skill, at, id), |row| {
            let (at, id) = (Timestamp::from_micros(row.get(0)?), row.get(1)?);
            Ok(Outcome::from_number(row.get(2)?).is_none_or(|outcome| each(at, id, outcome)))
        })
    }

    /// Returns how many executions ended on each day from `first` on, of one skill or of all, by skill and day.
    pub fn days(&self, skill: Option<&str>, first: i64) -> Result<Vec<DailyCounts>> {
        self.db.query_all(
            "SELECT name, day, day.success, day.failure, day.partial, day.skipped
             FROM skill JOIN day ON day.skill = skill.id
             WHERE (?1 IS NULL OR name = ?1) AND day >= ?2 ORDER BY name, day",
            (skill, first),
            |row| {
                Ok(DailyCounts {
                    skill: row.get(0)?,
                    day: row.get(1)?,
                    outcomes: outcomes(row, 2)?,
                })
            },
        )
    }

    /// Returns the successes and the total of the executions of a skill with a version, or with a digest that starts with
    /// a string of at least six characters; skipped and open ones do not count. `None` if no execution has it.
    pub fn of_version(&self, skill: &str, version: &str) -> Result<Option<(u64, u64)>> {
        let sql = format!(
            "SELECT sum(outcome = 0), sum(outcome < 3) FROM execution
             WHERE skill = (SELECT id FROM skill WHERE name = ?1)
                 AND (skill_version = ?2 OR length(?2) > 5 AND substr(skill_digest, 1, length(?2)) = ?2)
                 AND {VISIBLE}
             HAVING count(*) > 0"
        );
        self.db
            .query_optional(&sql, (skill, version), |row| row.try_into())
    }

    /// Returns the versions of the executions of a skill, the most recently used first; for one without a version, the
    /// first twelve characters of its digest.
    pub fn versions(&self, skill: &str) -> Result<Vec<String>> {
        let sql = format!(
            "SELECT ifnull(skill_version, substr(skill_digest, 1, 12)) AS version FROM execution
             WHERE skill = (SELECT id FROM skill WHERE name = ?)
                 AND ifnull(skill_version, skill_digest) IS NOT NULL AND {VISIBLE}
             GROUP BY version ORDER BY max(at) DESC, version"
        );
        self.db.query_all(&sql, [skill], |row| row.get(0))
    }

    /// Returns the saved analysis of a skill.
    pub fn saved_analysis(&self, skill: &str) -> Result<Option<SavedAnalysis>> {
        let sql =
            "SELECT at, execution, state FROM analysis WHERE skill = (SELECT id FROM skill WHERE name = ?)";
        self.db.query_optional(sql, [skill], |row| {
            Ok(SavedAnalysis {
                last: (Timestamp::from_micros(row.get(0)?), row.get(1)?),
                state: row.get(2)?,
            })
        })
    }

    /// Returns how many executions were ever deleted. If the number changes, an analysis may include a deleted one.
    pub fn deletions(&self) -> Result<i64> {
        deletions(self.db)
    }

    /// Saves the analyses of skills, unless executions were deleted since there were `expected` deletions.
    pub fn save_analyses(&mut self, analyses: &[(&str, SavedAnalysis)], expected: i64) -> Result<()> {
        self.db.write(|tx| {
            if deletions(tx)? != expected {
                return Ok(());
            }
            for (skill, saved) in analyses {
                let (at, id) = saved.last;
                tx.execute(
                    "INSERT OR REPLACE INTO analysis (skill, at, execution, state)
                     SELECT id, ?2, ?3, ?4 FROM skill WHERE name = ?1",
                    (skill, at.micros(), id, &saved.state),
                )?;
            }
            Ok(())
        })
    }
}

fn deletions(db: &Db) -> Result<i64> {
    db.query_row("SELECT count(*) FROM deleted", (), |row| row.get(0))
}
