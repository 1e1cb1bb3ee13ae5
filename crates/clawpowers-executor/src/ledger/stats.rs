//! The statistics of each skill.

use super::execution::{Execution, OPEN, Outcome};
use super::fields::ExecutionFields;
use super::query::{self, COUNTS, Filter};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::histogram::{bucket, quantile};
use crate::timestamp::Timestamp;
use rusqlite::{OptionalExtension as _, Row};
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
    /// The skill.
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
    /// Returns how many executions have ended.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.outcomes.iter().sum()
    }

    /// Returns how many ended with an outcome.
    #[must_use]
    pub const fn of(&self, outcome: Outcome) -> i64 {
        let [success, failure, partial, skipped] = self.outcomes;
        match outcome {
            Outcome::Success => success,
            Outcome::Failure => failure,
            Outcome::Partial => partial,
            Outcome::Skipped => skipped,
        }
    }

    /// Returns a quantile of the durations in microseconds, at most 2 % away from the exact one.
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

/// What changes in the statistics of one skill.
#[derive(Debug, Default)]
pub(super) struct Delta {
    stats: SkillStats,
    durations: BTreeMap<u32, i64>,
    days: BTreeMap<i64, [i64; 4]>,
}

impl Delta {
    /// Counts an execution.
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

    /// Takes back an execution that was counted. The period may be a shorter one then: [`settle`] finds it.
    pub(super) fn remove(&mut self, execution: &Execution) -> Result<()> {
        self.count(execution.outcome, execution.at, &execution.fields, -1)
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
            // What it took so far counts once it has ended.
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
        SkillStats {
            skill,
            durations: self
                .durations
                .into_iter()
                .map(|(bucket, count)| (bucket, count.unsigned_abs()))
                .collect(),
            ..self.stats
        }
    }

    /// Takes back an execution that was counted as open.
    pub(super) fn take_back_open(&mut self) {
        self.stats.open -= 1;
    }

    /// Adds the change to the stored statistics of a skill.
    pub(super) fn apply(&self, tx: &Tx<'_>, skill: i64) -> Result<()> {
        let change = &self.stats;
        let [success, failure, partial, skipped] = change.outcomes;
        let changed = tx.run(|connection| {
            // A sum that left 64 bits would become a fraction in silence, and no row is changed then.
            let mut statement = connection.prepare_cached(
                "UPDATE skill SET success = success + ?2, failure = failure + ?3, partial = partial + ?4,
                     skipped = skipped + ?5, open = open + ?6, timed = timed + ?7, duration = duration + ?8,
                     priced = priced + ?9, cost = cost + ?10, metered = metered + ?11, tokens_in = tokens_in + ?12,
                     tokens_out = tokens_out + ?13, first_at = min(ifnull(first_at, ?14), ifnull(?14, first_at)),
                     last_at = max(ifnull(last_at, ?15), ifnull(?15, last_at))
                 WHERE id = ?1 AND typeof(duration + ?8) = 'integer' AND typeof(cost + ?10) = 'integer'
                     AND typeof(tokens_in + ?12) = 'integer' AND typeof(tokens_out + ?13) = 'integer'",
            )?;
            statement.execute(rusqlite::params![
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
            ])
        })?;
        if changed != 1 {
            return Err(too_large());
        }
        tx.run(|connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO duration_bucket (skill, bucket, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (skill, bucket) DO UPDATE SET count = count + excluded.count",
            )?;
            for (bucket, count) in &self.durations {
                statement.execute((skill, bucket, count))?;
            }
            let mut statement = connection.prepare_cached(
                "INSERT INTO day (skill, day, success, failure, partial, skipped) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (skill, day) DO UPDATE SET success = success + excluded.success,
                     failure = failure + excluded.failure, partial = partial + excluded.partial,
                     skipped = skipped + excluded.skipped",
            )?;
            for (day, [success, failure, partial, skipped]) in &self.days {
                statement.execute((skill, day, success, failure, partial, skipped))?;
            }
            Ok(())
        })
    }
}

/// Brings the rows of a skill in line with its executions after some were removed: no row of zeros stays, and the period is
/// that of those that are left.
pub(super) fn settle(tx: &Tx<'_>, skill: i64) -> Result<()> {
    tx.run(|connection| {
        let execute = |sql: &str| connection.prepare_cached(sql)?.execute([skill]);
        execute("DELETE FROM duration_bucket WHERE skill = ? AND count = 0")?;
        execute(
            "DELETE FROM day WHERE skill = ? AND success = 0 AND failure = 0 AND partial = 0 AND skipped = 0",
        )?;
        execute(&format!(
            "UPDATE skill SET
                 first_at = (SELECT at FROM execution WHERE skill = ?1 AND outcome < 4 AND {COUNTS}
                     ORDER BY at LIMIT 1),
                 last_at = (SELECT at FROM execution WHERE skill = ?1 AND outcome < 4 AND {COUNTS}
                     ORDER BY at DESC LIMIT 1)
             WHERE id = ?1"
        ))?;
        Ok(())
    })
}

