//! The walk through one root: breadth first, each level in parallel, in a fixed order, within limits.

use super::Root;
use super::found::Found;
use super::rules::WalkRules;
use super::visit::{Base, DANGLING, DirReader, Folder, Visit};
use crate::lint::Rule;
use crate::parallel;
use crate::sort;
use crate::tree::{EntryKind, OpenFolder, Tree};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// Real files in real folders in the order of their paths, then those behind symlinks.
    pub found: Vec<Found>,
    /// How many folders were read.
    pub folders: usize,
}

/// How many folders under its own a task reads.
const TASK_FOLDERS: usize = 32;
/// How many tasks run before their results are consumed, which limits the memory for them.
const TASKS: usize = 128;

/// Walks through `root`. A root that does not exist is empty; one that cannot be read is reported.
#[must_use]
pub fn walk(tree: &dyn Tree, root: &Root, rules: &WalkRules) -> Walk {
    let mut found = Vec::new();
    let folders = walk_with(tree, root, rules, &|found, _| found, &mut |pass, one| {
        found.push((pass, one));
    });
    sort::by(&mut found, |(a_pass, a), (b_pass, b)| {
        let paths = || a.location().as_os_str().cmp(b.location().as_os_str());
        a_pass.cmp(b_pass).then_with(paths)
    });
    let found = found.into_iter().map(|(_, one)| one).collect();
    Walk { found, folders }
}

/// Walks through `root` and converts each result with `make` while its folder is open, so that it can be opened cheaply.
///
/// `take` gets what was made and the number of the pass that found it: real folders, then symlinks in their order. The
/// order of a walk is that of the passes, then of the paths; within a pass the order is unspecified but deterministic.
/// Returns how many folders were read.
pub(crate) fn walk_with<T: Send>(
    tree: &dyn Tree,
    root: &Root,
    rules: &WalkRules,
    make: &(impl Fn(Found, Option<&dyn OpenFolder>) -> T + Sync),
    take: &mut (impl FnMut(usize, T) + Send),
) -> usize {
    let boundary = root
        .boundary_for(rules)
        .map(|path| tree.canonicalize(path).unwrap_or_else(|_| path.clone()));
    let mut walker = Walker {
        reader: DirReader {
            tree,
            rules,
            boundary,
            make,
        },
        seen: HashSet::new(),
        skills: HashMap::new(),
        state: WalkState {
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
    // Entering the thread pool once is cheaper than waking it for every chunk of tasks.
    parallel::scope(|| walker.root(&root.path));
    walker.state.folders
}

struct Walker<'a, M, S, T> {
    reader: DirReader<'a, M>,
    /// The folders behind symlinks that were read. They are strings because a path hashes and compares part by part,
    /// which costs more than reading the folder.
    seen: HashSet<OsString>,
    /// The SKILL.md files of folders that symlinks lead to.
    skills: HashMap<OsString, Option<Vec<(OsString, EntryKind)>>>,
    state: WalkState<'a, S, T>,
}

/// The results and counts of a walk so far.
struct WalkState<'a, S, T> {
    rules: &'a WalkRules,
    take: &'a mut S,
    pass: usize,
    /// The SKILL.md of this pass that are symlinks.
    file_links: Vec<(PathBuf, T)>,
    /// The folders of the next level.
    next: Vec<Folder>,
    /// The symlinks to follow.
    links: Vec<Folder>,
    folders: usize,
    entries: usize,
    full: bool,
}

