//! Compares the estimate of a plan with the actual time, and lists its tasks.

use crate::runtime::Runtime;
use crate::text::{did_you_mean, escape_line};
use crate::wire::{ApiError, Result};
use clawpowers_executor::{Key, Pattern};
use clawpowers_loader::display::quote;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The ratio of actual to estimated time above which a factor is recommended.
const SLOW: f64 = 1.3;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name: the keys `plan:NAME:…` and `execution:NAME:task_…` belong to it. `not_found` if there are none.
    pub plan: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
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
    pub key: String,
    /// The value; bytes that are not UTF-8 are replaced by U+FFFD.
    pub value: String,
}

/// Reads the keys of a plan.
///
/// # Errors
///
/// `not_found` if no key names the plan; `invalid_input` for a name that cannot be part of a key; `storage` if the keys
/// cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let found = read(runtime, request)?;
    let plan = &request.plan;
    let mut keys = keys(runtime, "plan:")?;
    keys.extend(self::keys(runtime, "execution:")?);
    let own = [format!("plan:{plan}:"), format!("execution:{plan}:task_")];
    let is_own = |key: &String| own.iter().any(|start| key.starts_with(start));
    if keys.iter().any(is_own) {
        return Ok(found);
    }
    let names: BTreeSet<&str> = keys.iter().filter_map(|key| plan_of(key)).collect();
    let otherwise = "a plan has the keys `plan:NAME:estimated_duration` and `plan:NAME:actual_duration`";
    let error = ApiError::not_found(format!("there is no plan {}", quote(plan)));
    Err(error.hint(did_you_mean(plan, names, otherwise)))
}

fn keys(runtime: &Runtime, start: &str) -> Result<Vec<String>> {
    let found = runtime.with_existing_db(|db| db.store().list(&Pattern::new(start)))?;
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

/// Like [`run`], but for a plan that no key names, everything is unknown, as in 1.x. The error `not_found` does not occur.
pub fn read(runtime: &Runtime, request: &Request) -> Result<Response> {
    let plan = &request.plan;
    let value = |field: &str| {
        let key = format!("plan:{plan}:{field}");
        let key = Key::new(&key)?;
        let found = runtime.with_existing_db(|db| db.store().get(&key))?.flatten();
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
        plan: escape_line(plan),
        estimated,
        actual,
        ratio,
        recommended_factor: ratio.filter(|ratio| *ratio > SLOW),
        tasks,
    })
}

/// Returns the entries whose keys start with a prefix.
pub(super) fn lines(runtime: &Runtime, prefix: &str) -> Result<Vec<ValueLine>> {
    let mut found = Vec::new();
    let pattern = Pattern::new(prefix);
    runtime.with_existing_db(|db| {
        db.store().each(&pattern, |entry| {
            // The name of a plan may contain special characters of patterns.
            if entry.key.starts_with(prefix) {
                found.push(ValueLine {
                    key: entry.key,
                    value: String::from_utf8_lossy(&entry.value).into_owned(),
                });
            }
            true
        })
    })?;
    Ok(found)
}
