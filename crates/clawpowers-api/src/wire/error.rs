//! The errors of operations.

use crate::hint::worded;
use serde::Serialize;
use serde_json::Value;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The stable code of an error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Returns the name used in replies.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

error_codes! {
    /// The request is not JSON, has a missing or unknown field, or a field of the wrong type.
    InvalidRequest = "invalid_request",
    /// There is no operation of this name; `details.operations` lists the names.
    UnknownOperation = "unknown_operation",
    /// The skill, file, role profile, setting, plan, version or execution does not exist.
    NotFound = "not_found",
    /// A value is not acceptable: an unknown target, client, scope or format, a bad name, an empty description, a path
    /// that leaves the skill's folder, a value that a setting does not accept.
    InvalidInput = "invalid_input",
    /// `config.json` is not valid JSON, or contains a duplicate key and cannot be edited safely; `details` has `line`
    /// and `column`.
    InvalidConfig = "invalid_config",
    /// The database could not be used; nothing was written. `details.kind` is `busy` (another process held the
    /// database or its lock file for more than 30 seconds), `corrupt`, `newer` (written by a newer release), `full`,
    /// `read_only` or `io`.
    Storage = "storage",
    /// The file system returned an error.
    Io = "io",
    /// The runtime is closed.
    Closed = "closed",
    /// The operation needs a disk or processes, and this runtime has none.
    UnsupportedPlatform = "unsupported_platform",
    /// A bug in ClawPowers; please report it.
    Internal = "internal",
}

/// The result of an operation.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// The error of an operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiError {
    pub code: ErrorCode,
    /// What is wrong, in lower case, values in backticks.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Further facts for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Value>>,
}

impl ApiError {
    /// Creates an error without a hint and details.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            details: None,
        }
    }

    /// Creates an error with the code `invalid_input`.
    #[must_use]
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// Creates an error with the code `not_found`.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// Creates an error with the code `io`.
    #[must_use]
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Io, message)
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
