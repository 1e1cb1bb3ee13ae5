//! Who is visible: skills are taken as they are found, and what another one hides is let go at once.
//!
//! A large collection is mostly copies, so that only the visible skills are kept whole while the rest is loaded.

use super::entry::{Catalog, Rejected, Row, Shadowed};
use crate::parallel;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A candidate after loading.
pub(super) enum LoadOutcome<T> {
    Skill(Box<Loaded<T>>),
    Rejected(Rejected),
}

/// A skill with what decides whether it is visible.
pub(super) struct Loaded<T> {
    pub(super) row: T,
    /// The name as names are compared.
    pub(super) key: String,
    /// The file without links on the way. One string: a path hashes part by part, which costs more than loading.
    pub(super) canonical: Option<OsString>,
}

/// How many hidden skills are freed together, by all threads.
const FREED: usize = 512;

/// The place of a find in the order of precedence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    root: usize,
    pass: usize,
    /// One string: a path compares part by part.
    location: Arc<OsStr>,
}

impl Rank {
    fn path(&self) -> &Path {
        Path::new(&self.location)
    }
}

/// A skill that another one of its name hides.
struct ShadowedRow {
    rank: Rank,
    name: String,
    /// Where in [`Precedence::visible`] the one is that hides it.
    winner: usize,
}

/// Tells files apart by their ways without links, and skills by their names. Of thousands of long texts only a hash is
/// kept; with two keys that nobody knows, two of them have the same one less often than a disk errs.
#[derive(Default)]
struct Keys(RandomState, RandomState);

impl Keys {
    fn of(&self, text: &OsStr) -> (u64, u64) {
        (self.0.hash_one(text), self.1.hash_one(text))
    }
}

/// What is found so far.
pub(super) struct Precedence<T> {
    keeps_all: bool,
    root: usize,
    /// The best skill of each name so far.
    visible: Vec<(Rank, T)>,
    names: HashMap<(u64, u64), usize>,
    keys: Keys,
    /// The way by which a file was found first.
    files: HashMap<(u64, u64), Arc<OsStr>>,
    shadowed: Vec<ShadowedRow>,
    duplicates: Vec<(Rank, Shadowed)>,
    rejected: Vec<(Rank, Rejected)>,
    hidden: Vec<T>,
}

impl<T: Row> Precedence<T> {
    /// Begins with the root of highest precedence.
    pub(super) fn new(keeps_all: bool) -> Self {
        Self {
            keeps_all,
            root: 0,
            visible: Vec::new(),
            names: HashMap::new(),
            keys: Keys::default(),
            files: HashMap::new(),
            shadowed: Vec::new(),
            duplicates: Vec::new(),
            rejected: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Goes on to the root of next precedence.
    pub(super) fn next_root(&mut self) {
        self.root += 1;
    }

    /// Takes one find of a pass; those of one pass may come in any order.
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
        if self.hidden.len() >= FREED {
            // To free them costs as much as to take them.
            parallel::drop_all(std::mem::take(&mut self.hidden));
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
                };
                self.duplicates.push((rank, hidden));
                return self.hidden.push(row);
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
                self.hidden.push(row);
            }
        }
    }

    /// Puts everything in order.
    pub(super) fn finish(self) -> Catalog<T> {
        let Self {
            mut visible,
            mut shadowed,
            mut duplicates,
            mut rejected,
            names,
            files,
            hidden,
            ..
        } = self;
        drop((names, files, hidden));
        shadowed.sort_by(|a, b| a.rank.cmp(&b.rank));
        let shadowed = shadowed.into_iter().map(|one| Shadowed {
            name: one.name,
            location: one.rank.path().to_owned(),
            winner: visible
                .get(one.winner)
                .map(|(rank, _)| rank.path().to_owned())
                .unwrap_or_default(),
        });
        let shadowed = shadowed.collect();
        visible.sort_by(|a, b| a.0.cmp(&b.0));
        duplicates.sort_by(|a, b| a.0.cmp(&b.0));
        rejected.sort_by(|a, b| a.0.cmp(&b.0));
        Catalog {
            entries: visible.into_iter().map(|(_, row)| row).collect(),
            shadowed,
            duplicates: duplicates.into_iter().map(|(_, hidden)| hidden).collect(),
            rejected: rejected.into_iter().map(|(_, rejected)| rejected).collect(),
        }
    }
}