impl<S: FnMut(usize, T), T> WalkState<'_, S, T> {
    /// Adds the results of some tasks; `refuse` makes the row for a limit that was exceeded.
    fn add(&mut self, (folders, visits): Visits<'_, T>, refuse: impl Fn(PathBuf, Rule, String) -> T) {
        for (folder, visit) in folders.iter().zip(visits) {
            if self.full {
                return;
            }
            self.folders += visit.folders;
            self.entries += visit.entries;
            self.full = self.folders > self.rules.max_folders || self.entries > self.rules.max_entries;
            if self.full {
                let message = format!(
                    "the root has more than {} folders or {} entries; the rest was not read",
                    self.rules.max_folders, self.rules.max_entries
                );
                let row = refuse(folder.path.clone(), Rule::ScanLimit, message);
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

    /// Ends a pass. A real file precedes a symlink to it, whether or not the folders themselves are behind a symlink.
    fn end_pass(&mut self) {
        self.pass += 1;
        let mut file_links = std::mem::take(&mut self.file_links);
        sort::by(&mut file_links, |(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
        for (_, one) in file_links {
            (self.take)(self.pass, one);
        }
    }
}

/// Folders and the results of reading each.
type Visits<'a, T> = (&'a [Folder], Vec<Visit<T>>);

impl<M, S, T> Walker<'_, M, S, T>
where
    M: Fn(Found, Option<&dyn OpenFolder>) -> T + Sync,
    S: FnMut(usize, T) + Send,
    T: Send,
{
    fn root(&mut self, root: &Path) {
        let canonical = match self.reader.tree.canonicalize(root) {
            Ok(canonical) => canonical,
            Err(error) => return self.unreadable(root, &error),
        };
        // A folder above the root may be a symlink too.
        if let Err((rule, message)) = self.reader.check_inside(&canonical) {
            return self.refuse(root.to_owned(), rule, message);
        }
        let base = Base {
            path: root.to_owned(),
            canonical,
            depth: 0,
            linked: false,
        };
        self.walk_below(&base, |_, _| true);
        self.follow_links(&base);
    }

    /// Walks through a base, in parallel but with the same results each time; `wanted` decides for each folder that starts
    /// a task.
    fn walk_below(&mut self, base: &Base, mut wanted: impl FnMut(&mut Self, &Path) -> bool) {
        let mut level = vec![Folder {
            path: base.path.clone(),
            depth: base.depth,
        }];
        while !level.is_empty() && !self.state.full {
            level.retain(|folder| wanted(self, &folder.path));
            let mut before: Visits<'_, T> = (&[], Vec::new());
            for chunk in level.chunks(TASKS) {
                let more = self.more(base, before.1.len() + chunk.len());
                let (reader, state) = (&self.reader, &mut self.state);
                // The results of the last tasks are consumed while the next ones run.
                let (visits, ()) = parallel::join(
                    || parallel::map(chunk, |folder| reader.visit(base, folder, more)),
                    || state.add(before, |path, rule, message| reader.refuse(path, rule, message)),
                );
                before = (chunk, visits);
                if self.state.full {
                    break;
                }
            }
            let reader = &self.reader;
            self.state
                .add(before, |path, rule, message| reader.refuse(path, rule, message));
            level = std::mem::take(&mut self.state.next);
        }
        self.state.end_pass();
    }

    /// Returns how many folders under its own each of `tasks` tasks may read.
    ///
    /// A task is not breadth first, so it reads only its own folder where a limit may be reached: under the low limits of
    /// a client, and near this program's own. Behind a symlink, `wanted` must decide for each folder.
    fn more(&self, base: &Base, tasks: usize) -> usize {
        let rules = self.state.rules;
        let own = WalkRules::default();
        let low = rules.max_folders < own.max_folders || rules.max_entries < own.max_entries;
        let left = rules.max_folders.saturating_sub(self.state.folders);
        if base.linked || low || left / (TASK_FOLDERS + 1) < tasks {
            0
        } else {
            TASK_FOLDERS
        }
    }

    /// Follows symlinks to folders after all real folders, so that a real path to a skill precedes a linked one.
    fn follow_links(&mut self, root: &Base) {
        while !self.state.links.is_empty() && !self.state.full {
            let mut links = std::mem::take(&mut self.state.links);
            sort::by(&mut links, |a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
            for link in links {
                self.state.pass += 1;
                self.follow(root, link);
            }
        }
    }

    fn follow(&mut self, root: &Base, link: Folder) {
        let Ok(target) = self.reader.tree.canonicalize(&link.path) else {
            return self.refuse(link.path, Rule::SymlinkBroken, DANGLING.to_owned());
        };
        if !self.reader.tree.is_folder(&target) || self.state.full {
            return;
        }
        if !self.reader.rules.folder_links {
            let message = "this client does not follow links to folders".to_owned();
            return self.refuse(link.path, Rule::SymlinkEscape, message);
        }
        if let Err((rule, message)) = self.reader.check_inside(&target) {
            return self.refuse(link.path, rule, message);
        }
        let base = Base {
            path: link.path,
            canonical: target,
            depth: link.depth,
            linked: true,
        };
        if self.seen.contains(base.canonical.as_os_str()) || self.reaches(root, &base.canonical) {
            // A second path: only the folder's own skill is reported, as a duplicate.
            let skills = Self::skills_of(&mut self.skills, &self.reader, &base.canonical);
            let one = skills.and_then(|skills| self.reader.own_skill(&base, skills));
            if let Some(one) = one {
                (self.state.take)(self.state.pass, one);
            }
            return;
        }
        self.walk_below(&base, |walker, path| {
            let canonical = base.canonical(path);
            !walker.reaches(root, &canonical) && walker.seen.insert(canonical.into_os_string())
        });
    }

    /// Returns whether a canonical folder is read from `root` without following a symlink.
    fn reaches(&mut self, root: &Base, canonical: &Path) -> bool {
        let Ok(below) = canonical.strip_prefix(&root.canonical) else {
            return false;
        };
        let rules = self.reader.rules;
        let mut path = root.canonical.clone();
        for (depth, name) in below.iter().enumerate() {
            let skills = Self::skills_of(&mut self.skills, &self.reader, &path);
            let continues = |skills: &[_]| depth == 0 || skills.is_empty() || !rules.stop_at_skill;
            if depth == rules.max_depth || !self.reader.enters(name) || !skills.is_some_and(continues) {
                return false;
            }
            path.push(name);
        }
        true
    }

    /// Returns the SKILL.md files of a folder, which is listed on the first call.
    fn skills_of<'s>(
        known: &'s mut HashMap<OsString, Option<Vec<(OsString, EntryKind)>>>,
        reader: &DirReader<'_, M>,
        canonical: &Path,
    ) -> Option<&'s [(OsString, EntryKind)]> {
        if !known.contains_key(canonical.as_os_str()) {
            known.insert(canonical.as_os_str().to_owned(), reader.skills_of(canonical));
        }
        known.get(canonical.as_os_str())?.as_deref()
    }

    /// Reports a root that exists but cannot be read.
    fn unreadable(&mut self, root: &Path, error: &io::Error) {
        if self.reader.tree.is_link(root) {
            self.refuse(root.to_owned(), Rule::SymlinkBroken, DANGLING.to_owned());
        } else if !matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ) {
            let message = format!("the folder cannot be read: {error}");
            self.refuse(root.to_owned(), Rule::FolderUnreadable, message);
        }
    }

    fn refuse(&mut self, location: PathBuf, rule: Rule, message: String) {
        let row = self.reader.refuse(location, rule, message);
        (self.state.take)(self.state.pass, row);
    }
}
