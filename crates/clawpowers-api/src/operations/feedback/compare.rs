//! Compares two versions of a skill, or two periods.

use super::input::{Period, counted, unknown};
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result, execution::bound};
use clawpowers_executor::ledger::{Filter, SkillStats};
use clawpowers_executor::{Db, Timestamp};
use clawpowers_feedback::{Comparison, Rate, compare};
use clawpowers_loader::display::{nearest, quote};
use serde::{Deserialize, Serialize};

/// The p-value below which a difference is reported.
const SURE: f64 = 0.05;
/// The maximum number of versions that a hint names.
const NAMED: usize = 5;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub skill: String,
    /// The first side: a version, at least the first six characters of a digest, or a period `FROM..TO` (either end
    /// may be left out). A version without executions is `not_found`; periods that overlap are `invalid_input`.
    pub a: String,
    /// The second side, in the same form.
    pub b: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
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
    pub rate: Rate,
}

/// Compares two sides of a skill's executions.
///
/// # Errors
///
/// `not_found` if the skill or a version has no executions; `invalid_input` for an invalid time and for periods that overlap;
/// `storage` if the executions cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let skill = &request.skill;
    let now = Timestamp::now();
    let (a, b) = (Scope::read(&request.a, now)?, Scope::read(&request.b, now)?);
    a.reject_overlap(&b)?;
    let sides = runtime.with_existing_db(|db| {
        let stats = db.ledger().stats(&Filter::default())?;
        if !stats.iter().any(|stats| stats.skill == *skill) {
            return Err(unknown(skill, &stats));
        }
        Ok((a.count(db, skill)?, b.count(db, skill)?))
    })?;
    let (first, second) = sides.ok_or_else(|| unknown(skill, &[]))?;
    let side = |name: &String, counts| Side {
        name: name.clone(),
        rate: Rate::new(counts),
    };
    Ok(Response {
        skill: skill.clone(),
        a: side(&request.a, first),
        b: side(&request.b, second),
        comparison: compare(first, second),
        verdict: verdict(request, first, second),
    })
}

/// Returns the conclusion from the counts of both sides.
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
        return "the rates are equal".to_owned();
    };
    let more = |(_, total): (u64, u64), name: String| {
        (needed > total).then(|| format!("{} more of {name}", needed - total))
    };
    let more: Vec<String> = [more(first, a), more(second, b)].into_iter().flatten().collect();
    let mut text =
        format!("not significant: detecting this difference takes about {needed} executions per side");
    if !more.is_empty() {
        text.push_str(&format!(", {}", more.join(" and ")));
    }
    text
}

/// The executions of one side.
enum Scope<'a> {
    Version(&'a str),
    /// A period and its text.
    Period(&'a str, Period),
}

impl<'a> Scope<'a> {
    fn read(text: &'a str, now: Timestamp) -> Result<Self> {
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Self::Version(text));
        };
        let bound = |text: &'a str| bound(Some(text).filter(|text| !text.is_empty()), now);
        let (since, until) = (bound(from)?, bound(to)?);
        Ok(Self::Period(text, Period { since, until }))
    }

    /// Rejects periods that overlap: executions on both sides would make them look more alike than they are.
    fn reject_overlap(&self, other: &Self) -> Result<()> {
        let (Self::Period(a, one), Self::Period(b, two)) = (self, other) else {
            return Ok(());
        };
        // Without a start a period begins before all others, and without an end it ends after them.
        let since = one.since.max(two.since);
        let until = [one.until, two.until].into_iter().flatten().min();
        if until.is_some_and(|until| since >= Some(until)) {
            return Ok(());
        }
        let message = format!("the times {} and {} overlap", quote(a), quote(b));
        Err(ApiError::invalid_input(message)
            .hint("let one end where the other begins, as in `..2026-10-01` and `2026-10-01..`"))
    }

    /// Returns the successes and the executions that count.
    fn count(&self, db: &mut Db, skill: &str) -> Result<(u64, u64)> {
        let period = match *self {
            Self::Period(_, period) => period,
            Self::Version(version) => {
                let found = db.ledger().of_version(skill, version)?;
                return found.map_or_else(|| Err(unknown_version(db, skill, version)?), Ok);
            }
        };
        let mut all = SkillStats::default();
        for figures in db.ledger().stats(&period.filter(Some(skill)))? {
            all.merge(&figures);
        }
        Ok(counted(&all))
    }
}

/// Returns the error for a version without executions, with the versions that have some.
fn unknown_version(db: &mut Db, skill: &str, version: &str) -> Result<ApiError> {
    let versions = db.ledger().versions(skill)?;
    let named: Vec<String> = versions.iter().take(NAMED).map(|one| quote(one)).collect();
    let hint = match nearest(version, versions.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {}?", quote(near)),
        None if versions.is_empty() => {
            "none of its executions has a version; compare two periods, such as `..2026-10-01` and `2026-10-01..`"
                .to_owned()
        }
        None => match versions.len() - named.len() {
            0 => format!("there are executions of {}", named.join(", ")),
            more => format!("there are executions of {} and {more} more", named.join(", ")),
        },
    };
    let (version, skill) = (quote(version), quote(skill));
    let message = format!("there are no executions of the version {version} of the skill {skill}");
    Ok(ApiError::not_found(message).hint(hint))
}
