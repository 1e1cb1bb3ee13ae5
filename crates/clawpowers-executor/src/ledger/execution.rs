//! What an execution is.

use crate::decimal::{MAX_DOLLARS, MAX_MICROS, MAX_NANODOLLARS, MAX_SECONDS};
use crate::display::quoted;
use crate::error::{Error, Result};
use crate::timestamp::Timestamp;
use std::fmt;

/// How many bytes the name of a skill, a session, an agent, a model, a tier or a project may have.
pub const MAX_TEXT_BYTES: usize = 1024;
/// How many bytes notes may have.
pub const MAX_NOTES_BYTES: usize = 1024 * 1024;
/// The largest number of tokens, which every language reads exactly from JSON.
const MAX_TOKENS: i64 = (1 << 53) - 1;
/// What the table says of an execution that has not ended.
pub(super) const OPEN: i64 = 4;

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It did what it was for.
    Success,
    /// It did not.
    Failure,
    /// It did so in part.
    Partial,
    /// It was not needed.
    Skipped,
}

impl Outcome {
    /// Every outcome, in the order of their numbers.
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
    /// [`Error::Invalid`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == text);
        found.ok_or_else(|| {
            Error::invalid(
                format!("unknown outcome {}", quoted(text)),
                "an outcome is success, failure, partial or skipped",
            )
        })
    }

    pub(super) const fn number(self) -> i64 {
        self as i64
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

/// What may be known of an execution besides its skill, its time and its outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details<T> {
    /// The session it was part of.
    pub session: Option<T>,
    /// Who ran it.
    pub agent: Option<T>,
    /// The model that is used.
    pub model: Option<T>,
    /// The tier of the model.
    pub tier: Option<T>,
    /// The project that it is for.
    pub project: Option<T>,
    /// The version of the skill.
    pub skill_version: Option<T>,
    /// The digest of the skill.
    pub skill_digest: Option<T>,
    /// How it came to be known: `run` or `import`; absent for what was recorded.
    pub source: Option<T>,
}

/// An execution to record.
#[derive(Debug, Clone, Default)]
pub struct New<'a> {
    /// The skill.
    pub skill: &'a str,
    /// When it was; now where it is not said.
    pub at: Option<Timestamp>,
    /// How long it took, in microseconds.
    pub duration: Option<i64>,
    /// What it cost, in billionths of a US dollar.
    pub cost: Option<i64>,
    /// Tokens that the model read.
    pub tokens_in: Option<i64>,
    /// Tokens that the model wrote.
    pub tokens_out: Option<i64>,
    /// Notes for people who read the report; empty counts as absent.
    pub notes: Option<&'a str>,
    /// The rest.
    pub details: Details<&'a str>,
}

/// How an open execution ended; what is absent stays as it was.
#[derive(Debug, Clone)]
pub struct Finish<'a> {
    /// The outcome.
    pub outcome: Outcome,
    /// How long it took, in microseconds; the time since its start where it is not said.
    pub duration: Option<i64>,
    /// What it cost, in billionths of a US dollar.
    pub cost: Option<i64>,
    /// Tokens that the model read.
    pub tokens_in: Option<i64>,
    /// Tokens that the model wrote.
    pub tokens_out: Option<i64>,
    /// Notes for people who read the report.
    pub notes: Option<&'a str>,
}

/// An execution as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Its number in this home.
    pub id: i64,
    /// The skill.
    pub skill: String,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// When it was recorded or, where it was started here, when it started.
    pub at: Timestamp,
    /// How long it took, in microseconds.
    pub duration: Option<i64>,
    /// What it cost, in billionths of a US dollar.
    pub cost: Option<i64>,
    /// Tokens that the model read.
    pub tokens_in: Option<i64>,
    /// Tokens that the model wrote.
    pub tokens_out: Option<i64>,
    /// Notes for people who read the report.
    pub notes: Option<String>,
    /// The rest.
    pub details: Details<String>,
    /// What it is called in the home that it came from, if that is another.
    pub uid: Option<String>,
    /// A JSON object of imported fields that are not ours.
    pub extra: Option<String>,
}

impl Execution {
    /// Returns what it is once it has ended.
    pub(super) fn ended(&self, finish: &Finish<'_>, now: Timestamp) -> Self {
        // The clock may have been set back meanwhile, or far ahead; what is stored has to be importable.
        let since = now.micros().saturating_sub(self.at.micros()).clamp(0, MAX_MICROS);
        let notes = finish.notes.filter(|notes| !notes.is_empty());
        Self {
            outcome: Some(finish.outcome),
            duration: finish.duration.or(self.duration).or(Some(since)),
            cost: finish.cost.or(self.cost),
            tokens_in: finish.tokens_in.or(self.tokens_in),
            tokens_out: finish.tokens_out.or(self.tokens_out),
            notes: notes.map(str::to_owned).or_else(|| self.notes.clone()),
            ..self.clone()
        }
    }
}

