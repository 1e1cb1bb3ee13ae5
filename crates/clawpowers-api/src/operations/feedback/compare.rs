//! Compares two versions of a skill, or two times.

use crate::operations::feedback::input::{counted, unknown};
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::ledger::{Filter, SkillStats};
use clawpowers_executor::{Db, Timestamp};
use clawpowers_feedback::{Comparison, Rate, compare};
use clawpowers_loader::display::{nearest, quote};
use serde::{Deserialize, Serialize};

/// Below this a difference is called one.
const SURE: f64 = 0.05;
/// So many versions are named where another one was asked for.
const NAMED: usize = 5;

/// What to compare.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The skill.
    pub skill: String,
    /// The first side: a version, at least the first six characters of a digest, or a period `FROM..TO` (either end
    /// may be left out). A version without executions is `not_found`; periods that overlap are `invalid_input`.
    pub a: String,
    /// The second side, in the same form.
    pub b: String,
}

/// The result.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The skill.
    pub skill: String,
    /// The first side.
    pub a: Side,
    /// The second side.
    pub b: Side,
    /// The comparison; `null` if one side has no executions that count.
    pub comparison: Option<Comparison>,
    /// The conclusion, as a sentence for people.
    pub verdict: String,
}

/// One side of a comparison.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// The name, as requested.
    pub name: String,
    /// Its rate.
    pub rate: Rate,
}

/// Compares two sides of a skill's executions.
///
/// # Errors
///
/// `not_found` where the skill has no executions, or none of a version; `invalid_input` for a time that is none, and for
/// times that overlap; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let skill = &request.skill;
    let now = Timestamp::now();
    let (a, b) = (Meant::read(&request.a, now)?, Meant::read(&request.b, now)?);
    a.apart_from(&b)?;
    let sides = runtime.read(|db| {
        let filter = Filter {
            skill: Some(skill.clone()),
            ..Filter::default()
        };
        if db.ledger().stats(&filter)?.is_empty() {
            return Err(unknown(skill, &db.ledger().stats(&Filter::default())?));
        }
        Ok((a.count(db, skill)?, b.count(db, skill)?))
    })?;
    let (first, second) = sides.ok_or_else(|| unknown(skill, &[]))?;
    let verdict = verdict(request, first, second);
    let out = |name: &str, counts| Side {
        name: name.to_owned(),
        rate: Rate::new(counts),
    };
    Ok(Response {
        skill: skill.clone(),
        a: out(&request.a, first),
        b: out(&request.b, second),
        comparison: compare(first, second),
        verdict,
    })
}

/// Says what follows of the counts of both sides.
fn verdict(request: &Request, first: (u64, u64), second: (u64, u64)) -> String {
    let (a, b) = (quote(&request.a), quote(&request.b));
    let Some(found) = compare(first, second) else {
        return match (first.1, second.1) {
            (0, 0) => "neither side has executions that count".to_owned(),
            (0, _) => format!("{a} has no executions that count"),
            _ => format!("{b} has no executions that count"),
        };
    };
    if found.p_value < SURE {
        let better = if found.difference > 0.0 { b } else { a };
        return format!("{better} succeeds more often");
    }
    let Some(needed) = found.needed else {
        return "no difference was seen".to_owned();
    };
    let more = |(_, total): (u64, u64), name: String| {
        (needed > total).then(|| format!("{} more of {name}", needed - total))
    };
    let more: Vec<String> = [more(first, a), more(second, b)].into_iter().flatten().collect();
    let mut text = format!(
        "no difference can be told; one of this size would take about {needed} executions on each side"
    );
    if !more.is_empty() {
        text.push_str(&format!(", {}", more.join(" and ")));
    }
    text
}

/// What a side means.
enum Meant<'a> {
    Version(&'a str),
    /// From the first time to before the second.
    Time(&'a str, Option<Timestamp>, Option<Timestamp>),
}

impl<'a> Meant<'a> {
    fn read(text: &'a str, now: Timestamp) -> Result<Self, ApiError> {
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Self::Version(text));
        };
        let bound = |text: &str| {
            (!text.is_empty())
                .then(|| Timestamp::parse_bound(text, now))
                .transpose()
        };
        Ok(Self::Time(text, bound(from)?, bound(to)?))
    }

    /// Refuses times that overlap: what is on both sides makes them more alike than they are.
    fn apart_from(&self, other: &Self) -> Result<(), ApiError> {
        let (Self::Time(a, from_a, to_a), Self::Time(b, from_b, to_b)) = (self, other) else {
            return Ok(());
        };
        // A bound that is left out is the least where it begins, and the most where it ends.
        let from = from_a.max(from_b);
        let to = [to_a, to_b].into_iter().flatten().min();
        if to.is_some_and(|to| from.as_ref() >= Some(to)) {
            return Ok(());
        }
        let message = format!("the times {} and {} overlap", quote(a), quote(b));
        Err(ApiError::new(ErrorCode::InvalidInput, message)
            .hint("let one end where the other begins, as in `..2026-10-01` and `2026-10-01..`"))
    }

    /// Returns successes and what counts.
    fn count(&self, db: &mut Db, skill: &str) -> Result<(u64, u64), ApiError> {
        let (since, until) = match *self {
            Self::Time(_, from, to) => (from, to),
            Self::Version(version) => {
                let found = db.ledger().of_version(skill, version)?;
                return found.map_or_else(|| Err(unknown_version(db, skill, version)?), Ok);
            }
        };
        let filter = Filter {
            skill: Some(skill.to_owned()),
            since,
            until,
            ..Filter::default()
        };
        let mut all = SkillStats::default();
        for figures in db.ledger().stats(&filter)? {
            all.merge(&figures);
        }
        Ok(counted(&all))
    }
}

/// Returns the error for a version that no execution has, with those there are.
fn unknown_version(db: &mut Db, skill: &str, version: &str) -> Result<ApiError, ApiError> {
    let versions = db.ledger().versions(skill)?;
    let named: Vec<String> = versions.iter().take(NAMED).map(|one| quote(one)).collect();
    let hint = match nearest(version, versions.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {}?", quote(near)),
        None if versions.is_empty() => {
            "none of its executions has a version; compare two times, as in `..2026-10-01` and `2026-10-01..`"
                .to_owned()
        }
        None => match versions.len() - named.len() {
            0 => format!("there are executions of {}", named.join(", ")),
            more => format!("there are executions of {} and {more} more", named.join(", ")),
        },
    };
    let (version, skill) = (quote(version), quote(skill));
    let message = format!("there are no executions of the version {version} of the skill {skill}");
    Ok(ApiError::new(ErrorCode::NotFound, message).hint(hint))
}
