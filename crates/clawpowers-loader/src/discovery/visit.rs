//! Reads one folder of a walk.

use super::found::{Candidate, Found};
use super::rules::{FileLinks, Markdown, WalkRules};
use crate::display::{display_path, pluralize, quote};
use crate::lint::Rule;
use crate::sort;
use crate::tree::{EntryKind, OpenFolder, Tree, below};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

/// A folder from which only real folders are entered: the root, or the target of a symlink.
pub(super) struct Base {
    pub(super) path: PathBuf,
    pub(super) canonical: PathBuf,
    /// The levels under the root.
    pub(super) depth: usize,
    /// Whether it is a symlink.
    pub(super) linked: bool,
}

impl Base {
    /// Returns the canonical form of a path under the base.
    pub(super) fn canonical(&self, path: &Path) -> PathBuf {
        if self.path.as_os_str() == self.canonical.as_os_str() {
            return path.to_owned();
        }
        match below(path, &self.path) {
            Some("") => self.canonical.clone(),
            Some(below) => self.canonical.join(below),
            None => match path.strip_prefix(&self.path) {
                Ok(below) => self.canonical.join(below),
                Err(_) => path.to_owned(),
            },
        }
    }
}

/// A folder to read.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) depth: usize,
}

/// What one task of a walk found.
pub(super) struct Visit<T> {
    pub(super) found: Vec<T>,
    /// The SKILL.md that are symlinks.
    pub(super) file_links: Vec<(PathBuf, T)>,
    /// Folders to read next.
    pub(super) next: Vec<Folder>,
    /// Symlinks that may lead to folders.
    pub(super) links: Vec<Folder>,
    /// How many folders were read.
    pub(super) folders: usize,
    /// How many entries they have.
    pub(super) entries: usize,
    /// How many folders under it the task still reads.
    more: usize,
    /// The deepest level that it reads; each level keeps a folder open.
    deepest: usize,
}

const NOT_REGULAR: &str = "not a regular file";
const SECOND: &str = "another SKILL.md in the same folder is used";
pub(super) const DANGLING: &str = "broken symlink: its target does not exist";

/// How many levels under a folder that is too deep are searched for files, so that empty folders are not reported.
const DEEPER_LEVELS: usize = 3;
/// How many levels under its folder a task reads.
const MAX_TASK_LEVELS: usize = 6;

/// Reads folders according to the rules of one client; `make` converts each result to the item type of the walk.
pub(super) struct DirReader<'a, M> {
    pub(super) tree: &'a dyn Tree,
    pub(super) rules: &'a WalkRules,
    /// The canonical folder that symlinks must not lead out of.
    pub(super) boundary: Option<PathBuf>,
    pub(super) make: &'a M,
}

#[derive(Default)]
struct Listing {
    skills: Vec<(OsString, EntryKind)>,
    /// Files that would be skills if the client did not require the exact file name.
    misnamed: Vec<OsString>,
    /// Markdown files in the root.
    flat: Vec<OsString>,
    folders: Vec<OsString>,
    links: Vec<OsString>,
    entries: usize,
}

