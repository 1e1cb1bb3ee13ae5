//! What an operation answers when it cannot do what it was asked.

use crate::hint::worded;
use serde::Serialize;
use serde_json::Value;

/// The stable code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not JSON, has a missing or unknown field, or a field of the wrong type.
    InvalidRequest,
    /// There is no operation of this name; `details.operations` lists the names.
    UnknownOperation,
    /// The skill, file, role profile, setting, plan, version or execution does not exist.
    NotFound,
    /// A value breaks a rule: an unknown target, client, scope or format, a bad name, an empty description, a path
    /// that leaves the skill's folder, a value that a setting does not accept.
    InvalidInput,
    /// `config.json` is not valid JSON, or is to be changed and contains a key twice; `details` has `line` and
    /// `column`.
    InvalidConfig,
    /// The database could not be used; nothing was written. `details.kind` is `busy` (another process held the
    /// database or its lock file for more than 30 seconds), `corrupt`, `newer` (written by a newer release), `full`,
    /// `read_only` or `io`.
    Storage,
    /// The file system returned an error.
    Io,
    /// The runtime is closed.
    Closed,
    /// The operation needs a disk or processes, and this runtime has none.
    UnsupportedPlatform,
    /// A bug in ClawPowers; please report it.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::InvalidRequest,
        Self::UnknownOperation,
        Self::NotFound,
        Self::InvalidInput,
        Self::InvalidConfig,
        Self::Storage,
        Self::Io,
        Self::Closed,
        Self::UnsupportedPlatform,
        Self::Internal,
    ];

    /// Returns the code as it stands in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnknownOperation => "unknown_operation",
            Self::NotFound => "not_found",
            Self::InvalidInput => "invalid_input",
            Self::InvalidConfig => "invalid_config",
            Self::Storage => "storage",
            Self::Io => "io",
            Self::Closed => "closed",
            Self::UnsupportedPlatform => "unsupported_platform",
            Self::Internal => "internal",
        }
    }
}

/// An error with its stable code, its words, and what to do next.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiError {
    /// The stable code.
    pub code: ErrorCode,
    /// What is wrong, in lower case, values in backticks.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Further facts for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Value>>,
}

impl ApiError {
    /// Makes an error without a hint.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            details: None,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(worded(&hint.into()));
        self
    }

    /// Writes the reply that other languages get: `{"error": …}`.
    #[must_use]
    pub fn to_reply(&self) -> String {
        crate::wire::json::reply::<(), &Self>(&Err(self))
    }

    /// Adds facts for programs.
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }
}

impl ApiError {
    /// Says that `what` is not for a runtime that has no disk.
    pub(crate) fn needs_disk(what: &str) -> Self {
        let message = format!("{what} needs a disk, and this runtime has none");
        Self::new(ErrorCode::UnsupportedPlatform, message)
            .hint("call it from the command line, or from Node or Python with a home on disk")
    }
}

impl From<clawpowers_executor::Error> for ApiError {
    fn from(error: clawpowers_executor::Error) -> Self {
        use clawpowers_executor::ErrorKind;
        let of = |code| Self::new(code, error.message).hint(error.hint);
        match error.kind {
            ErrorKind::Invalid => of(ErrorCode::InvalidInput),
            ErrorKind::NotFound => of(ErrorCode::NotFound),
            ErrorKind::Unsupported => of(ErrorCode::UnsupportedPlatform),
            ErrorKind::Storage(kind) => {
                of(ErrorCode::Storage).details(serde_json::json!({ "kind": kind.as_str() }))
            }
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
