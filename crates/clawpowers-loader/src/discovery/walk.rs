//! The walk below one root: breadth first, level by level in parallel, in a fixed order, within bounds.

use super::Root;
use super::found::Found;
use super::rules::WalkRules;
use super::visit::{Base, Folder, Visit, Visitor};
use crate::lint::Rule;
use crate::parallel;
use crate::tree::{EntryKind, OpenFolder, Tree};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// What a walk found, in order.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// The finds: real files in real folders in the order of their paths, then those behind links.
    pub found: Vec<Found>,
    /// How many folders were looked at.
    pub folders: usize,
}

/// How many folders a thread looks at before it gives back what it found.
const DIVE: usize = 32;
/// How many such tasks are under way before their finds are taken, so that few are held at once.
const CHUNK: usize = 128;

/// Walks below `root`; a root that does not exist gives nothing, one that cannot be reached a row.
#[must_use]
pub fn walk(tree: &dyn Tree, root: &Root, rules: &WalkRules) -> Walk {
    let mut found = Vec::new();
    let folders = walk_with(tree, root, rules, &|found, _| found, &mut |pass, one| {
        found.push((pass, one));
    });
    found.sort_by(|(a_pass, a), (b_pass, b)| {
        let paths = || a.location().as_os_str().cmp(b.location().as_os_str());
        a_pass.cmp(b_pass).then_with(paths)
    });
    let found = found.into_iter().map(|(_, one)| one).collect();
    Walk { found, folders }
}

/// Walks below `root` and makes something of each find while its folder is open, which spares a second way to it.
///
/// `take` gets what was made with the number of the pass that found it: real folders, then links in their order. The
/// order of a walk is that of the passes, then of the paths; within a pass, finds are given as they come, always in
/// the same order. Returns how many folders were looked at.
pub(crate) fn walk_with<T: Send>(
    tree: &dyn Tree,
    root: &Root,
    rules: &WalkRules,
    make: &(impl Fn(Found, Option<&dyn OpenFolder>) -> T + Sync),
    take: &mut (impl FnMut(usize, T) + Send),
) -> usize {
    let boundary = root
        .boundary
        .as_ref()
        .map(|path| tree.canonicalize(path).unwrap_or_else(|_| path.clone()));
    let mut walker = Walker {
        visitor: Visitor {
            tree,
            rules,
            boundary,
            make,
        },
        seen: HashSet::new(),
        skills: HashMap::new(),
        tally: Tally {
            rules,
            take,
            pass: 0,
            file_links: Vec::new(),
            next: Vec::new(),
            links: Vec::new(),
            folders: 0,
            entries: 0,
            full: false,
        },
    };
    // Once for all: every task that is handed to the pool from outside wakes it anew.
    parallel::scope(|| walker.root(&root.path));
    walker.tally.folders
}

struct Walker<'a, M, S, T> {
    visitor: Visitor<'a, M>,
    /// The folders behind links that were looked at. Kept as strings: a path hashes and compares part by part, which
    /// costs more than reading the folder.
    seen: HashSet<OsString>,
    /// What was asked of folders that links lead to, so that each is asked once.
    skills: HashMap<OsString, Option<Vec<(OsString, EntryKind)>>>,
    tally: Tally<'a, S, T>,
}

/// What a walk came to so far.
struct Tally<'a, S, T> {
    rules: &'a WalkRules,
    take: &'a mut S,
    pass: usize,
    /// The SKILL.md of this pass that are links.
    file_links: Vec<(PathBuf, T)>,
    /// The folders of the next level.
    next: Vec<Folder>,
    /// The links that are not followed yet.
    links: Vec<Folder>,
    folders: usize,
    entries: usize,
    full: bool,
}

