//! The contents of a catalog: visible skills, shadowed ones, and files that did not load.

use crate::discovery::Scope;
use crate::display::nearest;
use crate::lint::{Diagnostic, Rule};
use crate::skill::{Skill, normalize_name};
use crate::tree::Tree;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A skill of the catalog.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The skill without its body, which was not read.
    pub skill: Skill,
    /// The name in its frontmatter, if the client shows it next to its own name for the skill.
    pub label: Option<String>,
    pub tree: Arc<dyn Tree>,
    /// Its SKILL.md in the tree.
    pub file: PathBuf,
    pub scope: Scope,
    /// The root it was found in; empty for bundled skills.
    pub root: PathBuf,
    /// Diagnostics about its frontmatter.
    pub diagnostics: Vec<Diagnostic>,
}

impl Entry {
    /// Returns the location of the SKILL.md: a path, or `bundled:NAME/SKILL.md`.
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

/// A skill that is not visible: another skill has the same name and takes precedence, or it is the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadowed {
    pub name: String,
    /// Its SKILL.md.
    pub location: PathBuf,
    /// The SKILL.md that is visible instead.
    pub winner: PathBuf,
    /// Whether the client may load this one instead: which one it loads varies.
    pub undetermined: bool,
}

/// Something that looks like a skill and did not load.
#[derive(Debug, Clone)]
pub struct Rejected {
    pub location: PathBuf,
    pub reason: Rule,
    pub diagnostics: Vec<Diagnostic>,
}

/// What a catalog keeps of each visible skill: an [`Entry`], or only what a caller needs.
///
/// The rest is dropped as soon as a skill is loaded, so that listing a large collection needs little memory.
pub trait Row: Sized + Send {
    fn new(entry: Entry) -> Self;
    fn name(&self) -> &str;
    /// Returns the label, if the row keeps it.
    fn label_mut(&mut self) -> Option<&mut Option<String>>;
    /// Returns the description that the model is shown, if the row keeps it.
    fn shown_description_mut(&mut self) -> Option<&mut String>;
    fn scope(&self) -> Scope;
    /// Returns the root that the skill was found in.
    fn root(&self) -> &Path;
    /// Returns the location of the SKILL.md.
    fn location(&self) -> Cow<'_, Path>;
}

impl Row for Entry {
    fn new(entry: Entry) -> Self {
        entry
    }

    fn name(&self) -> &str {
        &self.skill.name
    }

    fn label_mut(&mut self) -> Option<&mut Option<String>> {
        Some(&mut self.label)
    }

    fn shown_description_mut(&mut self) -> Option<&mut String> {
        self.skill.invocation.model.then_some(&mut self.skill.description)
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
    /// The visible skills, in the order of precedence, then of their paths.
    pub entries: Vec<T>,
    /// Skills that another skill with the same name shadows.
    pub shadowed: Vec<Shadowed>,
    /// Further paths to a file that is in the catalog.
    pub duplicates: Vec<Shadowed>,
    pub rejected: Vec<Rejected>,
}

impl<T: Row> Catalog<T> {
    /// Returns the visible skill called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        let name = normalize_name(name);
        self.entries.iter().find(|row| normalize_name(row.name()) == name)
    }

    /// Returns the name most similar to `name`, if one is similar enough.
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
