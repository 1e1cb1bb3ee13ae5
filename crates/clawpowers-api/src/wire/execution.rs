//! JSON representations of executions, and their filters.

use super::named::{self, Named as _};
use crate::wire::error::{ApiError, Result};
use crate::wire::number::{Amount, MAX_WHOLE};
use crate::wire::shared::shared_fields;
use clawpowers_executor::ledger::{self, Filter};
use clawpowers_executor::{Error, Outcome, Timestamp};
use clawpowers_loader::display::quote;
use serde::Serialize;

shared_fields! {
    $
    /// The context of an execution.
    pub struct ExecutionFields by execution_fields {
        pub session: Option<String>,
        pub agent: Option<String>,
        pub model: Option<String>,
        /// A label for the tier of the model, such as `large`.
        pub tier: Option<String>,
        pub project: Option<String>,
        /// The W3C trace context that it runs in.
        #[cfg_attr(feature = "schema", schemars(extend(
            "examples" = ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]
        )))]
        pub traceparent: Option<String>,
    }
}

impl ExecutionFields {
    pub(crate) fn fields(&self) -> ledger::ExecutionFields<&str> {
        ledger::ExecutionFields {
            session: self.session.as_deref(),
            agent: self.agent.as_deref(),
            model: self.model.as_deref(),
            tier: self.tier.as_deref(),
            project: self.project.as_deref(),
            traceparent: self.traceparent.as_deref(),
            ..ledger::ExecutionFields::default()
        }
    }
}

/// Reads the start or the end of a period.
pub(crate) fn bound(text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    text.map(|text| Timestamp::parse_bound(text, now)).transpose()
}

/// Reads the time of an execution, which must not be in the future.
pub(crate) fn past(text: &str, now: Timestamp) -> Result<Timestamp> {
    /// How far the clock of another machine may be ahead, in microseconds.
    const CLOCK: i64 = 5 * 60 * 1_000_000;
    /// How long before UTC a day begins in other time zones.
    const DAY: i64 = 14 * 3600 * 1_000_000;
    let at = Timestamp::parse(text)?;
    let is_date = !text.contains([':', 'T', 't']);
    let ahead = if is_date { DAY } else { CLOCK };
    if at.micros() <= now.micros().saturating_add(ahead) {
        return Ok(at);
    }
    let message = format!("the time {} is in the future", quote(text));
    Err(ApiError::invalid_input(message).hint(format!(
        "use a time in the past; the clock of this machine says {now}"
    )))
}

pub(crate) fn tokens(text: &str) -> Result<i64> {
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| {
        let text = quote(text);
        ApiError::invalid_input(format!(
            "the number of tokens {text} is not a non-negative integer"
        ))
        .hint("use whole numbers")
    })
}

pub(crate) fn id(text: &str, hint: &str) -> Result<i64> {
    text.parse().map_err(|_| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let what = if is_number { "too large" } else { "not a number" };
        let message = format!("the id {} is {what}", quote(text));
        ApiError::invalid_input(message).hint(hint)
    })
}

/// Parses an optional amount.
pub(crate) fn parsed<E>(
    amount: Option<&Amount>,
    parse: fn(&str) -> Result<i64, E>,
) -> Result<Option<i64>, E> {
    amount.map(|Amount(text)| parse(text)).transpose()
}

shared_fields! {
    $
    /// The executions that an operation is about.
    pub struct ExecutionFilter by execution_filter {
        /// Keep only executions of this skill (exact name).
        pub skill: Option<String>,
        /// Keep only executions of this session.
        pub session: Option<String>,
        /// Keep only executions at this time or later: a time, a date, or how long ago (`7d`).
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
        pub since: Option<String>,
        /// Keep only executions before this time.
        #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
        pub until: Option<String>,
        /// Keep only executions with this outcome: `success`, `failure`, `partial`, `skipped` or `open`.
        pub outcome: Option<String>,
    }
}

impl ExecutionFilter {
    pub(crate) fn filter(&self) -> Result<Filter> {
        let now = Timestamp::now();
        let outcome = match self.outcome.as_deref() {
            None => None,
            Some("open") => Some(None),
            Some(text) => Some(Some(Outcome::parse(text).map_err(|error| {
                ApiError::from(error).hint("an outcome is success, failure, partial, skipped or open")
            })?)),
        };
        Ok(Filter {
            skill: self.skill.clone(),
            session: self.session.clone(),
            outcome,
            since: bound(self.since.as_deref(), now)?,
            until: bound(self.until.as_deref(), now)?,
            limit: None,
        })
    }
}