impl<S: FnMut(usize, T), T> Tally<'_, S, T> {
    /// Adds what became of some folders; `passed` makes the row of a bound that was passed.
    fn add(&mut self, visits: Visits<'_, T>, passed: impl Fn(PathBuf, Rule, String) -> T) {
        let (folders, visits) = visits;
        for (folder, visit) in folders.iter().zip(visits) {
            if self.full {
                return;
            }
            self.folders += visit.folders;
            self.entries += visit.entries;
            self.full = self.folders > self.rules.max_folders || self.entries > self.rules.max_entries;
            if self.full {
                let message = format!(
                    "the root has more than {} folders or {} entries; what comes behind them was not looked at",
                    self.rules.max_folders, self.rules.max_entries
                );
                let row = passed(folder.path.clone(), Rule::ScanLimit, message);
                (self.take)(self.pass, row);
            }
            if self.folders > self.rules.max_folders {
                return;
            }
            for one in visit.found {
                (self.take)(self.pass, one);
            }
            self.file_links.extend(visit.file_links);
            self.next.extend(visit.next);
            self.links.extend(visit.links);
        }
    }

    /// Ends a pass: a real file comes before a link to it, whether or not the folders themselves are behind a link.
    fn end_pass(&mut self) {
        self.pass += 1;
        let mut file_links = std::mem::take(&mut self.file_links);
        file_links.sort_by(|(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
        for (_, one) in file_links {
            (self.take)(self.pass, one);
        }
    }
}

/// Folders and what became of each.
type Visits<'a, T> = (&'a [Folder], Vec<Visit<T>>);