impl<M: Fn(Found, Option<&dyn OpenFolder>) -> T, T> DirReader<'_, M> {
    /// Reads one folder and up to `more` under it, which are opened relative to it.
    pub(super) fn visit(&self, base: &Base, folder: &Folder, more: usize) -> Visit<T> {
        let mut visit = Visit {
            found: Vec::new(),
            file_links: Vec::new(),
            next: Vec::new(),
            links: Vec::new(),
            folders: 0,
            entries: 0,
            more,
            deepest: folder.depth + MAX_TASK_LEVELS,
        };
        let opened = self.tree.open_folder(&folder.path);
        self.visit_dir(base, &mut folder.path.clone(), folder.depth, opened, &mut visit);
        visit
    }

    fn visit_dir(
        &self,
        base: &Base,
        path: &mut PathBuf,
        depth: usize,
        opened: io::Result<Box<dyn OpenFolder + '_>>,
        visit: &mut Visit<T>,
    ) {
        visit.folders += 1;
        let listed = opened.and_then(|opened| {
            let listing = self.list(&*opened, path, depth)?;
            Ok((opened, listing))
        });
        let (opened, mut listing) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                let message = format!("the folder cannot be read: {error}");
                return self.row(visit, path, Rule::FolderUnreadable, message);
            }
        };
        visit.entries += listing.entries;
        if listing.entries > self.rules.max_entries {
            // Which of its entries were listed is arbitrary.
            return;
        }
        if visit.entries > self.rules.max_entries {
            visit.more = 0;
        }
        let is_skill = !listing.skills.is_empty();
        if self.is_empty_skill(path, depth, &listing) {
            let message = "the folder contains no SKILL.md".to_owned();
            self.row(visit, path, Rule::FileMissing, message);
        }
        self.skills(base, path, depth, &*opened, &mut listing, visit);
        if is_skill && self.rules.stop_at_skill && depth > 0 {
            return;
        }
        if depth == self.rules.max_depth {
            if self.leads_deeper(path, depth, is_skill, &listing) {
                let (rule, message) = self.too_deep(path, depth);
                self.row(visit, path, rule, message);
            }
            return;
        }
        let depth = depth + 1;
        visit.links.extend(listing.links.into_iter().map(|name| Folder {
            path: path.join(name),
            depth,
        }));
        for name in listing.folders {
            path.push(&name);
            let below = (visit.more > 0 && depth <= visit.deepest).then(|| opened.open_folder(&name));
            // With too many files open, the folder is read later.
            match below.filter(|below| !below.as_ref().is_err_and(is_out_of_descriptors)) {
                Some(opened) => {
                    visit.more -= 1;
                    self.visit_dir(base, path, depth, opened, visit);
                }
                None => visit.next.push(Folder {
                    path: path.clone(),
                    depth,
                }),
            }
            path.pop();
        }
    }

    /// Adds the files of a folder that are skills, or would be for another client.
    fn skills(
        &self,
        base: &Base,
        path: &Path,
        depth: usize,
        opened: &dyn OpenFolder,
        listing: &mut Listing,
        visit: &mut Visit<T>,
    ) {
        // In a folder under a root of commands, only SKILL.md counts.
        let has_main = depth > 0 && listing.skills.first().is_some_and(|(name, _)| name == "SKILL.md");
        let all_count = self.is_markdown_level(depth) && !has_main;
        let mut has_skill = false;
        for (name, kind) in listing.skills.drain(..) {
            if has_skill && !all_count && !is_skill_file(&name, false) {
                continue;
            }
            if has_skill && !all_count {
                self.row(visit, &path.join(&name), Rule::FileSecond, SECOND.to_owned());
                continue;
            }
            let found = self.candidate(base, path, &name, kind);
            let is_candidate = matches!(found, Found::Candidate(_));
            has_skill |= is_candidate;
            let made = (self.make)(found, (kind == EntryKind::File).then_some(opened));
            if is_candidate && kind == EntryKind::Link {
                visit.file_links.push((path.join(&name), made));
            } else {
                visit.found.push(made);
            }
        }
        for name in listing.flat.drain(..) {
            let folder = Path::new(&name).with_extension("");
            let message = format!(
                "{} is not in a folder of its own; this client looks for {}",
                quote(&name.to_string_lossy()),
                quote(&format!("{}/SKILL.md", folder.to_string_lossy()))
            );
            self.row(visit, &path.join(&name), Rule::FileFlat, message);
        }
        for name in listing.misnamed.drain(..) {
            let (rule, message) = misnamed(&name, has_skill);
            self.row(visit, &path.join(&name), rule, message);
        }
    }

    /// Returns whether every Markdown file of a folder at this depth is a skill.
    fn is_markdown_level(&self, depth: usize) -> bool {
        match self.rules.markdown {
            Markdown::No => false,
            Markdown::Root => depth == 0,
            Markdown::Everywhere => true,
        }
    }

    /// Returns whether a folder looks like a skill whose SKILL.md is missing: it has files, but no folders.
    fn is_empty_skill(&self, path: &Path, depth: usize, listing: &Listing) -> bool {
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let empty = listing.skills.is_empty() && listing.misnamed.is_empty();
        let leaf = listing.folders.is_empty() && listing.links.is_empty() && listing.entries > 0;
        self.rules.reports_near_misses && depth == 1 && !hidden && empty && leaf
    }

    /// Explains that the subfolders of a folder at the depth limit are not read.
    fn too_deep(&self, path: &Path, depth: usize) -> (Rule, String) {
        let name = path.file_name().unwrap_or_default();
        let reserved = self
            .rules
            .reserved
            .filter(|reserved| name.eq_ignore_ascii_case(reserved));
        match reserved.filter(|_| depth == 1) {
            Some(reserved) => (Rule::NameReserved, reserved_folder(reserved)),
            None => {
                let levels = pluralize(self.rules.max_depth, "level");
                let message = format!("folders deeper than {levels} are not read");
                (Rule::ScanDepth, message)
            }
        }
    }

    /// Returns whether a folder at the depth limit has subfolders that are not read.
    fn leads_deeper(&self, path: &Path, depth: usize, is_skill: bool, listing: &Listing) -> bool {
        // Folders of a skill are its resources, unless one contains a skill itself.
        listing.folders.iter().chain(&listing.links).any(|name| {
            let path = path.join(name);
            if is_skill {
                self.list_at(&path, depth + 1)
                    .is_ok_and(|listing| !listing.skills.is_empty())
            } else {
                self.contains_files(&path, DEEPER_LEVELS)
            }
        })
    }

    /// Returns whether there may be files under a folder; it reads only the first folders of some levels.
    fn contains_files(&self, path: &Path, levels: usize) -> bool {
        const FOLDERS: usize = 16;
        let Ok(folder) = self.tree.open_folder(path) else {
            return false;
        };
        let (mut is_empty, mut folders) = (true, Vec::new());
        let read = folder.entries(&mut |name, kind| {
            is_empty = kind == EntryKind::Folder && folders.len() < FOLDERS;
            folders.push(name.to_owned());
            is_empty
        });
        let below = || {
            let mut folders = folders.iter();
            folders.any(|name| levels == 0 || self.contains_files(&path.join(name), levels - 1))
        };
        read.is_ok() && (!is_empty || below())
    }

    /// Returns the skill of a linked folder with these files, if one is a candidate.
    pub(super) fn own_skill(&self, link: &Base, skills: &[(OsString, EntryKind)]) -> Option<T> {
        let mut found = skills
            .iter()
            .map(|(name, kind)| self.candidate(link, &link.path, name, *kind));
        let found = found.find(|found| matches!(found, Found::Candidate(_)))?;
        Some((self.make)(found, None))
    }

    /// Returns the SKILL.md files of a folder under a root, if it can be read.
    pub(super) fn skills_of(&self, path: &Path) -> Option<Vec<(OsString, EntryKind)>> {
        self.list_at(path, 1).ok().map(|listing| listing.skills)
    }

    fn list_at(&self, path: &Path, depth: usize) -> io::Result<Listing> {
        self.list(&*self.tree.open_folder(path)?, path, depth)
    }

    fn list(&self, folder: &dyn OpenFolder, path: &Path, depth: usize) -> io::Result<Listing> {
        let mut listing = Listing::default();
        folder.entries(&mut |name, kind| {
            self.add(&mut listing, path, name, kind, depth);
            // One more than is allowed, so that the walk sees that the limit was exceeded.
            listing.entries <= self.rules.max_entries
        })?;
        listing.sort();
        Ok(listing)
    }

    /// Adds an entry of the folder `path` to its listing.
    fn add(&self, listing: &mut Listing, path: &Path, name: &OsStr, kind: EntryKind, depth: usize) {
        let rules = self.rules;
        let is_folder = || {
            kind == EntryKind::Folder || (kind == EntryKind::Link && self.tree.is_folder(&path.join(name)))
        };
        listing.entries += 1;
        let markdown = kind != EntryKind::Folder && is_markdown(name);
        if is_skill_file(name, rules.exact_name) || (markdown && self.is_markdown_level(depth)) {
            listing.skills.push((name.to_owned(), kind));
        } else if is_skill_file(name, false) && !is_folder() {
            listing.misnamed.push(name.to_owned());
        } else if markdown && depth == 0 && rules.reports_near_misses && !is_upper_case(name) {
            listing.flat.push(name.to_owned());
        } else if kind == EntryKind::Folder && !skipped(name, rules) {
            listing.folders.push(name.to_owned());
        } else if kind == EntryKind::Link && !skipped(name, rules) {
            listing.links.push(name.to_owned());
        }
    }

    /// Returns whether a folder of this name is read.
    pub(super) fn enters(&self, name: &OsStr) -> bool {
        !skipped(name, self.rules) && !is_skill_file(name, self.rules.exact_name)
    }

    fn candidate(&self, base: &Base, folder: &Path, name: &OsStr, kind: EntryKind) -> Found {
        let file = folder.join(name);
        let canonical = match kind {
            EntryKind::File => Ok((base.canonical(&file), base.linked)),
            EntryKind::Link => self.link_target(base, folder, &file).map(|target| (target, true)),
            _ => Err((Rule::FileNotRegular, NOT_REGULAR.to_owned())),
        };
        match canonical {
            Ok((canonical, linked)) => Found::Candidate(Candidate {
                file,
                canonical,
                linked,
            }),
            Err((rule, message)) => Found::Refused {
                location: file,
                rule,
                message,
            },
        }
    }

    /// Returns the target of a SKILL.md that is a symlink, or why it is not followed.
    fn link_target(&self, base: &Base, folder: &Path, file: &Path) -> Result<PathBuf, (Rule, String)> {
        let broken = |_| (Rule::SymlinkBroken, DANGLING.to_owned());
        let target = self.tree.canonicalize(file).map_err(broken)?;
        match self.rules.file_links {
            FileLinks::Any => {}
            FileLinks::InFolder => check_inside(&target, Some(&base.canonical(folder)))?,
            FileLinks::Never => {
                let message = "this client does not follow a symlink to SKILL.md";
                return Err((Rule::SymlinkEscape, message.to_owned()));
            }
        }
        self.check_inside(&target)?;
        match self.tree.is_file(&target) {
            true => Ok(target),
            false => Err((Rule::FileNotRegular, NOT_REGULAR.to_owned())),
        }
    }

    /// Checks that a canonical path is inside the boundary.
    pub(super) fn check_inside(&self, target: &Path) -> Result<(), (Rule, String)> {
        check_inside(target, self.boundary.as_deref())
    }

    pub(super) fn refuse(&self, location: PathBuf, rule: Rule, message: String) -> T {
        let refused = Found::Refused {
            location,
            rule,
            message,
        };
        (self.make)(refused, None)
    }

    fn row(&self, visit: &mut Visit<T>, location: &Path, rule: Rule, message: String) {
        visit.found.push(self.refuse(location.to_owned(), rule, message));
    }
}

