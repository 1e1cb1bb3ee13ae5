//! The results of a walk.

use crate::lint::Rule;
use std::path::{Path, PathBuf};

/// A file that may be a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The path by which the walk reached the file.
    pub file: PathBuf,
    /// The path without symlinks; equal for two paths to one file.
    pub canonical: PathBuf,
    /// Whether the path of `file` contains a symlink under the root.
    pub linked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Candidate(Candidate),
    /// Something that is not loaded.
    Refused {
        location: PathBuf,
        rule: Rule,
        message: String,
    },
}

impl Found {
    /// Returns its path.
    #[must_use]
    pub fn location(&self) -> &Path {
        match self {
            Self::Candidate(candidate) => &candidate.file,
            Self::Refused { location, .. } => location,
        }
    }
}
