//! Whose rules a skill is judged by.

use std::fmt;
use std::str::FromStr;

/// How grave a diagnostic is for the profile it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing needs to change.
    Info,
    /// Loads, but a reader of this profile may see something other than the author meant.
    Warning,
    /// A reader of this profile refuses the skill or a part of it.
    Error,
}

impl Severity {
    /// Returns the lower-case name used in every output format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A reader of skills whose rules decide what is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// The agentskills.io specification as its reference validator reads it.
    Spec,
    /// Claude Code, and the upload checks of the same vendor.
    Claude,
    /// Codex.
    Codex,
    /// OpenClaw.
    OpenClaw,
    /// This runtime: lenient, every oddity a warning as long as the skill is usable.
    #[default]
    ClawPowers,
}

impl Profile {
    /// Every profile, in the order of the documentation.
    pub const ALL: [Self; 5] = [
        Self::Spec,
        Self::Claude,
        Self::Codex,
        Self::OpenClaw,
        Self::ClawPowers,
    ];

    /// Returns the name used on the command line and in requests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::OpenClaw => "openclaw",
            Self::ClawPowers => "clawpowers",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or(())
    }
}
