//! The state of a skill in one word.

use super::format::day;
use clawpowers_api::feedback::{Direction, Tier};
use clawpowers_api::operations::feedback::analyze::SkillReport;

/// The state of a skill. Not being used takes precedence, then a change in its rate, then its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Fell,
    Low,
    Unsure,
    Moderate,
    Good,
    Rose,
    Idle,
}

impl State {
    pub(crate) fn of(skill: &SkillReport) -> Self {
        if skill.analysis.idle {
            return Self::Idle;
        }
        let change = skill.analysis.changes.last().filter(|change| change.holds);
        match (change.map(|change| change.direction), skill.analysis.tier) {
            (Some(Direction::Drop), _) => Self::Fell,
            (Some(Direction::Rise), _) => Self::Rose,
            (None, Tier::Good) => Self::Good,
            (None, Tier::Moderate) => Self::Moderate,
            (None, Tier::Low) => Self::Low,
            (None, Tier::Unsure) => Self::Unsure,
        }
    }

    /// The distinct states of skills.
    pub(crate) fn among<'a>(skills: impl Iterator<Item = &'a SkillReport>) -> Vec<Self> {
        let mut states: Vec<Self> = skills.map(Self::of).collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fell => "fell",
            Self::Low => "low",
            Self::Unsure => "unsure",
            Self::Moderate => "moderate",
            Self::Good => "good",
            Self::Rose => "rose",
            Self::Idle => "idle",
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Fell => "success rate fell; the rate counts only executions since then",
            Self::Low => "the 95% interval of the rate is below 60%",
            Self::Unsure => "the 95% interval includes 60%, or there are fewer than 10 executions",
            Self::Moderate => "the 95% interval is at 60% or above",
            Self::Good => "the 95% interval is at 80% or above",
            Self::Rose => "success rate rose; the rate counts only executions since then",
            Self::Idle => "no executions in the last twelve weeks",
        }
    }

    /// The state, with the day of the change if there was one.
    pub(crate) fn with_date(self, skill: &SkillReport) -> String {
        match (self, skill.analysis.changes.last()) {
            (Self::Fell | Self::Rose, Some(change)) => format!("{} {}", self.word(), day(&change.since)),
            _ => self.word().to_owned(),
        }
    }
}
