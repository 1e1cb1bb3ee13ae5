//! The report on one skill: its rate, its changes, its weeks.

use crate::compare::compare;
use crate::detect::{Direction, MIN_EXECUTIONS};
use crate::history::{DatedChange, History, Observation, Position, SavedHistory};
use crate::rate::{Rate, Tier};
use serde::Serialize;
use std::collections::BTreeMap;

/// The number of weeks in a report.
const WEEKS: i64 = 12;
/// A change is significant while the p-value of its difference is below this.
const HOLDS: f64 = 0.01;
/// The minimum number of executions for which a rate gets a tier.
pub(crate) const MIN_JUDGED: u64 = 10;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The input of the analysis of a skill. Times are microseconds since 1970, days whole days since then, both in UTC.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// Successes.
    pub success: u64,
    /// Successes, failures and partial successes.
    pub total: u64,
    /// The sum of the costs in US dollars, if there are any.
    pub cost: Option<f64>,
    /// The sum of the tokens, if there are any.
    pub tokens: Option<f64>,
    /// The day of the last execution that has ended.
    pub last_day: Option<i64>,
    /// Days with the successes, failures, partial successes and skipped executions that ended on them.
    pub days: &'a [(i64, [i64; 4])],
    /// Durations in microseconds with the number of executions that took as long, in ascending order.
    pub durations: &'a [(u64, u64)],
    /// The current time.
    pub now: i64,
    /// The time of the report, up to which it shows executions.
    pub as_of: i64,
    /// Writes a time in RFC 3339.
    pub format_time: fn(i64) -> String,
}

/// The report on one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillAnalysis {
    /// The success rate of all executions; skipped and open ones do not count.
    pub rate: Rate,
    /// The success rate since the last change.
    pub recent: Rate,
    /// The tier of the recent rate; also `unsure` with fewer than ten executions.
    pub tier: Tier,
    /// US dollars for each success, if costs are known.
    pub cost_per_success: Option<f64>,
    /// Tokens for each success, if they are known.
    pub tokens_per_success: Option<f64>,
    /// The changes in its rate, the oldest first.
    pub changes: Vec<ChangeReport>,
    /// The twelve calendar weeks up to that of `as_of`, the oldest first.
    pub weeks: Vec<Week>,
    /// Whole days between its last execution and `as_of`; `null` if none has ended.
    pub idle_days: Option<i64>,
    /// Whether it had no execution in the twelve weeks.
    pub idle: bool,
    /// A histogram of its durations, without empty ranges.
    pub durations: Vec<Bin>,
    /// What is missing before the skill can be rated, or a change in its rate detected; `null` if nothing is.
    pub missing: Option<String>,
}

/// The number of executions whose duration is in a range. Each range is twice as wide as the one before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bin {
    /// The lower end, in seconds.
    pub from: f64,
    /// The upper end, in seconds.
    pub to: f64,
    /// The number of executions.
    pub count: u64,
}

/// A change of a skill's rate.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeReport {
    /// Whether the rate fell or rose.
    pub direction: Direction,
    /// The time of the first execution with the new rate.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: String,
    /// How many executions ago the change was.
    pub runs_ago: u64,
    /// The rate before.
    pub before: Rate,
    /// The rate from the change up to the next one.
    pub after: Rate,
    /// Whether the executions since then still differ from those before (p < 0.01).
    pub holds: bool,
}

/// The executions of one calendar week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Week {
    /// The first day of the week, a Monday, in UTC.
    pub start: String,
    /// Successes.
    pub success: i64,
    /// The number of failures.
    pub failure: i64,
    /// The number of partial successes.
    pub partial: i64,
    /// The number of skipped executions.
    pub skipped: i64,
}

/// Analyzes a skill without reading again what the saved history covers. Returns the report and, if there are enough
/// new executions, the history to save; `after` returns the executions after a position, as for [`History::update`].
///
/// # Errors
///
/// What `after` returns.
pub fn analyze<E>(
    input: &Input<'_>,
    saved: Option<&SavedHistory>,
    after: impl FnMut(Option<Position>) -> Result<Vec<Observation>, E>,
) -> Result<(SkillAnalysis, Option<SavedHistory>), E> {
    let (history, next) = History::update(input.total, saved, input.now, after)?;
    Ok((report(input, &history), next))
}

