//! Exit codes: a published contract, listed in COMPATIBILITY.md.

use clawpowers_api::ErrorCode;
use std::process::{ExitCode, Termination};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Done, but the answer is no: not found, not valid, something to repair.
    No = 1,
    /// The command line is not understood.
    Usage = 2,
    /// A value or a file breaks a rule.
    Invalid = 3,
    /// Storage or the file system refused.
    Storage = 4,
    /// A fault of the program.
    Internal = 70,
}

impl From<ErrorCode> for Exit {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::NotFound => Self::No,
            ErrorCode::InvalidRequest | ErrorCode::UnknownOperation => Self::Usage,
            ErrorCode::InvalidInput | ErrorCode::InvalidConfig => Self::Invalid,
            ErrorCode::Storage | ErrorCode::Io => Self::Storage,
            ErrorCode::Internal => Self::Internal,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
