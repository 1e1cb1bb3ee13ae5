//! What is worth saying of a skill in one word.

use clawpowers_api::feedback::{Direction, Tier};
use clawpowers_api::operations::feedback::analyze::SkillReport;

/// The state of a skill: that it is not used counts most, then that its rate changed, then its tier.
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
        match (
            skill.analysis.changes.last().filter(|change| change.holds),
            skill.analysis.tier,
        ) {
            (Some(change), _) if change.direction == Direction::Drop => Self::Fell,
            (Some(_), _) => Self::Rose,
            (None, Tier::Good) => Self::Good,
            (None, Tier::Moderate) => Self::Moderate,
            (None, Tier::Low) => Self::Low,
            (None, Tier::Unsure) => Self::Unsure,
        }
    }

    /// The states of skills, each once.
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
            Self::Fell => "succeeds less often than before; the rate is that of the runs since",
            Self::Low => "the 95 % interval of the rate lies below 60 %",
            Self::Unsure => "the 95 % interval spans 60 %, or there are fewer than 10 runs",
            Self::Moderate => "the 95 % interval lies at 60 % or above",
            Self::Good => "the 95 % interval lies at 80 % or above",
            Self::Rose => "succeeds more often than before; the rate is that of the runs since",
            Self::Idle => "no run in the last twelve weeks",
        }
    }

    /// The state with the day of the change that it is of.
    pub(crate) fn with_date(self, skill: &SkillReport) -> String {
        let since = skill
            .analysis
            .changes
            .last()
            .and_then(|change| change.since.get(..10));
        match (self, since) {
            (Self::Fell | Self::Rose, Some(day)) => format!("{} {day}", self.word()),
            _ => self.word().to_owned(),
        }
    }
}
