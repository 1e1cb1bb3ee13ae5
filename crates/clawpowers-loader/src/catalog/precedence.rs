//! Precedence: which of several skills with the same name is visible.
//!
//! Skills are added as they are found, and shadowed ones are dropped at once: a large collection is mostly copies.

use super::entry::{Catalog, Rejected, Row, Shadowed};
use crate::clients::Collision;
use crate::sort;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The result of loading a candidate.
pub(super) enum LoadOutcome<T> {
    Skill(Box<Loaded<T>>),
    Rejected(Rejected),
}

impl<T: Row> LoadOutcome<T> {
    /// Removes the label of a skill if another one has it.
    pub(super) fn keep_new_label(&mut self, labels: &mut HashSet<String>) {
        if let Self::Skill(loaded) = self
            && let Some(label) = loaded.row.label_mut()
            && !label.as_ref().is_none_or(|label| labels.insert(label.clone()))
        {
            *label = None;
        }
    }
}

/// A skill and its keys.
pub(super) struct Loaded<T> {
    pub(super) row: T,
    /// The normalized name.
    pub(super) key: String,
    /// The canonical path. It is one string because a path hashes part by part, which costs more than loading.
    pub(super) canonical: Option<OsString>,
}

/// The position of a result in the order of precedence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    root: usize,
    pass: usize,
    /// One string, because a path compares part by part.
    location: Arc<OsStr>,
}

impl Rank {
    fn path(&self) -> &Path {
        Path::new(&self.location)
    }
}

/// A shadowed skill.
struct ShadowedRow {
    rank: Rank,
    name: String,
    /// The index in [`Precedence::visible`] of the skill that shadows it.
    winner: usize,
}

/// Hashes of paths and names, of which there may be thousands of long ones. With two random keys, a collision is less
/// likely than a disk error.
#[derive(Default)]
struct Keys(RandomState, RandomState);

impl Keys {
    fn of(&self, text: &OsStr) -> (u64, u64) {
        (self.0.hash_one(text), self.1.hash_one(text))
    }
}

/// The skills found so far.
pub(super) struct Precedence<T> {
    keeps_all: bool,
    undetermined: bool,
    root: usize,
    /// The best skill with each name so far.
    visible: Vec<(Rank, T)>,
    names: HashMap<(u64, u64), usize>,
    keys: Keys,
    /// The path by which each file was found first.
    files: HashMap<(u64, u64), Arc<OsStr>>,
    shadowed: Vec<ShadowedRow>,
    duplicates: Vec<(Rank, Shadowed)>,
    rejected: Vec<(Rank, Rejected)>,
}

impl<T: Row> Precedence<T> {
    /// Starts with the root of highest precedence.
    pub(super) fn new(collision: Collision) -> Self {
        Self {
            keeps_all: collision == Collision::KeepAll,
            undetermined: collision == Collision::Undetermined,
            root: 0,
            visible: Vec::new(),
            names: HashMap::new(),
            keys: Keys::default(),
            files: HashMap::new(),
            shadowed: Vec::new(),
            duplicates: Vec::new(),
            rejected: Vec::new(),
        }
    }

    /// Continues with the root of next precedence.
    pub(super) fn next_root(&mut self) {
        self.root += 1;
    }

    /// Adds one result of a pass; those of one pass may come in any order.
    pub(super) fn take(&mut self, pass: usize, one: LoadOutcome<T>) {
        match one {
            LoadOutcome::Rejected(rejected) => {
                let rank = self.rank(pass, &rejected.location);
                self.rejected.push((rank, rejected));
            }
            LoadOutcome::Skill(ready) => {
                let rank = self.rank(pass, &ready.row.location());
                self.skill(rank, *ready);
            }
        }
    }

    fn rank(&self, pass: usize, location: &Path) -> Rank {
        Rank {
            root: self.root,
            pass,
            location: location.as_os_str().into(),
        }
    }

    fn skill(&mut self, rank: Rank, ready: Loaded<T>) {
        let Loaded { row, key, canonical } = ready;
        if let Some(canonical) = canonical {
            let file = self.keys.of(&canonical);
            if let Some(winner) = self.files.get(&file) {
                let hidden = Shadowed {
                    name: row.name().to_owned(),
                    location: rank.path().to_owned(),
                    winner: PathBuf::from(&**winner),
                    undetermined: self.undetermined,
                };
                return self.duplicates.push((rank, hidden));
            }
            self.files.insert(file, Arc::clone(&rank.location));
        }
        let key = self.keys.of(key.as_ref());
        let best = self.names.get(&key).filter(|_| !self.keeps_all).copied();
        match best.and_then(|index| Some((index, self.visible.get_mut(index)?))) {
            None => {
                self.names.insert(key, self.visible.len());
                self.visible.push((rank, row));
            }
            Some((winner, best)) => {
                let mut loser = (rank, row);
                if loser.0 < best.0 {
                    std::mem::swap(&mut loser, best);
                }
                let (rank, row) = loser;
                let name = row.name().to_owned();
                self.shadowed.push(ShadowedRow { rank, name, winner });
            }
        }
    }

    /// Sorts everything.
    pub(super) fn finish(self) -> Catalog<T> {
        let Self {
            mut visible,
            mut shadowed,
            mut duplicates,
            mut rejected,
            names,
            files,
            undetermined,
            ..
        } = self;
        drop((names, files));
        sort::by(&mut shadowed, |a, b| a.rank.cmp(&b.rank));
        let shadowed = shadowed.into_iter().map(|one| Shadowed {
            name: one.name,
            location: one.rank.path().to_owned(),
            winner: visible
                .get(one.winner)
                .map(|(rank, _)| rank.path().to_owned())
                .unwrap_or_default(),
            undetermined,
        });
        let shadowed = shadowed.collect();
        sort::by(&mut visible, |a, b| a.0.cmp(&b.0));
        sort::by(&mut duplicates, |a, b| a.0.cmp(&b.0));
        sort::by(&mut rejected, |a, b| a.0.cmp(&b.0));
        Catalog {
            entries: visible.into_iter().map(|(_, row)| row).collect(),
            shadowed,
            duplicates: duplicates.into_iter().map(|(_, hidden)| hidden).collect(),
            rejected: rejected.into_iter().map(|(_, rejected)| rejected).collect(),
        }
    }
}
