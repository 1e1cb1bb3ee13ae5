//! The statistics of each skill.

use super::execution::{Execution, OPEN, Outcome};
use super::fields::ExecutionFields;
use super::query::{self, Filter, VISIBLE};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::histogram::{bucket, quantile};
use crate::timestamp::Timestamp;
use rusqlite::Row;
use std::collections::BTreeMap;

/// The sum of a field, and how many executions have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many executions have the field.
    pub count: i64,
    /// The sum.
    pub total: i64,
}

impl Sum {
    fn add(&mut self, sign: i64, value: i64) -> Result<()> {
        self.count += sign;
        self.total = sum(self.total, sign * value)?;
        Ok(())
    }

    const fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.total = self.total.saturating_add(other.total);
    }
}

/// The sums of tokens, and how many executions have any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenSum {
    /// How many executions have input or output tokens.
    pub count: i64,
    /// The sum of input tokens.
    pub input: i64,
    /// The sum of output tokens.
    pub output: i64,
}

/// The statistics of a skill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkillStats {
    /// The name of the skill.
    pub skill: String,
    /// Executions by outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [i64; 4],
    /// Executions that have not ended.
    pub open: i64,
    /// Durations of ended executions, in microseconds.
    pub duration: Sum,
    /// Costs of ended executions, in billionths of a US dollar.
    pub cost: Sum,
    /// Tokens of ended executions.
    pub tokens: TokenSum,
    /// The times of the first and the last ended execution.
    pub period: Option<(Timestamp, Timestamp)>,
    /// Durations by bucket of the logarithmic histogram, in ascending order.
    pub durations: Vec<(u32, u64)>,
}

impl SkillStats {
    /// Returns the number of executions that have ended.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.outcomes.iter().sum()
    }

    /// Returns the number of executions with an outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> i64 {
        self.outcomes.get(outcome as usize).copied().unwrap_or_default()
    }

    /// Returns a quantile of the durations in microseconds, at most 2% away from the exact one.
    #[must_use]
    pub fn duration_quantile(&self, q: f64) -> Option<u64> {
        quantile(&self.durations, q)
    }

    /// Adds the statistics of another skill, for a total.
    pub fn merge(&mut self, other: &Self) {
        for (own, other) in self.outcomes.iter_mut().zip(other.outcomes) {
            *own += other;
        }
        self.open += other.open;
        self.duration.merge(other.duration);
        self.cost.merge(other.cost);
        self.tokens = TokenSum {
            count: self.tokens.count + other.tokens.count,
            input: self.tokens.input.saturating_add(other.tokens.input),
            output: self.tokens.output.saturating_add(other.tokens.output),
        };
        self.period = match (self.period, other.period) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
        let mut counts: BTreeMap<u32, u64> = self.durations.iter().copied().collect();
        for (bucket, count) in &other.durations {
            *counts.entry(*bucket).or_default() += count;
        }
        self.durations = counts.into_iter().collect();
    }
}

/// A change of the statistics of one skill.
#[derive(Debug, Default)]
pub(super) struct Delta {
    stats: SkillStats,
    durations: BTreeMap<u32, i64>,
    days: BTreeMap<i64, [i64; 4]>,
}

impl Delta {
    /// Adds an execution.
    pub(super) fn add<T>(
        &mut self,
        outcome: Option<Outcome>,
        at: Timestamp,
        fields: &ExecutionFields<T>,
    ) -> Result<()> {
        if outcome.is_some() {
            self.stats.period = match self.stats.period {
                None => Some((at, at)),
                Some((first, last)) => Some((first.min(at), last.max(at))),
            };
        }
        self.count(outcome, at, fields, 1)
    }

    /// Removes an execution. The period may become shorter: see [`settle`].
    pub(super) fn remove(&mut self, execution: &Execution) -> Result<()> {
        self.count(execution.outcome, execution.at, &execution.fields, -1)
    }

    /// Removes an execution that has not ended.
    pub(super) fn remove_open(&mut self) {
        self.stats.open -= 1;
    }

    fn count<T>(
        &mut self,
        outcome: Option<Outcome>,
        at: Timestamp,
        fields: &ExecutionFields<T>,
        sign: i64,
    ) -> Result<()> {
        let stats = &mut self.stats;
        let Some(outcome) = outcome else {
            // Its duration, cost and tokens count once it has ended.
            stats.open += sign;
            return Ok(());
        };
        let day = self.days.entry(at.day()).or_default();
        for counts in [&mut stats.outcomes, day] {
            for (index, count) in counts.iter_mut().enumerate() {
                *count += sign * i64::from(index == outcome as usize);
            }
        }
        if let Some(duration) = fields.duration {
            stats.duration.add(sign, duration)?;
            let bucket = bucket(duration.unsigned_abs());
            *self.durations.entry(bucket).or_default() += sign;
        }
        if let Some(cost) = fields.cost {
            stats.cost.add(sign, cost)?;
        }
        if fields.tokens_in.is_some() || fields.tokens_out.is_some() {
            let tokens = &mut stats.tokens;
            tokens.count += sign;
            tokens.input = sum(tokens.input, sign * fields.tokens_in.unwrap_or_default())?;
            tokens.output = sum(tokens.output, sign * fields.tokens_out.unwrap_or_default())?;
        }
        Ok(())
    }