impl<M, S, T> Walker<'_, M, S, T>
where
    M: Fn(Found, Option<&dyn OpenFolder>) -> T + Sync,
    S: FnMut(usize, T) + Send,
    T: Send,
{
    fn root(&mut self, root: &Path) {
        let canonical = match self.visitor.tree.canonicalize(root) {
            Ok(canonical) => canonical,
            Err(error) => return self.unreached(root, &error),
        };
        // Also where a folder above the root is a link.
        if !self.visitor.inside(&canonical) {
            return self.escape(root.to_owned(), &canonical);
        }
        let base = Base {
            path: root.to_owned(),
            canonical,
            depth: 0,
            linked: false,
        };
        self.below(&base, |_, _| true);
        self.follow_links(&base);
    }

    /// Walks below a base, in parallel and yet with the same finds each time; `wanted` is asked of each folder that
    /// begins a task.
    fn below(&mut self, base: &Base, mut wanted: impl FnMut(&mut Self, &Path) -> bool) {
        let mut level = vec![Folder {
            path: base.path.clone(),
            depth: base.depth,
        }];
        while !level.is_empty() && !self.tally.full {
            level.retain(|folder| wanted(self, &folder.path));
            let mut before: Visits<'_, T> = (&[], Vec::new());
            for chunk in level.chunks(CHUNK) {
                let more = self.more(base, before.1.len() + chunk.len());
                let (visitor, tally) = (&self.visitor, &mut self.tally);
                // What the last tasks found is taken while the next ones look.
                let (visits, ()) = parallel::join(
                    || {
                        let visit = |folder| visitor.visit(base, folder, more);
                        parallel::map(chunk, visit)
                    },
                    || tally.add(before, |path, rule, message| visitor.refuse(path, rule, message)),
                );
                before = (chunk, visits);
                if self.tally.full {
                    break;
                }
            }
            let visitor = &self.visitor;
            self.tally
                .add(before, |path, rule, message| visitor.refuse(path, rule, message));
            level = std::mem::take(&mut self.tally.next);
        }
        self.tally.end_pass();
    }

    /// Returns how many further folders each of so many tasks may look at.
    ///
    /// A dive is not breadth first, so there is none where a bound may be met: not by the rules of a client, whose bounds
    /// are low, nor near this program's own, so that it is met exactly. Behind a link each folder is asked for.
    fn more(&self, base: &Base, tasks: usize) -> usize {
        let rules = self.tally.rules;
        let own = WalkRules::default();
        let low = rules.max_folders < own.max_folders || rules.max_entries < own.max_entries;
        let left = rules.max_folders.saturating_sub(self.tally.folders);
        if base.linked || low || left / (DIVE + 1) < tasks {
            0
        } else {
            DIVE
        }
    }

    /// Follows links to folders after all real folders, so that a real way to a skill comes before a linked one.
    fn follow_links(&mut self, root: &Base) {
        while !self.tally.links.is_empty() && !self.tally.full {
            let mut links = std::mem::take(&mut self.tally.links);
            links.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
            for link in links {
                self.tally.pass += 1;
                self.follow(root, link);
            }
        }
    }

    fn follow(&mut self, root: &Base, link: Folder) {
        let Ok(target) = self.visitor.tree.canonicalize(&link.path) else {
            let message = "the link points to nothing".to_owned();
            return self.refuse(link.path, Rule::SymlinkBroken, message);
        };
        if !self.visitor.tree.is_folder(&target) || self.tally.full {
            return;
        }
        if !self.visitor.rules.folder_links {
            let message = "this client does not follow links to folders".to_owned();
            return self.refuse(link.path, Rule::SymlinkEscape, message);
        }
        if !self.visitor.inside(&target) {
            return self.escape(link.path, &target);
        }
        let base = Base {
            path: link.path,
            canonical: target,
            depth: link.depth,
            linked: true,
        };
        if self.seen.contains(base.canonical.as_os_str()) || self.reaches(root, &base.canonical) {
            // A second way: the folder's own skill is named as a duplicate, nothing is walked twice.
            let skills = Self::skills_of(&mut self.skills, &self.visitor, &base.canonical);
            let one = skills.and_then(|skills| self.visitor.own_skill(&base, skills));
            if let Some(one) = one {
                (self.tally.take)(self.tally.pass, one);
            }
            return;
        }
        self.below(&base, |walker, path| {
            let canonical = base.canonical(path);
            !walker.reaches(root, &canonical) && walker.seen.insert(canonical.into_os_string())
        });
    }

    /// Tells whether a folder without links on the way was looked at from `root` without following a link.
    fn reaches(&mut self, root: &Base, canonical: &Path) -> bool {
        let Ok(below) = canonical.strip_prefix(&root.canonical) else {
            return false;
        };
        let rules = self.visitor.rules;
        let mut path = root.canonical.clone();
        for (depth, name) in below.iter().enumerate() {
            let skills = Self::skills_of(&mut self.skills, &self.visitor, &path);
            let goes_on = |skills: &[_]| depth == 0 || skills.is_empty() || !rules.stop_at_skill;
            if depth == rules.max_depth || !self.visitor.enters(name) || !skills.is_some_and(goes_on) {
                return false;
            }
            path.push(name);
        }
        true
    }

    /// Returns the SKILL.md of a folder, which is listed when it is first asked for.
    fn skills_of<'s>(
        known: &'s mut HashMap<OsString, Option<Vec<(OsString, EntryKind)>>>,
        visitor: &Visitor<'_, M>,
        canonical: &Path,
    ) -> Option<&'s [(OsString, EntryKind)]> {
        if !known.contains_key(canonical.as_os_str()) {
            known.insert(canonical.as_os_str().to_owned(), visitor.skills_of(canonical));
        }
        known.get(canonical.as_os_str())?.as_deref()
    }

    /// Names a root that is there and yet cannot be reached.
    fn unreached(&mut self, root: &Path, error: &io::Error) {
        if self.visitor.tree.is_link(root) {
            let message = "the link points to nothing".to_owned();
            self.refuse(root.to_owned(), Rule::SymlinkBroken, message);
        } else if !matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ) {
            let message = format!("the folder cannot be read: {error}");
            self.refuse(root.to_owned(), Rule::FolderUnreadable, message);
        }
    }

    fn escape(&mut self, location: PathBuf, target: &Path) {
        let message = self.visitor.escape_message(target);
        self.refuse(location, Rule::SymlinkEscape, message);
    }

    fn refuse(&mut self, location: PathBuf, rule: Rule, message: String) {
        let row = self.visitor.refuse(location, rule, message);
        (self.tally.take)(self.tally.pass, row);
    }
}
