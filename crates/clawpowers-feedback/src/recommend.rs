//! What to do about a skill, with the evidence.

use crate::detect::Direction;
use crate::notes::NoteCount;
use crate::rate::{Rate, Tier, surely_low};
use crate::report::{ChangeReport, MIN_JUDGED, SkillAnalysis, count};
use serde::Serialize;

/// The reason for a recommendation, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecommendationKind {
    /// It succeeds less often than before.
    Worse,
    /// It rarely succeeds.
    Low,
    /// It succeeds more often than before.
    Better,
    /// It has too few executions for a rating.
    More,
}

impl RecommendationKind {
    /// Returns whether failures are the reason.
    #[must_use]
    pub const fn is_failing(self) -> bool {
        matches!(self, Self::Worse | Self::Low)
    }
}

/// How certain a recommendation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Its error rate is bounded, no matter how often you check.
    Sure,
    /// It may be chance.
    Unsure,
}

/// A recommendation with its evidence.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// The name of the skill.
    pub skill: String,
    /// The reason: the skill got worse, rarely succeeds, got better, or needs more executions.
    pub kind: RecommendationKind,
    /// How certain it is. The probability that a skill with a success rate of 60% or more is ever called `low` and
    /// `sure` is at most 5%. The probability that a skill with a constant rate is called `worse` or `better` is at most
    /// 5% within 200 executions and about 10% over any number. Both hold no matter how often you check.
    pub sure: Certainty,
    /// The recommendation, as a sentence for people.
    pub text: String,
    /// The success rate that supports it.
    pub rate: Rate,
    /// The time of the change that supports it.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: Option<String>,
    /// The notes of the last 50 failures, the most common first; notes that differ only in numbers are counted
    /// together.
    pub notes: Vec<NoteCount>,
    /// The session in which the last failures cluster, if there is one.
    pub session: Option<SessionCount>,
    /// The version in which the last failures cluster, if there is one.
    pub failing_version: Option<VersionCount>,
    /// The version (else the digest) of the skill since the change, if it differs from the one before.
    pub version: Option<String>,
}

/// A session and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionCount {
    /// The id of the session.
    pub session: String,
    /// The number of failed executions.
    pub failures: u64,
    /// The number of executions.
    pub total: u64,
}

/// A version and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionCount {
    /// The version of the skill.
    pub version: String,
    /// The number of failed executions.
    pub failures: u64,
    /// The number of executions.
    pub total: u64,
}

/// Returns what to do about a skill, without the evidence from single executions.
#[must_use]
pub fn recommend(skill: &str, analysis: &SkillAnalysis) -> Option<Recommendation> {
    let recent = &analysis.recent;
    let last = analysis.changes.last().filter(|change| change.holds);
    let changed = |verb: &str, change: &ChangeReport| {
        format!(
            "success rate {verb} from {} to {} on {} ({} ago)",
            percent(&change.before),
            percent(recent),
            change.since.chars().take(10).collect::<String>(),
            count(change.runs_ago, "execution")
        )
    };
    let total = analysis.rate.total;
    let (kind, sure, text) = match last {
        Some(change) if change.direction == Direction::Drop => (
            RecommendationKind::Worse,
            Certainty::Sure,
            format!(
                "{}; check what changed then, and the failure notes",
                changed("fell", change)
            ),
        ),
        // A skill that is not used needs no more executions.
        _ if total < MIN_JUDGED && analysis.idle => return None,
        _ if total < MIN_JUDGED => (
            RecommendationKind::More,
            Certainty::Unsure,
            format!(
                "too few executions: {} more needed for a rating",
                MIN_JUDGED - total
            ),
        ),
        _ if analysis.tier == Tier::Low => {
            let (sure, advice) = if surely_low(recent.success, recent.total) {
                (Certainty::Sure, ": rework it, or use another skill")
            } else {
                (
                    Certainty::Unsure,
                    ", which may be chance: check the failure notes",
                )
            };
            let text = format!(
                "success rate between {:.0}% and {:.0}% ({} of {}){advice}",
                recent.low * 100.0,
                recent.high * 100.0,
                recent.success,
                recent.total
            );
            (RecommendationKind::Low, sure, text)
        }
        Some(change) => (
            RecommendationKind::Better,
            Certainty::Sure,
            changed("rose", change),
        ),
        None => return None,
    };
    let text = match analysis.idle_days {
        Some(days) if analysis.idle => format!("{text}; not used for {}", count(days.unsigned_abs(), "day")),
        _ => text,
    };
    Some(Recommendation {
        skill: skill.to_owned(),
        kind,
        sure,
        text,
        rate: recent.clone(),
        since: last.map(|change| change.since.clone()),
        notes: Vec::new(),
        session: None,
        failing_version: None,
        version: None,
    })
}

fn percent(rate: &Rate) -> String {
    format!("{:.0}%", rate.value.unwrap_or_default() * 100.0)
}
