//! What a catalog holds: visible skills, shadowed ones, and files that did not load.

use crate::discovery::Scope;
use crate::display::nearest;
use crate::lint::{Diagnostic, Rule};
use crate::skill::{Skill, normalize_name};
use crate::tree::Tree;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A skill of the catalog; its body was not read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The skill without its body.
    pub skill: Skill,
    /// Where its files are.
    pub tree: Arc<dyn Tree>,
    /// Its SKILL.md in the tree.
    pub file: PathBuf,
    /// Whose it is.
    pub scope: Scope,
    /// The root below which it was found; empty for shipped skills.
    pub root: PathBuf,
    /// What was found in its head.
    pub diagnostics: Vec<Diagnostic>,
}

impl Entry {
    /// Returns where the SKILL.md is: a path, or `bundled:NAME/SKILL.md`.
    #[must_use]
    pub fn location(&self) -> Cow<'_, Path> {
        if self.scope == Scope::Bundled {
            let mut location = std::ffi::OsString::from("bundled:");
            location.push(&self.file);
            return PathBuf::from(location).into();
        }
        self.file.as_path().into()
    }
}

/// A skill that is not visible because another of its name is, or because it is the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadowed {
    /// Its name.
    pub name: String,
    /// Its SKILL.md.
    pub location: PathBuf,
    /// The SKILL.md that is taken instead.
    pub winner: PathBuf,
}

/// Something that looks like a skill and did not load.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Where.
    pub location: PathBuf,
    /// Why.
    pub reason: Rule,
    /// What was found in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a catalog keeps of each visible skill: all of it, as an [`Entry`], or what a caller needs.
///
/// A large collection is listed in little memory, since the rest is dropped as soon as a skill is loaded.
pub trait Row: Sized + Send {
    /// Makes the row of a skill that was loaded.
    fn new(entry: Entry) -> Self;
    /// Returns the skill's name.
    fn name(&self) -> &str;
    /// Returns whose it is.
    fn scope(&self) -> Scope;
    /// Returns the root below which it was found.
    fn root(&self) -> &Path;
    /// Returns where the SKILL.md is.
    fn location(&self) -> Cow<'_, Path>;
}

impl Row for Entry {
    fn new(entry: Entry) -> Self {
        entry
    }

    fn name(&self) -> &str {
        &self.skill.name
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn root(&self) -> &Path {
        &self.root
    }

    fn location(&self) -> Cow<'_, Path> {
        self.location()
    }
}

/// Every skill that was found.
#[derive(Debug, Clone)]
pub struct Catalog<T = Entry> {
    /// The visible ones, in the order of precedence, then of their paths.
    pub entries: Vec<T>,
    /// Those hidden by another of the same name.
    pub shadowed: Vec<Shadowed>,
    /// Further ways to a file that is in the catalog.
    pub duplicates: Vec<Shadowed>,
    /// Those that did not load.
    pub rejected: Vec<Rejected>,
}

impl<T: Row> Catalog<T> {
    /// Returns the skill called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let name = normalize_name(name);
        self.entries.iter().find(|row| normalize_name(row.name()) == name)
    }

    /// Returns the name most like `name`, if one is like enough to be meant.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.entries.iter().map(Row::name))
    }

    /// Returns how many files that look like skills were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.entries.len() + self.shadowed.len() + self.duplicates.len() + self.rejected.len()
    }
}
