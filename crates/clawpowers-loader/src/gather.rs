//! Who is visible: skills are taken as they are found, and what another one hides is let go at once.
//!
//! A large collection is mostly copies, so that only the visible skills are kept whole while the rest is loaded.

use crate::catalog::{Catalog, Entry, Hidden, Loaded, Ready, Rejected};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How many hidden skills are freed together, by all threads.
const FREED: usize = 512;

/// The place of a find in the order of precedence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    root: usize,
    pass: usize,
    /// One string: a path compares part by part.
    location: OsString,
}

impl Rank {
    fn path(&self) -> &Path {
        Path::new(&self.location)
    }
}

/// A skill that another one of its name hides.
struct Shadowed {
    rank: Rank,
    name: String,
    /// Where in [`Gathering::visible`] the one is that hides it.
    winner: usize,
}

/// What is found so far.
#[derive(Default)]
pub(crate) struct Gathering {
    keeps_all: bool,
    root: usize,
    /// The best skill of each name so far.
    visible: Vec<(Rank, Entry)>,
    names: HashMap<String, usize>,
    /// By its way without links, the way by which a file was found first.
    files: HashMap<OsString, PathBuf>,
    shadowed: Vec<Shadowed>,
    duplicates: Vec<(Rank, Hidden)>,
    rejected: Vec<(Rank, Rejected)>,
    hidden: Vec<Entry>,
}

impl Gathering {
    /// Begins with the root of highest precedence.
    pub(crate) fn new(keeps_all: bool) -> Self {
        Self {
            keeps_all,
            ..Self::default()
        }
    }

    /// Goes on to the root of next precedence.
    pub(crate) fn next_root(&mut self) {
        self.root += 1;
    }

    /// Takes one find of a pass; those of one pass may come in any order.
    pub(crate) fn take(&mut self, pass: usize, one: Loaded) {
        match one {
            Loaded::Rejected(rejected) => {
                let rank = self.rank(pass, rejected.location.clone());
                self.rejected.push((rank, rejected));
            }
            Loaded::Skill(ready) => {
                let rank = self.rank(pass, ready.entry.location());
                self.skill(rank, *ready);
            }
        }
        if self.hidden.len() >= FREED {
            // To free them costs as much as to take them.
            std::mem::take(&mut self.hidden).into_par_iter().for_each(drop);
        }
    }

    fn rank(&self, pass: usize, location: PathBuf) -> Rank {
        Rank {
            root: self.root,
            pass,
            location: location.into_os_string(),
        }
    }

    fn skill(&mut self, rank: Rank, ready: Ready) {
        let Ready {
            entry,
            key,
            canonical,
        } = ready;
        if let Some(canonical) = canonical {
            if let Some(winner) = self.files.get(&canonical) {
                let hidden = Hidden {
                    name: entry.skill.name.clone(),
                    location: rank.path().to_owned(),
                    winner: winner.clone(),
                };
                self.duplicates.push((rank, hidden));
                return self.hidden.push(entry);
            }
            self.files.insert(canonical, rank.path().to_owned());
        }
        let best = self.names.get(&key).filter(|_| !self.keeps_all).copied();
        match best.and_then(|index| Some((index, self.visible.get_mut(index)?))) {
            None => {
                self.names.insert(key, self.visible.len());
                self.visible.push((rank, entry));
            }
            Some((winner, best)) => {
                let mut loser = (rank, entry);
                if loser.0 < best.0 {
                    std::mem::swap(&mut loser, best);
                }
                let (rank, mut entry) = loser;
                let name = std::mem::take(&mut entry.skill.name);
                self.shadowed.push(Shadowed { rank, name, winner });
                self.hidden.push(entry);
            }
        }
    }

    /// Puts everything in order.
    pub(crate) fn finish(self) -> Catalog {
        let Self {
            mut visible,
            mut shadowed,
            mut duplicates,
            mut rejected,
            ..
        } = self;
        shadowed.par_sort_by(|a, b| a.rank.cmp(&b.rank));
        let shadowed = shadowed.into_iter().map(|one| Hidden {
            name: one.name,
            location: one.rank.location.into(),
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
            entries: visible.into_iter().map(|(_, entry)| entry).collect(),
            shadowed,
            duplicates: duplicates.into_iter().map(|(_, hidden)| hidden).collect(),
            rejected: rejected.into_iter().map(|(_, rejected)| rejected).collect(),
        }
    }
}
