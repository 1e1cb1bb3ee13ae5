//! How a client shortens its list of skills.
//!
//! Each client has a file with its rules, which were measured by running the version that the file names.

mod claude;
mod codex;

pub use claude::{claude, claude_budget, claude_preference};
pub use codex::{codex, codex_shown};

use crate::catalog::Entry;
use crate::discovery::Scope;
use std::path::Path;

/// A skill in a client's list, as [`crate::Catalog`] loads it for that client.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    pub name: &'a str,
    /// The name of the frontmatter, where the client shows it too.
    pub label: Option<&'a str>,
    pub description: &'a str,
    pub root: &'a Path,
    /// Its SKILL.md.
    pub file: &'a Path,
    pub scope: Scope,
    /// Skills of higher preference keep their descriptions before others.
    pub preference: f64,
}

impl<'a> From<&'a Entry> for Listed<'a> {
    /// Lists a skill without a preference.
    fn from(entry: &'a Entry) -> Self {
        Self {
            name: &entry.skill.name,
            label: entry.label.as_deref(),
            description: &entry.skill.description,
            root: &entry.root,
            file: &entry.file,
            scope: entry.scope,
            preference: 0.0,
        }
    }
}

/// How a client shows one skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    Whole,
    /// This many code points of its description are shown.
    Shortened(usize),
    /// It is listed without its description.
    NameOnly,
    /// It is not listed.
    Dropped,
}

impl Truncation {
    /// Returns the name used in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Shortened(_) => "shortened",
            Self::NameOnly => "name_only",
            Self::Dropped => "dropped",
        }
    }
}

/// How a client shortens a list of skills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// The unit of the sizes: `characters`, as the client counts them, or `bytes`.
    pub unit: &'static str,
    /// The maximum size of its list.
    pub budget: u64,
    /// The size of its own skills, which use the budget first.
    pub bundled: usize,
    /// In the order of the list.
    pub shares: Vec<Share>,
}

/// The size of one skill in the list, and how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The size of its whole line.
    pub cost: usize,
    pub truncation: Truncation,
}

impl Allocation {
    /// Returns the size of the whole list, without the client's own skills.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.shares.iter().map(|share| share.cost).sum()
    }

    /// Returns how many of the skills at `indices` must be removed, in that order, until the others fit.
    pub fn removals(&self, indices: impl IntoIterator<Item = usize>) -> usize {
        let room = size(self.budget).saturating_sub(self.bundled);
        let mut needed = self.needed();
        let mut count = 0;
        for index in indices {
            if needed <= room {
                break;
            }
            needed -= self.shares.get(index).map_or(0, |share| share.cost);
            count += 1;
        }
        count
    }
}

fn size(budget: u64) -> usize {
    usize::try_from(budget).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_stop_as_soon_as_the_others_fit() {
        let share = |cost| Share {
            cost,
            truncation: Truncation::Whole,
        };
        let allocation = Allocation {
            unit: "bytes",
            budget: 100,
            bundled: 50,
            shares: vec![share(10), share(30), share(40)],
        };
        assert_eq!(allocation.needed(), 80);
        assert_eq!(allocation.removals([0, 1, 2]), 2);
        assert_eq!(allocation.removals([2, 1, 0]), 1);
        let small = Allocation {
            budget: 10,
            ..allocation.clone()
        };
        assert_eq!(small.removals([0, 1, 2]), 3, "not even an empty list fits");
        let large = Allocation {
            budget: 130,
            ..allocation
        };
        assert_eq!(large.removals([0, 1, 2]), 0);
    }
}
