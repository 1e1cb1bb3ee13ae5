//! Compares a plan's estimate with what it took, and lists its tasks.

use crate::runtime::Runtime;
use crate::text::spelled;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::{Key, Pattern};
use clawpowers_loader::display::{nearest, quote};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How much longer than estimated a plan may take before a correction is recommended.
const SLOW: f64 = 1.3;

/// The plan.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name: the keys `plan:NAME:…` and `execution:NAME:task_…` belong to it. `not_found` if there are none.
    pub plan: String,
}

/// Estimate, actual time and tasks of a plan.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Its name.
    pub plan: String,
    /// The value of `plan:NAME:estimated_duration` (minutes), as stored.
    pub estimated: Option<String>,
    /// The value of `plan:NAME:actual_duration` (minutes), as stored.
    pub actual: Option<String>,
    /// Actual time divided by the estimate, if both are numbers above 0.
    pub ratio: Option<f64>,
    /// The factor to multiply estimates by, if the plan took more than 1.3 times as long as estimated.
    pub recommended_factor: Option<f64>,
    /// The states of its tasks, including keys without a plan name (`execution:task_…`).
    pub tasks: Vec<ValueLine>,
}

/// A key with its value as text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ValueLine {
    /// The key.
    pub key: String,
    /// The value; bytes that are not UTF-8 are replaced by U+FFFD.
    pub value: String,
}

/// Looks at a plan's keys. What they hold is taken for text and numbers, nothing else.
///
/// # Errors
///
/// `not_found` where no key names the plan; `invalid_input` for a name that cannot be part of a key; `storage` where they
/// cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let found = read(runtime, request)?;
    let plan = &request.plan;
    let mut keys = keys(runtime, "plan:")?;
    keys.extend(self::keys(runtime, "execution:")?);
    let own = [format!("plan:{plan}:"), format!("execution:{plan}:task_")];
    if keys
        .iter()
        .any(|key| own.iter().any(|start| key.starts_with(start)))
    {
        return Ok(found);
    }
    let names: BTreeSet<&str> = keys.iter().filter_map(|key| plan_of(key)).collect();
    let hint = match nearest(plan, names) {
        Some(near) => format!("did you mean {}?", quote(near)),
        None => {
            "a plan has the keys `plan:NAME:estimated_duration` and `plan:NAME:actual_duration`".to_owned()
        }
    };
    let message = format!("there is no plan {}", quote(plan));
    Err(ApiError::new(ErrorCode::NotFound, message).hint(hint))
}

fn keys(runtime: &Runtime, start: &str) -> Result<Vec<String>, ApiError> {
    let found = runtime.read(|db| Ok(db.store().list(&Pattern::new(start))?))?;
    Ok(found.unwrap_or_default())
}

/// Returns the name of the plan in a key.
fn plan_of(key: &str) -> Option<&str> {
    match key.strip_prefix("plan:") {
        Some(rest) => rest.rsplit_once(':').map(|(name, _)| name),
        None => key
            .strip_prefix("execution:")?
            .split_once(":task_")
            .map(|(name, _)| name),
    }
}

/// Looks at a plan's keys as [`run`] does; a plan that no key names is one of which nothing is known, as in 1.x.
///
/// # Errors
///
/// As [`run`], but for `not_found`.
pub fn read(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let plan = &request.plan;
    let value = |field: &str| {
        let key = format!("plan:{plan}:{field}");
        let key = Key::new(&key)?;
        let found = runtime.read(|db| Ok(db.store().get(&key)?))?.flatten();
        Ok::<_, ApiError>(found.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
    };
    let (estimated, actual) = (value("estimated_duration")?, value("actual_duration")?);
    let number = |text: &Option<String>| {
        let number = text.as_deref()?.parse::<f64>().ok()?;
        (number.is_finite() && number > 0.0).then_some(number)
    };
    let ratio = number(&actual)
        .zip(number(&estimated))
        .map(|(actual, estimated)| actual / estimated)
        .filter(|ratio| ratio.is_finite());
    // The skill that executes plans leaves the plan's name out of its keys.
    let mut tasks = lines(runtime, &format!("execution:{plan}:task_"))?;
    tasks.extend(lines(runtime, "execution:task_")?);
    Ok(Response {
        plan: spelled(plan),
        estimated,
        actual,
        ratio,
        recommended_factor: ratio.filter(|ratio| *ratio > SLOW),
        tasks,
    })
}

/// Returns the entries whose keys start with a prefix.
pub(super) fn lines(runtime: &Runtime, prefix: &str) -> Result<Vec<ValueLine>, ApiError> {
    let mut found = Vec::new();
    let pattern = Pattern::new(prefix);
    runtime.read(|db| {
        Ok(db.store().each(&pattern, |entry| {
            // A plan's name may hold what a pattern takes for more than itself.
            if entry.key.starts_with(prefix) {
                found.push(ValueLine {
                    key: entry.key,
                    value: String::from_utf8_lossy(&entry.value).into_owned(),
                });
            }
            true
        })?)
    })?;
    Ok(found)
}