/// Explains that a client reads no skill of the user in a folder of this name.
pub(crate) fn reserved_folder(name: &str) -> String {
    format!(
        "the folder name {} is reserved for skills that the client downloads",
        quote(name)
    )
}

fn check_inside(target: &Path, boundary: Option<&Path>) -> Result<(), (Rule, String)> {
    match boundary.filter(|boundary| !target.starts_with(boundary)) {
        None => Ok(()),
        Some(boundary) => {
            let [target, boundary] = [target, boundary].map(|path| quote(&display_path(path)));
            let message = format!("the link leads to {target}, outside {boundary}");
            Err((Rule::SymlinkEscape, message))
        }
    }
}

impl Listing {
    fn sort(&mut self) {
        // `SKILL.md` first, then `skill.md`, then other spellings.
        sort::by_key(&mut self.skills, |(name, _)| {
            (name != "SKILL.md", name != "skill.md", name.clone())
        });
        sort::by(&mut self.folders, Ord::cmp);
    }
}

/// Returns whether a file was not opened because too many files are open.
fn is_out_of_descriptors(error: &io::Error) -> bool {
    #[cfg(target_os = "linux")]
    let codes = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(rustix::io::Errno::raw_os_error);
    #[cfg(not(target_os = "linux"))]
    let codes: [i32; 0] = [];
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Returns why a client that requires the exact file name ignores a file.
fn misnamed(name: &OsStr, has_skill: bool) -> (Rule, String) {
    if has_skill {
        return (Rule::FileSecond, SECOND.to_owned());
    }
    let rule = if name == "skill.md" {
        Rule::FileNameLowercase
    } else {
        Rule::FileNameCase
    };
    let name = quote(&name.to_string_lossy());
    (
        rule,
        format!("the file is called {name}; this client only looks for SKILL.md"),
    )
}

fn is_skill_file(name: &OsStr, exact: bool) -> bool {
    if exact {
        name == "SKILL.md"
    } else {
        name.eq_ignore_ascii_case("SKILL.md")
    }
}

fn is_markdown(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.ends_with(b".md") && !name.starts_with(b".")
}

/// Returns whether a name has no lower-case letter before its extension, such as README.md.
fn is_upper_case(name: &OsStr) -> bool {
    let stem = Path::new(name).file_stem().unwrap_or(name);
    !stem.as_encoded_bytes().iter().any(u8::is_ascii_lowercase)
}

fn skipped(name: &OsStr, rules: &WalkRules) -> bool {
    let hidden = rules.skip_hidden && name.as_encoded_bytes().starts_with(b".");
    hidden || rules.skipped.iter().any(|skipped| name == OsStr::new(skipped))
}
