//! Executions and their outcomes.

use super::fields::{ExecutionFields, check_text};
use crate::decimal::MAX_MICROS;
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use std::fmt;

/// The outcome of an open execution in the database.
pub(super) const OPEN: i64 = 4;

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// The skill achieved its purpose.
    Success,
    /// It did not.
    Failure,
    /// It did in part.
    Partial,
    /// It was not needed.
    Skipped,
}

impl Outcome {
    /// Every outcome, in the order of its number in the database.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Partial, Self::Skipped];

    /// Returns the outcome's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
        }
    }

    /// Reads an outcome's name.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == text);
        found.ok_or_else(|| {
            Error::invalid(
                format!("unknown outcome {}", quoted(text)),
                "an outcome is success, failure, partial or skipped",
            )
        })
    }

    /// Returns the number in the database; `None` is open.
    pub(super) fn number(outcome: Option<Self>) -> i64 {
        outcome.map_or(OPEN, |outcome| outcome as i64)
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An execution to record.
#[derive(Debug, Clone, Default)]
pub struct NewExecution<'a> {
    /// The name of the skill.
    pub skill: &'a str,
    /// The time (default: now).
    pub at: Option<Timestamp>,
    /// The other fields.
    pub fields: ExecutionFields<&'a str>,
}

/// An execution in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Its id in this home.
    pub id: i64,
    /// The name of the skill.
    pub skill: String,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// When it was recorded or, if it was started here, when it started.
    pub at: Timestamp,
    /// The other fields.
    pub fields: ExecutionFields<String>,
    /// Its id in every home, if it was imported with one.
    pub uid: Option<String>,
    /// A JSON object of imported fields that ClawPowers does not know.
    pub extra: Option<String>,
}

impl Execution {
    /// Returns the execution after it has ended.
    pub(super) fn ended(&self, outcome: Outcome, fields: &ExecutionFields<&str>, now: Timestamp) -> Self {
        // The clock may have been set; a stored duration must be valid in an import.
        let since = now.micros().saturating_sub(self.at.micros()).clamp(0, MAX_MICROS);
        let mut fields = fields.or(&self.fields);
        fields.duration.get_or_insert(since);
        Self {
            outcome: Some(outcome),
            fields,
            ..self.clone()
        }
    }
}

impl NewExecution<'_> {
    pub(super) fn check(&self) -> Result<()> {
        check_skill(self.skill)?;
        self.fields.check()
    }

    /// Returns the execution without its id. Its time is by default the current one.
    pub(super) fn execution(&self, outcome: Option<Outcome>) -> Result<Execution> {
        let at = self.at.unwrap_or_else(Timestamp::now);
        if !at.is_writable() {
            return Err(Error::invalid(
                format!("the time `{at}` is outside the years 1 to 9999"),
                "correct the clock of this machine; nothing was written",
            ));
        }
        Ok(Execution {
            id: 0,
            skill: self.skill.to_owned(),
            outcome,
            at,
            fields: self.fields.values().into(),
            uid: None,
            extra: None,
        })
    }
}

/// Checks the name of a skill.
///
/// # Errors
///
/// `ErrorKind::Invalid` for a name that is empty, is too long or contains control characters.
pub fn check_skill(skill: &str) -> Result<()> {
    if skill.is_empty() {
        return Err(Error::invalid(
            "the name of the skill is empty",
            "pass the skill's name, such as systematic-debugging",
        ));
    }
    check_text("skill", skill)
}