fn report(input: &Input<'_>, history: &History) -> SkillAnalysis {
    let recent = Rate::new(history.detector.segment());
    let per_success = |sum: f64| (input.success > 0).then(|| sum / input.success as f64);
    let as_of = input.as_of.div_euclid(MICROS_PER_DAY);
    let first_week = first_day(input.as_of);
    SkillAnalysis {
        rate: Rate::new((input.success, input.total)),
        tier: match input.total < MIN_JUDGED {
            true => Tier::Unsure,
            false => Tier::of(&recent),
        },
        cost_per_success: input.cost.and_then(per_success),
        tokens_per_success: input.tokens.and_then(per_success),
        changes: changes(input, history),
        weeks: (0..WEEKS)
            .map(|number| week(input, first_week + 7 * number))
            .collect(),
        // With a wrong clock the last day may be in the future.
        idle_days: input.last_day.map(|day| (as_of - day).max(0)),
        idle: input.last_day.is_some_and(|day| day < first_week),
        durations: bins(input.durations),
        missing: missing(input.total, recent.total, history),
        recent,
    }
}

fn missing(total: u64, recent: u64, history: &History) -> Option<String> {
    if total < MIN_JUDGED {
        let more = count(MIN_JUDGED - total, "more execution");
        return Some(format!("{more} needed for a rating"));
    }
    (recent < MIN_EXECUTIONS && history.changes.is_empty()).then(|| {
        let more = count(MIN_EXECUTIONS - recent, "more execution");
        format!("{more} needed to detect a change")
    })
}

fn changes(input: &Input<'_>, history: &History) -> Vec<ChangeReport> {
    let change = |(index, change): (usize, &DatedChange)| {
        // The executions after a change are those before the next one.
        let since = history
            .changes
            .get(index + 1)
            .map_or_else(|| history.detector.segment(), |next| next.before);
        let compared = compare(change.before, since);
        ChangeReport {
            direction: change.direction,
            since: (input.format_time)(change.since),
            runs_ago: history.detector.seen() - change.at,
            before: Rate::new(change.before),
            after: Rate::new(since),
            holds: compared.is_some_and(|one| {
                one.p_value < HOLDS && (one.difference < 0.0) == (change.direction == Direction::Drop)
            }),
        }
    };
    history.changes.iter().enumerate().map(change).collect()
}

/// Returns the first day of the weeks in a report, as of a time.
#[must_use]
pub const fn first_day(as_of: i64) -> i64 {
    let day = as_of.div_euclid(MICROS_PER_DAY);
    // 1970 began on a Thursday, and a week begins on a Monday.
    day - (day + 3).rem_euclid(7) - 7 * (WEEKS - 1)
}

fn week(input: &Input<'_>, start: i64) -> Week {
    let mut sums = [0; 4];
    let days = input
        .days
        .iter()
        .filter(|(day, _)| (start..start + 7).contains(day));
    for (_, counts) in days {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let [success, failure, partial, skipped] = sums;
    let time = (input.format_time)(start.saturating_mul(MICROS_PER_DAY));
    Week {
        start: time.chars().take(10).collect(),
        success,
        failure,
        partial,
        skipped,
    }
}

/// Returns a histogram of durations with bins that double, from one microsecond.
fn bins(durations: &[(u64, u64)]) -> Vec<Bin> {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for (micros, count) in durations {
        *counts.entry((*micros).max(1).ilog2()).or_default() += count;
    }
    let bin = |(doubling, count): (u32, u64)| {
        let from = (1_u64 << doubling.min(62)) as f64 / 1e6;
        Bin {
            from,
            to: from * 2.0,
            count,
        }
    };
    counts.into_iter().map(bin).collect()
}

/// Writes a count with its noun, in the plural unless the count is 1.
pub(crate) fn count(count: u64, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}
