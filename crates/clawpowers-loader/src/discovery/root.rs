//! A folder that is searched for skills.

use super::rules::WalkRules;
use crate::tree::{DiskTree, Tree};
use std::path::{Path, PathBuf};

named_enum! {
    /// Where the skills of a root come from.
    pub enum Scope {
        Project = "project",
        /// The user, for every project.
        User = "user",
        /// The runtime home.
        Home = "home",
        /// The machine.
        System = "system",
        /// A root named on the command line or in a request.
        Extra = "extra",
        /// The skills that ship with the program.
        Bundled = "bundled",
    }
}

/// What a root contains.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RootKind {
    /// Folders with a SKILL.md.
    #[default]
    Skills,
    /// Folders with a SKILL.md, and Markdown files directly in the root.
    SkillsAndMarkdown,
    /// Folders with a SKILL.md, hidden ones too, where the client skips those in other roots.
    SkillsAndHidden,
    /// Folders with a SKILL.md at most two levels under the root.
    TwoLevels,
    /// Skills that the client loads once the agent works on a file of the project's folder around the root.
    Later,
    /// Commands: Markdown files directly in the root.
    Commands,
    /// Commands: Markdown files at any depth.
    NestedCommands,
}

impl RootKind {
    /// Returns whether the root contains commands instead of skills.
    #[must_use]
    pub const fn is_commands(self) -> bool {
        matches!(self, Self::Commands | Self::NestedCommands)
    }
}

/// A folder that is searched for skills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub path: PathBuf,
    pub scope: Scope,
    /// The folder that symlinks must not lead out of; `None` allows any target.
    ///
    /// A user's own roots may link anywhere. A project comes from strangers, so its symlinks must stay inside it.
    pub boundary: Option<PathBuf>,
    pub kind: RootKind,
}

impl Root {
    /// Creates a root whose symlinks may lead anywhere.
    pub(crate) const fn unbounded(path: PathBuf, scope: Scope) -> Self {
        Self {
            path,
            scope,
            boundary: None,
            kind: RootKind::Skills,
        }
    }

    /// Creates a root whose symlinks must stay inside it.
    pub(crate) fn enclosed(path: PathBuf, scope: Scope) -> Self {
        Self {
            boundary: Some(path.clone()),
            ..Self::unbounded(path, scope)
        }
    }

    /// Creates a root for a folder named by the user; its symlinks must stay inside it.
    #[must_use]
    pub fn extra(path: PathBuf) -> Self {
        Self::enclosed(path, Scope::Extra)
    }

    /// Returns whether a skill in `folder`, on disk, is at most `depth` levels under the root.
    #[must_use]
    pub fn reaches(&self, folder: &Path, depth: usize) -> bool {
        let tree = &DiskTree;
        let (Ok(root), Ok(folder)) = (tree.canonicalize(&self.path), tree.canonicalize(folder)) else {
            return false;
        };
        let below = folder.strip_prefix(&root).map(|rest| rest.components().count());
        self.holds(tree, &root) && below.is_ok_and(|levels| levels < depth)
    }

    /// Returns the folder that symlinks must not lead out of under the rules of a client.
    pub(crate) fn boundary_for(&self, rules: &WalkRules) -> Option<&PathBuf> {
        let follows = rules.follows_out && self.scope == Scope::Project;
        self.boundary.as_ref().filter(|_| !follows)
    }

    /// Returns whether a canonical path is inside the boundary.
    pub(crate) fn holds(&self, tree: &dyn Tree, canonical: &Path) -> bool {
        let boundary = self.canonical_boundary(tree);
        boundary.is_none_or(|boundary| canonical.starts_with(boundary))
    }

    pub(crate) fn canonical_boundary(&self, tree: &dyn Tree) -> Option<PathBuf> {
        let boundary = self.boundary.as_ref()?;
        Some(tree.canonicalize(boundary).unwrap_or_else(|_| boundary.clone()))
    }
}