impl New<'_> {
    pub(super) fn check(&self) -> Result<()> {
        check_skill(self.skill)?;
        let details = &self.details;
        for (name, value) in [
            ("session", details.session),
            ("agent", details.agent),
            ("model", details.model),
            ("tier", details.tier),
            ("project", details.project),
            ("skill version", details.skill_version),
            ("skill digest", details.skill_digest),
        ] {
            check_text(name, value.unwrap_or_default())?;
        }
        check_figures(
            self.notes,
            self.duration,
            self.cost,
            [self.tokens_in, self.tokens_out],
        )
    }

    /// Returns when it was, which is now where that is not said.
    pub(super) fn time(&self) -> Result<Timestamp> {
        let at = self.at.unwrap_or_else(Timestamp::now);
        if at.is_writable() {
            return Ok(at);
        }
        Err(Error::invalid(
            format!("the time `{at}` is outside the years 1 to 9999"),
            "correct the clock of this machine; nothing was written",
        ))
    }

    /// Returns it as it will be kept, without its number.
    pub(super) fn execution(&self, outcome: Option<Outcome>, at: Timestamp) -> Execution {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let details = &self.details;
        Execution {
            id: 0,
            skill: self.skill.to_owned(),
            outcome,
            at,
            duration: self.duration,
            cost: self.cost,
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
            notes: own(self.notes),
            details: Details {
                session: own(details.session),
                agent: own(details.agent),
                model: own(details.model),
                tier: own(details.tier),
                project: own(details.project),
                skill_version: own(details.skill_version),
                skill_digest: own(details.skill_digest),
                source: own(details.source),
            },
            uid: None,
            extra: None,
        }
    }
}

impl Finish<'_> {
    pub(super) fn check(&self) -> Result<()> {
        check_figures(
            self.notes,
            self.duration,
            self.cost,
            [self.tokens_in, self.tokens_out],
        )
    }
}

/// Refuses a name that a skill cannot have.
///
/// # Errors
///
/// [`Error::Invalid`] for an empty one, a long one, and one with control characters.
pub fn check_skill(skill: &str) -> Result<()> {
    if skill.is_empty() {
        return Err(Error::invalid(
            "the name of the skill is empty",
            "name the skill, such as systematic-debugging",
        ));
    }
    check_text("skill", skill)
}

fn check_text(name: &str, value: &str) -> Result<()> {
    if value.len() > MAX_TEXT_BYTES {
        let message = format!(
            "the {name} {} has {} bytes, more than {MAX_TEXT_BYTES}",
            quoted(value),
            value.len()
        );
        return Err(Error::invalid(message, "put what is long into the notes"));
    }
    if value.chars().any(char::is_control) {
        let message = format!("the {name} `{}` holds control characters", value.escape_debug());
        return Err(Error::invalid(
            message,
            "put what has several lines into the notes",
        ));
    }
    Ok(())
}

fn check_figures(
    notes: Option<&str>,
    duration: Option<i64>,
    cost: Option<i64>,
    tokens: [Option<i64>; 2],
) -> Result<()> {
    let length = notes.map_or(0, str::len);
    if length > MAX_NOTES_BYTES {
        return Err(Error::invalid(
            format!("the notes have {length} bytes, more than {MAX_NOTES_BYTES}"),
            "keep what is long in a file and note its path",
        ));
    }
    if let Some(micros) = duration.filter(|micros| !(0..=MAX_MICROS).contains(micros)) {
        let message = format!("the duration of `{micros}` µs is not from 0 to {MAX_SECONDS} s");
        return Err(Error::invalid(message, "give seconds such as 12.5"));
    }
    if let Some(nanodollars) = cost.filter(|cost| !(0..=MAX_NANODOLLARS).contains(cost)) {
        let message =
            format!("the cost of `{nanodollars}` billionths is not from 0 to {MAX_DOLLARS} US dollars");
        return Err(Error::invalid(message, "give dollars such as 0.0125"));
    }
    for tokens in tokens.into_iter().flatten() {
        if !(0..=MAX_TOKENS).contains(&tokens) {
            return Err(Error::invalid(
                format!("the number of tokens `{tokens}` is not from 0 to {MAX_TOKENS}"),
                "give whole numbers",
            ));
        }
    }
    Ok(())
}
