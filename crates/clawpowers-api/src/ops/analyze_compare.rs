//! Compares two versions of a skill, or two times.

use crate::analysis::counted;
use crate::error::ApiError;
use crate::ops::analyze::unknown;
use crate::ops::feedback_detect::RateOut;
use crate::runtime::Runtime;
use clawpowers_executor::ledger::{Figures, Filter};
use clawpowers_executor::{Db, Moment};
use clawpowers_feedback::compare;
use clawpowers_loader::diag::quoted;
use serde::{Deserialize, Serialize};

/// Below this a difference is called one.
const SURE: f64 = 0.05;

/// What to compare.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The skill.
    pub skill: String,
    /// The first side: a version, the first six characters or more of a digest, or a time as `FROM..TO`, of which either
    /// may be left out.
    pub a: String,
    /// The second side.
    pub b: String,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The skill.
    pub skill: String,
    /// The first side.
    pub a: Side,
    /// The second side.
    pub b: Side,
    /// The comparison; `null` where a side has no executions.
    pub comparison: Option<ComparisonOut>,
    /// What follows, in words.
    pub verdict: String,
}

/// One side.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// Its rate.
    pub rate: RateOut,
}

/// Two rates beside each other.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparisonOut {
    /// The second rate less the first.
    pub difference: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How probable such a difference is where there is none.
    pub p_value: f64,
    /// `fisher` or `z`.
    pub method: &'static str,
    /// How many executions each side needs for 80 % power, were the difference the one that was seen.
    pub needed: Option<u64>,
}

/// Compares two sides of a skill's executions.
///
/// # Errors
///
/// `not_found` where the skill has no executions; `invalid_input` for a time that is none; `storage` where they cannot be
/// read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let skill = &request.skill;
    let sides = runtime.read(|db| {
        let filter = Filter {
            skill: Some(skill.clone()),
            ..Filter::default()
        };
        if db.ledger().figures(&filter)?.is_empty() {
            return Err(unknown(skill, &db.ledger().figures(&Filter::default())?));
        }
        Ok((side(db, skill, &request.a)?, side(db, skill, &request.b)?))
    })?;
    let (first, second) = sides.ok_or_else(|| unknown(skill, &[]))?;
    let comparison = compare(first, second);
    let verdict = match comparison {
        None => "one side has no executions".to_owned(),
        Some(found) if found.p_value < SURE => {
            let better = if found.difference > 0.0 {
                &request.b
            } else {
                &request.a
            };
            format!("{} succeeds more often", quoted(better))
        }
        Some(found) => match found.needed {
            Some(needed) => format!(
                "no difference can be told; one of this size would take about {needed} executions on each side"
            ),
            None => "no difference was seen".to_owned(),
        },
    };
    let out = |name: &str, counts| Side {
        name: name.to_owned(),
        rate: RateOut::new(counts),
    };
    Ok(Response {
        skill: skill.clone(),
        a: out(&request.a, first),
        b: out(&request.b, second),
        comparison: comparison.map(|found| ComparisonOut {
            difference: found.difference,
            low: found.interval.0,
            high: found.interval.1,
            p_value: found.p_value,
            method: found.method.as_str(),
            needed: found.needed,
        }),
        verdict,
    })
}

/// Returns successes and what counts of one side.
fn side(db: &mut Db, skill: &str, text: &str) -> Result<(u64, u64), ApiError> {
    let Some((from, to)) = text.split_once("..") else {
        return Ok(db.ledger().of_version(skill, text)?);
    };
    let now = Moment::now();
    let bound = |text: &str| {
        (!text.is_empty())
            .then(|| Moment::parse_bound(text, now))
            .transpose()
    };
    let filter = Filter {
        skill: Some(skill.to_owned()),
        since: bound(from)?,
        until: bound(to)?,
        ..Filter::default()
    };
    let mut all = Figures::default();
    for figures in db.ledger().figures(&filter)? {
        all.merge(&figures);
    }
    Ok(counted(&all))
}
