//! What to do about a skill, with the evidence.

use super::{ChangeReport, MIN_JUDGED, SkillReport};
use crate::operations::feedback::detect::RateOut;
use crate::text::number_of;
use clawpowers_feedback::surely_low;
use serde::Serialize;

/// Something to do, with its evidence.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// The skill.
    pub skill: String,
    /// `worse`, `low`, `better` or `more`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["worse", "low", "better", "more"])))]
    pub kind: &'static str,
    /// `sure` or `unsure`. However often one looks, at most one of twenty skills that succeed in 60 % or more is ever surely
    /// `low`, and at most one of twenty steady ones is said to be `worse` or `better` within 200 executions, about one of
    /// ten in however many.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["sure", "unsure"])))]
    pub sure: &'static str,
    /// In words.
    pub text: String,
    /// The rate that it rests on.
    pub rate: RateOut,
    /// When the change was that it rests on, in RFC 3339.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: Option<String>,
    /// The notes of its last failures, the most common first; those that differ in numbers alone are one.
    pub notes: Vec<NoteCount>,
    /// The session in which its last failures cluster, where there is one.
    pub session: Option<SessionCount>,
    /// The version in which its last failures cluster, where there is one.
    pub failing_version: Option<VersionCount>,
    /// The version, else the digest, that the skill had from the change on, where it had another one before.
    pub version: Option<String>,
}

/// A session and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionCount {
    /// The session.
    pub session: String,
    /// Its failures.
    pub failures: u64,
    /// Its executions.
    pub total: u64,
}

/// A version and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionCount {
    /// The version.
    pub version: String,
    /// Its failures.
    pub failures: u64,
    /// Its executions.
    pub total: u64,
}

/// A note and how many failures have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoteCount {
    /// The note as the last of them has it, on one line, cut after 200 characters.
    pub note: String,
    /// How many of the last 50 failures have it.
    pub count: usize,
}

fn percent(rate: &RateOut) -> String {
    format!("{:.0} %", rate.value.unwrap_or_default() * 100.0)
}

/// Returns what to do about a skill.
pub(super) fn recommended(skill: &SkillReport) -> Option<Recommendation> {
    let between = |rate: &RateOut| format!("{:.0} to {:.0} %", rate.low * 100.0, rate.high * 100.0);
    let last = skill.changes.last().filter(|change| change.holds);
    let day = |time: &str| time.chars().take(10).collect::<String>();
    let changed = |change: &ChangeReport| {
        format!(
            "since {}, {} ago: {} to {}",
            day(&change.since),
            number_of(change.runs_ago, "run"),
            percent(&change.before),
            percent(&skill.recent)
        )
    };
    let (kind, sure, text) = match last {
        Some(change) if change.direction == "drop" => (
            "worse",
            "sure",
            format!(
                "{}; look at what changed then and at the notes of its failures",
                changed(change)
            ),
        ),
        // Nobody waits for the next execution of a skill that is not used.
        _ if skill.rate.total < MIN_JUDGED && skill.idle => return None,
        _ if skill.rate.total < MIN_JUDGED => (
            "more",
            "unsure",
            format!(
                "{} {} little; {}",
                number_of(skill.rate.total, "execution"),
                if skill.rate.total == 1 { "says" } else { "say" },
                skill.missing.clone()?
            ),
        ),
        _ if skill.tier == "low" => {
            let recent = &skill.recent;
            let (sure, advice) = if surely_low(recent.success, recent.total) {
                ("sure", ": rework it, or use another skill")
            } else {
                (
                    "unsure",
                    ", which may be chance: look at the notes of its failures",
                )
            };
            let (success, total) = (recent.success, recent.total);
            let text = format!(
                "it succeeds in {} ({success} of {total}){advice}",
                between(recent)
            );
            ("low", sure, text)
        }
        Some(change) => ("better", "sure", changed(change)),
        None => return None,
    };
    let text = match skill.idle_days {
        Some(days) if skill.idle => format!("{text}; not used for {}", number_of(days, "day")),
        _ => text,
    };
    Some(Recommendation {
        skill: skill.skill.clone(),
        kind,
        sure,
        text,
        rate: skill.recent.clone(),
        since: last.map(|change| change.since.clone()),
        notes: Vec::new(),
        session: None,
        failing_version: None,
        version: None,
    })
}
