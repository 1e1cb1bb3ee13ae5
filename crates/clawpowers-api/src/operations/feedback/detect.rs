//! Finds changes in a success rate in a list of outcomes.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::Outcome;
use clawpowers_feedback::{Change, Detector, MIN_EXECUTIONS, Rate};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `success`, `failure`, `partial` or `skipped`, the oldest first; `skipped` is ignored.
    pub outcomes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The changes, the oldest first.
    pub changes: Vec<Change>,
    /// The rate since the last change.
    pub rate: Rate,
    /// How many more outcomes are needed before the next change can be detected.
    pub missing: u64,
}

/// Finds changes. In a list of 200 outcomes at a constant rate, one is found with a probability of at most 5%.
///
/// # Errors
///
/// `invalid_input` for an unknown outcome.
pub fn run(_runtime: &Runtime, request: &Request) -> Result<Response> {
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
            changes.push(in_places(change, &places));
        }
    }
    let (success, total) = detector.segment();
    Ok(Response {
        changes,
        rate: Rate::new((success, total)),
        missing: MIN_EXECUTIONS.saturating_sub(total),
    })
}

/// Converts the positions of a change to those of the list, in which skipped outcomes count.
fn in_places(change: Change, places: &[u64]) -> Change {
    let place = |index: u64| {
        let place = usize::try_from(index).ok().and_then(|index| places.get(index));
        place.copied().unwrap_or(index)
    };
    Change {
        at: place(change.at),
        found: place(change.found),
        ..change
    }
}