fn sum(a: i64, b: i64) -> Result<i64> {
    a.checked_add(b).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::invalid(
        "the sum of the skill's durations, costs or tokens would leave 64 bits",
        "look for a wrong figure with {metrics_show}; nothing was written",
    )
}

/// Reads the stored statistics, of one skill or of all.
pub(super) fn kept(tx: &Tx<'_>, skill: Option<&str>) -> Result<Vec<SkillStats>> {
    let mut found = kept_rows(tx, skill)?;
    // Every execution of it may have been forgotten.
    found.retain(|(_, stats)| stats.total() + stats.open > 0);
    Ok(found.into_iter().map(|(_, stats)| stats).collect())
}

/// Reads the stored statistics with the ids of their skills.
fn kept_rows(tx: &Tx<'_>, skill: Option<&str>) -> Result<Vec<(i64, SkillStats)>> {
    tx.run(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT id, name, success, failure, partial, skipped, open, timed, duration, priced, cost, metered,
                 tokens_in, tokens_out, first_at, last_at
             FROM skill WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([skill], |row| Ok((row.get::<_, i64>(0)?, from_row(row)?)))?;
        let mut found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut buckets =
            connection.prepare_cached("SELECT bucket, count FROM duration_bucket WHERE skill = ? ORDER BY bucket")?;
        for (id, stats) in &mut found {
            let rows = buckets.query_map([*id], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
            stats.durations = rows.collect::<rusqlite::Result<_>>()?;
        }
        Ok(found)
    })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SkillStats> {
    let period: (Option<i64>, Option<i64>) = (row.get(14)?, row.get(15)?);
    Ok(SkillStats {
        skill: row.get(1)?,
        outcomes: [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?],
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
        period: period
            .0
            .zip(period.1)
            .map(|(first, last)| (Timestamp::from_micros(first), Timestamp::from_micros(last))),
        durations: Vec::new(),
    })
}

/// Counts the executions that match a filter.
pub(super) fn counted(tx: &Tx<'_>, filter: &Filter) -> Result<Vec<SkillStats>> {
    let mut found = Vec::new();
    for (skill, delta) in deltas(tx, filter)? {
        let name = tx.run(|connection| {
            let mut statement = connection.prepare_cached("SELECT name FROM skill WHERE id = ?")?;
            statement.query_row([skill], |row| row.get(0)).optional()
        })?;
        // Only in a damaged file an execution is of no skill.
        if let Some(name) = name {
            found.push(delta.into_stats(name));
        }
    }
    found.sort_by(|a, b| a.skill.cmp(&b.skill));
    Ok(found)
}

/// Counts the executions that match a filter, by the row of their skill.
pub(super) fn deltas(tx: &Tx<'_>, filter: &Filter) -> Result<BTreeMap<i64, Delta>> {
    let mut deltas: BTreeMap<i64, Delta> = BTreeMap::new();
    query::each_figure(tx, filter, |skill, outcome, at, fields| {
        deltas.entry(skill).or_default().add(outcome, at, fields)
    })?;
    Ok(deltas)
}

/// Compares the stored statistics and days with a count of all executions, which are read once; returns the names of the
/// skills where they differ, and the numbers of those that have executions and no row.
pub(super) fn differing(tx: &Tx<'_>) -> Result<Vec<String>> {
    let mut counted = deltas(tx, &Filter::default())?;
    let mut days = kept_days(tx)?;
    let mut names = Vec::new();
    for (id, kept) in kept_rows(tx, None)? {
        let mut delta = counted.remove(&id).unwrap_or_default();
        let same_days = days.remove(&id).unwrap_or_default() == std::mem::take(&mut delta.days);
        if !same_days || delta.into_stats(kept.skill.clone()) != kept {
            names.push(kept.skill);
        }
    }
    let without_row = counted.into_keys().chain(days.into_keys());
    names.extend(without_row.map(|id| format!("number {id}")));
    names.sort();
    names.dedup();
    Ok(names)
}

/// Reads what is kept of each day, by skill and day.
fn kept_days(tx: &Tx<'_>) -> Result<BTreeMap<i64, BTreeMap<i64, [i64; 4]>>> {
    let mut days: BTreeMap<i64, BTreeMap<i64, [i64; 4]>> = BTreeMap::new();
    tx.run(|connection| {
        let mut statement =
            connection.prepare("SELECT skill, day, success, failure, partial, skipped FROM day")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let outcomes = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            days.entry(row.get(0)?).or_default().insert(row.get(1)?, outcomes);
        }
        Ok(())
    })?;
    Ok(days)
}

const _: () = assert!(OPEN == Outcome::ALL.len() as i64);