    /// Returns the statistics of a skill that has these executions and no other ones.
    fn into_stats(self, skill: String) -> SkillStats {
        let durations = self.durations.into_iter();
        SkillStats {
            skill,
            durations: durations
                .map(|(bucket, count)| (bucket, count.unsigned_abs()))
                .collect(),
            ..self.stats
        }
    }

    /// Adds the change to the stored statistics of a skill.
    pub(super) fn apply(&self, tx: &Tx<'_>, skill: i64) -> Result<()> {
        let change = &self.stats;
        let [success, failure, partial, skipped] = change.outcomes;
        // A sum beyond 64 bits would become a fraction without an error; then no row is changed.
        let changed = tx.execute(
            "UPDATE skill SET success = success + ?2, failure = failure + ?3, partial = partial + ?4,
                 skipped = skipped + ?5, open = open + ?6, timed = timed + ?7, duration = duration + ?8,
                 priced = priced + ?9, cost = cost + ?10, metered = metered + ?11, tokens_in = tokens_in + ?12,
                 tokens_out = tokens_out + ?13, first_at = min(ifnull(first_at, ?14), ifnull(?14, first_at)),
                 last_at = max(ifnull(last_at, ?15), ifnull(?15, last_at))
             WHERE id = ?1 AND typeof(duration + ?8) = 'integer' AND typeof(cost + ?10) = 'integer'
                 AND typeof(tokens_in + ?12) = 'integer' AND typeof(tokens_out + ?13) = 'integer'",
            rusqlite::params![
                skill,
                success,
                failure,
                partial,
                skipped,
                change.open,
                change.duration.count,
                change.duration.total,
                change.cost.count,
                change.cost.total,
                change.tokens.count,
                change.tokens.input,
                change.tokens.output,
                change.period.map(|period| period.0.micros()),
                change.period.map(|period| period.1.micros()),
            ],
        )?;
        if changed != 1 {
            return Err(too_large());
        }
        for (bucket, count) in &self.durations {
            tx.execute(
                "INSERT INTO duration_bucket (skill, bucket, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (skill, bucket) DO UPDATE SET count = count + excluded.count",
                (skill, bucket, count),
            )?;
        }
        for (day, [success, failure, partial, skipped]) in &self.days {
            tx.execute(
                "INSERT INTO day (skill, day, success, failure, partial, skipped) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (skill, day) DO UPDATE SET success = success + excluded.success,
                     failure = failure + excluded.failure, partial = partial + excluded.partial,
                     skipped = skipped + excluded.skipped",
                (skill, day, success, failure, partial, skipped),
            )?;
        }
        Ok(())
    }
}

/// Deletes rows of zeros and corrects the period of a skill, after executions were removed.
pub(super) fn settle(tx: &Tx<'_>, skill: i64) -> Result<()> {
    for sql in [
        "DELETE FROM duration_bucket WHERE skill = ? AND count = 0",
        "DELETE FROM day WHERE skill = ? AND success = 0 AND failure = 0 AND partial = 0 AND skipped = 0",
        &format!(
            "UPDATE skill SET
                 first_at = (SELECT at FROM execution WHERE skill = ?1 AND outcome < 4 AND {VISIBLE}
                     ORDER BY at LIMIT 1),
                 last_at = (SELECT at FROM execution WHERE skill = ?1 AND outcome < 4 AND {VISIBLE}
                     ORDER BY at DESC LIMIT 1)
             WHERE id = ?1"
        ),
    ] {
        tx.execute(sql, [skill])?;
    }
    Ok(())
}

fn sum(a: i64, b: i64) -> Result<i64> {
    a.checked_add(b).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::invalid(
        "the sum of the skill's durations, costs or tokens would overflow 64 bits",
        "look for a wrong value with {metrics_show}; nothing was written",
    )
}

/// Reads the stored statistics, of one skill or of all.
pub(super) fn stored(tx: &Tx<'_>, skill: Option<&str>) -> Result<Vec<SkillStats>> {
    let stored = stored_with_ids(tx, skill)?.into_iter().map(|(_, stats)| stats);
    // All executions of a skill may have been deleted.
    Ok(stored.filter(|stats| stats.total() + stats.open > 0).collect())
}

