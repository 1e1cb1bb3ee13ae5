//! Finds changes of a success rate in a list of outcomes.

use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use clawpowers_executor::Outcome;
use clawpowers_feedback::{Change, Detector, MIN_EXECUTIONS, wilson};
use serde::{Deserialize, Serialize};

/// The outcomes.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `success`, `failure`, `partial` or `skipped`, the oldest first; skipped ones are passed over.
    pub outcomes: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The changes, the oldest first.
    pub changes: Vec<ChangeOut>,
    /// The rate since the last change.
    pub rate: RateOut,
    /// How many more outcomes it takes until a change since then can be told.
    pub missing: u64,
}

/// A change of a rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeOut {
    /// `drop` or `rise`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["drop", "rise"])))]
    pub direction: &'static str,
    /// The place in the list of the first outcome of the new rate, from 0, as well as can be told.
    pub at: u64,
    /// The place of the outcome with which it was found.
    pub found: u64,
    /// The rate between the change before this one and this one.
    pub before: RateOut,
    /// The rate from the change until it was found.
    pub after: RateOut,
}

/// A success rate with its Wilson 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RateOut {
    /// Successes.
    pub success: u64,
    /// Successes, failures and partial successes.
    pub total: u64,
    /// The rate; `null` where there are none.
    pub value: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl RateOut {
    /// Makes the rate of some of all.
    #[must_use]
    pub fn new((success, total): (u64, u64)) -> Self {
        let interval = wilson(success, total);
        Self {
            success,
            total,
            value: (total > 0).then(|| success as f64 / total as f64),
            low: interval.low,
            high: interval.high,
        }
    }
}

/// Finds changes; at most 5 % of lists of 200 outcomes at a steady rate give one.
///
/// # Errors
///
/// `invalid_input` for a text that is no outcome.
pub fn run(_runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut detector = Detector::new();
    let mut places = Vec::new();
    let mut changes = Vec::new();
    for (place, text) in request.outcomes.iter().enumerate() {
        let outcome = Outcome::parse(text)?;
        if outcome == Outcome::Skipped {
            continue;
        }
        places.push(place as u64);
        if let Some(change) = detector.push(outcome == Outcome::Success) {
            changes.push(in_places(&change, &places));
        }
    }
    let (success, total) = detector.segment();
    Ok(Response {
        changes,
        rate: RateOut::new((success, total)),
        missing: MIN_EXECUTIONS.saturating_sub(total),
    })
}

/// Writes a change in places of the list, in which skipped ones count.
fn in_places(change: &Change, places: &[u64]) -> ChangeOut {
    let place = |index: u64| {
        usize::try_from(index)
            .ok()
            .and_then(|index| places.get(index))
            .copied()
            .unwrap_or(index)
    };
    ChangeOut {
        direction: change.direction.as_str(),
        at: place(change.at),
        found: place(change.found),
        before: RateOut::new(change.before),
        after: RateOut::new(change.after),
    }
}
