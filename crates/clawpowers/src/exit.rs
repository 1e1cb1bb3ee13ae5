//! Exit codes, which COMPATIBILITY.md documents.

use clawpowers_api::ErrorCode;
use std::process::{ExitCode, Termination};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    /// The command worked, but the result is negative: not found, not valid, something to repair.
    Negative,
    Usage,
    /// A value or a file is not valid.
    Invalid,
    /// The database or the file system failed.
    Storage,
    Internal,
    /// The exit code of the command that `run` ran.
    Child(u8),
}

impl Exit {
    const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Negative => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Storage => 4,
            Self::Internal => 70,
            Self::Child(code) => code,
        }
    }
}

impl From<ErrorCode> for Exit {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::NotFound => Self::Negative,
            ErrorCode::InvalidRequest | ErrorCode::UnknownOperation => Self::Usage,
            ErrorCode::InvalidInput | ErrorCode::InvalidConfig => Self::Invalid,
            ErrorCode::Storage | ErrorCode::Io | ErrorCode::Closed | ErrorCode::UnsupportedPlatform => {
                Self::Storage
            }
            ErrorCode::Internal => Self::Internal,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, Exit};
    use std::collections::BTreeMap;

    #[test]
    fn exit_codes_of_errors_are_documented() {
        let document = include_str!("../../../COMPATIBILITY.md");
        let (_, sentence) = document.split_once("Error codes map to exit codes: ").unwrap();
        let (sentence, _) = sentence.split_once(". ").unwrap();
        // `a` and `b` 2; `c` 3
        let mut documented = BTreeMap::new();
        for group in sentence.split(';') {
            let number: u8 = group.split_whitespace().last().unwrap().parse().unwrap();
            for code in group.split('`').skip(1).step_by(2) {
                documented.insert(code, number);
            }
        }
        let real = ErrorCode::ALL
            .iter()
            .map(|code| (code.as_str(), Exit::from(*code).code()));
        assert_eq!(documented, real.collect());
    }
}