fn stored_with_ids(tx: &Tx<'_>, skill: Option<&str>) -> Result<Vec<(i64, SkillStats)>> {
    let mut stored: Vec<(i64, SkillStats)> = tx.query_all(
        "SELECT id, name, success, failure, partial, skipped, open, timed, duration, priced, cost, metered,
             tokens_in, tokens_out, first_at, last_at
         FROM skill WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
        [skill],
        |row| Ok((row.get(0)?, from_row(row)?)),
    )?;
    for (id, stats) in &mut stored {
        let sql = "SELECT bucket, count FROM duration_bucket WHERE skill = ? ORDER BY bucket";
        stats.durations = tx.query_all(sql, [*id], |row| row.try_into())?;
    }
    Ok(stored)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SkillStats> {
    let (first, last): (Option<i64>, Option<i64>) = (row.get(14)?, row.get(15)?);
    Ok(SkillStats {
        skill: row.get(1)?,
        outcomes: outcomes(row, 2)?,
        open: row.get(6)?,
        duration: Sum {
            count: row.get(7)?,
            total: row.get(8)?,
        },
        cost: Sum {
            count: row.get(9)?,
            total: row.get(10)?,
        },
        tokens: TokenSum {
            count: row.get(11)?,
            input: row.get(12)?,
            output: row.get(13)?,
        },
        period: first
            .map(Timestamp::from_micros)
            .zip(last.map(Timestamp::from_micros)),
        durations: Vec::new(),
    })
}

/// Reads four columns that count executions by outcome.
pub(super) fn outcomes(row: &Row<'_>, first: usize) -> rusqlite::Result<[i64; 4]> {
    Ok([
        row.get(first)?,
        row.get(first + 1)?,
        row.get(first + 2)?,
        row.get(first + 3)?,
    ])
}

/// Computes the statistics of the executions that match a filter.
pub(super) fn computed(tx: &Tx<'_>, filter: &Filter) -> Result<Vec<SkillStats>> {
    let mut found = Vec::new();
    for (skill, delta) in deltas(tx, filter)? {
        let sql = "SELECT name FROM skill WHERE id = ?";
        // An execution without a skill is only in a damaged file.
        if let Some(name) = tx.query_optional(sql, [skill], |row| row.get(0))? {
            found.push(delta.into_stats(name));
        }
    }
    found.sort_by(|a, b| a.skill.cmp(&b.skill));
    Ok(found)
}

/// Counts the executions that match a filter, by the id of their skill.
pub(super) fn deltas(tx: &Tx<'_>, filter: &Filter) -> Result<BTreeMap<i64, Delta>> {
    const SELECT: &str = "SELECT skill, outcome, at, duration, cost, tokens_in, tokens_out FROM execution";
    let mut deltas: BTreeMap<i64, Delta> = BTreeMap::new();
    let mut added = Ok(());
    // Unordered: sorting many rows takes longer than reading them.
    query::each_row(tx, SELECT, filter, "", |row| {
        let fields = ExecutionFields::<String> {
            duration: row.get(3)?,
            cost: row.get(4)?,
            tokens_in: row.get(5)?,
            tokens_out: row.get(6)?,
            ..ExecutionFields::default()
        };
        let (outcome, at) = (
            Outcome::from_number(row.get(1)?),
            Timestamp::from_micros(row.get(2)?),
        );
        added = deltas.entry(row.get(0)?).or_default().add(outcome, at, &fields);
        Ok(added.is_ok())
    })?;
    added.map(|()| deltas)
}

/// Compares the stored statistics and days with a count of all executions, which are read once. Returns the names of the
/// skills for which they differ, and the ids of those that have executions but no row.
pub(super) fn differing(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut counted = deltas(tx, &Filter::default())?;
    let mut days = stored_days(tx)?;
    let mut names = Vec::new();
    for (id, stored) in stored_with_ids(tx, None)? {
        let mut delta = counted.remove(&id).unwrap_or_default();
        let same_days = days.remove(&id).unwrap_or_default() == std::mem::take(&mut delta.days);
        if !same_days || delta.into_stats(stored.skill.clone()) != stored {
            names.push(stored.skill);
        }
    }
    let without_row = counted.into_keys().chain(days.into_keys());
    names.extend(without_row.map(|id| format!("number {id}")));
    names.sort();
    names.dedup();
    Ok(names)
}

/// Reads the stored counts of each day, by skill and day.
fn stored_days(tx: &Tx<'_>) -> Result<BTreeMap<i64, BTreeMap<i64, [i64; 4]>>> {
    let mut days: BTreeMap<i64, BTreeMap<i64, [i64; 4]>> = BTreeMap::new();
    let sql = "SELECT skill, day, success, failure, partial, skipped FROM day";
    let rows: Vec<(i64, i64, _)> =
        tx.query_all(sql, (), |row| Ok((row.get(0)?, row.get(1)?, outcomes(row, 2)?)))?;
    for (skill, day, outcomes) in rows {
        days.entry(skill).or_default().insert(day, outcomes);
    }
    Ok(days)
}

const _: () = assert!(OPEN == Outcome::ALL.len() as i64);