execution_fields! {
    /// An execution of a skill.
    #[derive(Debug, Clone, Default, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub struct Execution {
        /// The id of the execution in this home.
        pub id: String,
        /// When it was recorded or, if it was started here, when it started: from the year 1 to 9999-12-30T22:00:00Z.
        #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
        pub at: String,
        pub skill: String,
        /// How it ended; `open` if it has not ended.
        #[serde(serialize_with = "named::serialize")]
        #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Option<Outcome>>"))]
        pub outcome: Option<Outcome>,
        /// How long it took, in seconds.
        pub duration: Option<f64>,
        pub notes: Option<String>,
        /// The cost in US dollars.
        pub cost: Option<f64>,
        pub tokens_in: Option<i64>,
        pub tokens_out: Option<i64>,
        pub skill_version: Option<String>,
        pub skill_digest: Option<String>,
        /// `run`, `import`, or `null` if it was recorded directly.
        pub source: Option<String>,
    }
}

impl Execution {
    /// Returns the name of its outcome, or `open` if it has not ended.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.outcome.name()
    }
}

impl From<ledger::Execution> for Execution {
    fn from(execution: ledger::Execution) -> Self {
        let fields = execution.fields;
        Self {
            id: execution.id.to_string(),
            at: execution.at.to_string(),
            skill: execution.skill,
            outcome: execution.outcome,
            duration: fields.duration.map(seconds),
            notes: fields.notes,
            cost: fields.cost.map(dollars),
            tokens_in: fields.tokens_in,
            tokens_out: fields.tokens_out,
            skill_version: fields.skill_version,
            skill_digest: fields.skill_digest,
            source: fields.source,
            ..Self::default()
        }
        .with(ExecutionFields {
            session: fields.session,
            agent: fields.agent,
            model: fields.model,
            tier: fields.tier,
            project: fields.project,
            traceparent: fields.traceparent,
        })
    }
}

/// Statistics of one skill, or of all executions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Executions that have ended.
    pub total: i64,
    pub success: i64,
    pub failure: i64,
    pub partial: i64,
    pub skipped: i64,
    /// Executions that have not ended; not part of `total`.
    pub open: i64,
    /// Durations, if any are known.
    pub duration: Option<Duration>,
    /// Costs, if any are known.
    pub cost: Option<Cost>,
    /// Tokens, if any are known.
    pub tokens: Option<Tokens>,
    /// The time of the first execution that has ended.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub first_at: Option<String>,
    /// The time of the last execution that has ended.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub last_at: Option<String>,
}

/// Durations in seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Duration {
    /// Executions with a duration.
    pub count: i64,
    pub total: f64,
    pub mean: f64,
    /// The median, within 2%.
    pub p50: f64,
    /// The 95th percentile, within 2%.
    pub p95: f64,
}

/// Costs in US dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Executions with a cost.
    pub count: i64,
    pub total: f64,
}

/// Token counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tokens {
    /// Executions with tokens.
    pub count: i64,
    /// The sum of input tokens (at most 2⁵³−1).
    pub tokens_in: i64,
    /// The sum of output tokens (at most 2⁵³−1).
    pub tokens_out: i64,
}

impl From<&ledger::SkillStats> for Figures {
    fn from(figures: &ledger::SkillStats) -> Self {
        let quantile = |q| {
            figures
                .duration_quantile(q)
                .map_or(0.0, |micros| micros as f64 / 1e6)
        };
        let (duration, cost, tokens) = (figures.duration, figures.cost, figures.tokens);
        let at = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Self {
            total: figures.total(),
            success: figures.of(Outcome::Success),
            failure: figures.of(Outcome::Failure),
            partial: figures.of(Outcome::Partial),
            skipped: figures.of(Outcome::Skipped),
            open: figures.open,
            duration: (duration.count > 0).then(|| Duration {
                count: duration.count,
                total: seconds(duration.total),
                mean: duration.total as f64 / duration.count as f64 / 1e6,
                p50: quantile(0.5),
                p95: quantile(0.95),
            }),
            cost: (cost.count > 0).then(|| Cost {
                count: cost.count,
                total: dollars(cost.total),
            }),
            tokens: (tokens.count > 0).then_some(Tokens {
                count: tokens.count,
                tokens_in: tokens.input.min(MAX_WHOLE.cast_signed()),
                tokens_out: tokens.output.min(MAX_WHOLE.cast_signed()),
            }),
            first_at: at(figures.period.map(|period| period.0)),
            last_at: at(figures.period.map(|period| period.1)),
        }
    }
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

fn dollars(nanodollars: i64) -> f64 {
    nanodollars as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::past;
    use clawpowers_executor::Timestamp;

    #[test]
    fn times_allow_clock_skew_and_time_zones() {
        let now = Timestamp::parse("2026-11-10T12:00:00Z").unwrap();
        for good in [
            "2026-11-10T12:00:00Z",
            "2026-11-10T12:05:00Z",
            "2026-11-10T14:00:00+02:00",
            "2026-11-10",
            // It has begun in Auckland.
            "2026-11-11",
            "0001-01-01",
        ] {
            assert!(past(good, now).is_ok(), "{good}");
        }
        for bad in [
            "2026-11-10T12:05:01Z",
            "2026-11-11T00:00:00Z",
            "2026-11-12",
            "9999-12-30T22:00:00Z",
        ] {
            assert!(
                past(bad, now).unwrap_err().message.contains("is in the future"),
                "{bad}"
            );
        }
    }
}
