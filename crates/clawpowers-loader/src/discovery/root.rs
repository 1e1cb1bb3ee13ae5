//! A folder below which skills are looked for.

use crate::tree::{DiskTree, Tree};
use std::path::{Path, PathBuf};

/// Whose skills a root holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The project that is worked on.
    Project,
    /// The user, for every project.
    User,
    /// The runtime home.
    Home,
    /// The machine.
    System,
    /// A root named on the command line or in a request.
    Extra,
    /// The skills that ship with the program.
    Bundled,
}

impl Scope {
    /// Every scope, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Project,
        Self::User,
        Self::Home,
        Self::System,
        Self::Extra,
        Self::Bundled,
    ];

    /// Returns the name used in replies and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::User => "user",
            Self::Home => "home",
            Self::System => "system",
            Self::Extra => "extra",
            Self::Bundled => "bundled",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(())
    }
}

/// A folder below which skills are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The folder.
    pub path: PathBuf,
    /// Whose skills it holds.
    pub scope: Scope,
    /// The folder that links may not lead out of; anywhere where there is none.
    ///
    /// A user's own roots may link wherever the user linked them. A project comes from strangers, so its links stay
    /// inside the project.
    pub boundary: Option<PathBuf>,
}

impl Root {
    /// Makes a root for a folder named by the user; links stay inside it.
    #[must_use]
    pub fn extra(path: PathBuf) -> Self {
        let boundary = Some(path.clone());
        Self {
            path,
            scope: Scope::Extra,
            boundary,
        }
    }

    /// Tells whether a skill in `folder`, on disk, is at most `depth` levels below the root.
    #[must_use]
    pub fn reaches(&self, folder: &Path, depth: usize) -> bool {
        let tree = &DiskTree;
        let (Ok(root), Ok(folder)) = (tree.canonicalize(&self.path), tree.canonicalize(folder)) else {
            return false;
        };
        let below = folder.strip_prefix(&root).map(|rest| rest.components().count());
        self.holds(tree, &root) && below.is_ok_and(|levels| levels < depth)
    }

    /// Tells whether a canonical path is inside the boundary.
    pub(crate) fn holds(&self, tree: &dyn Tree, canonical: &Path) -> bool {
        self.boundary.as_ref().is_none_or(|boundary| {
            let real = tree.canonicalize(boundary);
            canonical.starts_with(real.as_ref().unwrap_or(boundary))
        })
    }
}
