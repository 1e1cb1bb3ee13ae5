//! What a walk finds.

use crate::lint::Rule;
use std::path::{Path, PathBuf};

/// A file that may be a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The file, by the way it was reached.
    pub file: PathBuf,
    /// The file without links on the way; equal for two ways to one file.
    pub canonical: PathBuf,
    /// Whether a link lies on the way.
    pub linked: bool,
}

/// One thing that the walk came across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file to load.
    Candidate(Candidate),
    /// Something that is not loaded, and why.
    Refused {
        /// Where.
        location: PathBuf,
        /// Why.
        rule: Rule,
        /// In words.
        message: String,
    },
}

impl Found {
    /// Returns where it is.
    #[must_use]
    pub fn location(&self) -> &Path {
        match self {
            Self::Candidate(candidate) => &candidate.file,
            Self::Refused { location, .. } => location,
        }
    }
}
