//! One folder of a walk: what lies in it and what becomes of it.

use super::found::{Candidate, Found};
use super::rules::{FileLinks, WalkRules};
use crate::display::{display_path, quote};
use crate::lint::Rule;
use crate::tree::{EntryKind, OpenFolder, Tree};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

/// Where a way into a tree begins: the root, or a link.
pub(super) struct Base {
    pub(super) path: PathBuf,
    /// The same without links on the way.
    pub(super) canonical: PathBuf,
    /// How many levels below the root it lies.
    pub(super) depth: usize,
    /// Whether it is a link.
    pub(super) linked: bool,
}

impl Base {
    /// Returns a path below the base without links on the way.
    pub(super) fn canonical(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.path) {
            Ok(below) if below.as_os_str().is_empty() => self.canonical.clone(),
            Ok(below) => self.canonical.join(below),
            Err(_) => path.to_owned(),
        }
    }
}

/// A folder to look at.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) depth: usize,
}

impl Folder {
    fn new(path: &Path, depth: usize) -> Self {
        Self {
            path: path.to_owned(),
            depth,
        }
    }
}

/// What became of some folders.
pub(super) struct Visit<T> {
    pub(super) found: Vec<T>,
    /// The SKILL.md that are links.
    pub(super) file_links: Vec<(PathBuf, T)>,
    /// Folders to look at next.
    pub(super) next: Vec<Folder>,
    /// Links that may be folders.
    pub(super) links: Vec<Folder>,
    /// How many folders were looked at.
    pub(super) folders: usize,
    /// How many entries they have.
    pub(super) entries: usize,
    /// How many folders below may still be looked at.
    more: usize,
    /// The deepest level at which they may be; each level holds a folder open.
    deepest: usize,
}

impl<T> Default for Visit<T> {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            file_links: Vec::new(),
            next: Vec::new(),
            links: Vec::new(),
            folders: 0,
            entries: 0,
            more: 0,
            deepest: 0,
        }
    }
}

/// How many levels below a task's folder are looked at with it.
const MAX_DIVE_LEVELS: usize = 6;

/// Looks at folders by the rules of one reader; `make` turns each find into what the walk is for.
pub(super) struct Visitor<'a, M> {
    pub(super) tree: &'a dyn Tree,
    pub(super) rules: &'a WalkRules,
    /// The folder that links may not lead out of, without links on the way.
    pub(super) boundary: Option<PathBuf>,
    pub(super) make: &'a M,
}

#[derive(Default)]
struct Listing {
    skills: Vec<(OsString, EntryKind)>,
    /// Files that would be skills if the reader did not want the exact name.
    misnamed: Vec<OsString>,
    folders: Vec<OsString>,
    links: Vec<OsString>,
    entries: usize,
}

impl<M: Fn(Found, Option<&dyn OpenFolder>) -> T, T> Visitor<'_, M> {
    /// Looks at one folder and at up to `more` below it, which are reached from it without going down the whole way.
    pub(super) fn visit(&self, base: &Base, folder: &Folder, more: usize) -> Visit<T> {
        let mut visit = Visit {
            more,
            deepest: folder.depth + MAX_DIVE_LEVELS,
            ..Visit::default()
        };
        let opened = self.tree.open_folder(&folder.path);
        self.look(base, &mut folder.path.clone(), folder.depth, opened, &mut visit);
        visit
    }

    fn look(
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
            // Which of its entries were listed is chance.
            return;
        }
        if visit.entries > self.rules.max_entries {
            visit.more = 0;
        }
        let is_skill = !listing.skills.is_empty();
        self.skills(base, path, depth, Some(&*opened), &mut listing, visit);
        if is_skill && self.rules.stop_at_skill && depth > 0 {
            return;
        }
        if depth == self.rules.max_depth {
            if self.leads_deeper(path, depth, is_skill, &listing) {
                self.too_deep(visit, path);
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
            match below {
                // Another time, when fewer folders are open.
                Some(Err(error)) if is_short_of_files(&error) => visit.next.push(Folder::new(path, depth)),
                Some(opened) => {
                    visit.more -= 1;
                    self.look(base, path, depth, opened, visit);
                }
                None => visit.next.push(Folder::new(path, depth)),
            }
            path.pop();
        }
    }

    /// Takes the files of a folder that are skills, or would be for another reader.
    fn skills(
        &self,
        base: &Base,
        path: &Path,
        depth: usize,
        opened: Option<&dyn OpenFolder>,
        listing: &mut Listing,
        visit: &mut Visit<T>,
    ) {
        let each_counts = self.rules.root_markdown && depth == 0;
        let mut taken = false;
        for (name, kind) in listing.skills.drain(..) {
            if taken && !each_counts {
                let message = "another SKILL.md of the same folder was taken".to_owned();
                self.row(visit, &path.join(&name), Rule::FileSecond, message);
                continue;
            }
            let one = self.candidate(base, path, &name, kind);
            let counts = matches!(one, Found::Candidate(_));
            taken |= counts;
            let made = (self.make)(one, opened.filter(|_| kind == EntryKind::File));
            if counts && kind == EntryKind::Link {
                visit.file_links.push((path.join(&name), made));
            } else {
                visit.found.push(made);
            }
        }
        for name in listing.misnamed.drain(..) {
            let (rule, message) = misnamed(&name, taken);
            self.row(visit, &path.join(&name), rule, message);
        }
    }

    fn too_deep(&self, visit: &mut Visit<T>, path: &Path) {
        let message = format!("folders deeper than {} levels are not read", self.rules.max_depth);
        self.row(visit, path, Rule::ScanDepth, message);
    }

    /// Tells whether something is passed over below a folder of the last level.
    fn leads_deeper(&self, path: &Path, depth: usize, is_skill: bool, listing: &Listing) -> bool {
        // Folders of a skill are its resources, unless one holds a skill itself.
        listing.folders.iter().chain(&listing.links).any(|name| {
            let path = path.join(name);
            if is_skill {
                self.list_at(&path, depth + 1)
                    .is_ok_and(|listing| !listing.skills.is_empty())
            } else {
                self.tree.is_folder(&path)
            }
        })
    }

    /// Gives a link's own skill out of the SKILL.md of its folder, if one counts.
    pub(super) fn own_skill(&self, link: &Base, skills: &[(OsString, EntryKind)]) -> Option<T> {
        skills
            .iter()
            .map(|(name, kind)| self.candidate(link, &link.path, name, *kind))
            .find(|found| matches!(found, Found::Candidate(_)))
            .map(|found| (self.make)(found, None))
    }

    /// Returns the SKILL.md of a folder below a root; nothing where the folder cannot be read.
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
            // One more than is allowed, so that the walk sees that the bound was passed.
            listing.entries <= self.rules.max_entries
        })?;
        listing.sort();
        Ok(listing)
    }

    /// Adds an entry of the folder `path`.
    fn add(&self, listing: &mut Listing, path: &Path, name: &OsStr, kind: EntryKind, depth: usize) {
        let rules = self.rules;
        let is_folder = || {
            kind == EntryKind::Folder || (kind == EntryKind::Link && self.tree.is_folder(&path.join(name)))
        };
        listing.entries += 1;
        let markdown = rules.root_markdown && depth == 0 && kind != EntryKind::Folder && is_markdown(name);
        if is_skill_file(name, rules.exact_name) || markdown {
            listing.skills.push((name.to_owned(), kind));
        } else if is_skill_file(name, false) && !is_folder() {
            listing.misnamed.push(name.to_owned());
        } else if kind == EntryKind::Folder && !skipped(name, rules) {
            listing.folders.push(name.to_owned());
        } else if kind == EntryKind::Link && !skipped(name, rules) {
            listing.links.push(name.to_owned());
        }
    }

    /// Tells whether a folder of this name is looked at.
    pub(super) fn enters(&self, name: &OsStr) -> bool {
        !skipped(name, self.rules) && !is_skill_file(name, self.rules.exact_name)
    }

    fn candidate(&self, base: &Base, folder: &Path, name: &OsStr, kind: EntryKind) -> Found {
        let file = folder.join(name);
        let refused = |rule, message: &str| Found::Refused {
            location: file.clone(),
            rule,
            message: message.to_owned(),
        };
        if kind != EntryKind::Link {
            if kind != EntryKind::File {
                return refused(Rule::FileNotRegular, "not a regular file");
            }
            return Found::Candidate(Candidate {
                canonical: base.canonical(&file),
                file,
                linked: base.linked,
            });
        }
        match self.tree.canonicalize(&file) {
            Err(_) => refused(Rule::SymlinkBroken, "the link points to nothing"),
            Ok(_) if self.rules.file_links == FileLinks::Never => refused(
                Rule::SymlinkEscape,
                "this client does not follow a link to SKILL.md",
            ),
            Ok(target)
                if self.rules.file_links == FileLinks::InFolder
                    && !target.starts_with(base.canonical(folder)) =>
            {
                refused(
                    Rule::SymlinkEscape,
                    &escape_message(&target, Some(&base.canonical(folder))),
                )
            }
            Ok(target) if !self.inside(&target) => {
                refused(Rule::SymlinkEscape, &self.escape_message(&target))
            }
            Ok(target) if !self.tree.is_file(&target) => refused(Rule::FileNotRegular, "not a regular file"),
            Ok(canonical) => Found::Candidate(Candidate {
                file,
                canonical,
                linked: true,
            }),
        }
    }

    /// Tells whether a path without links on the way may be read.
    pub(super) fn inside(&self, target: &Path) -> bool {
        self.boundary
            .as_ref()
            .is_none_or(|boundary| target.starts_with(boundary))
    }

    pub(super) fn escape_message(&self, target: &Path) -> String {
        escape_message(target, self.boundary.as_deref())
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

fn escape_message(target: &Path, boundary: Option<&Path>) -> String {
    let boundary = boundary.map(display_path).unwrap_or_default();
    format!(
        "the link leads to {}, outside {}",
        quote(&display_path(target)),
        quote(&boundary)
    )
}

impl Listing {
    fn sort(&mut self) {
        // `SKILL.md` sorts before `SKILL.MD`'s other spellings where it matters: upper case first, exact first.
        self.skills
            .sort_by_key(|(name, _)| (name != "SKILL.md", name != "skill.md", name.clone()));
        self.folders.sort();
    }
}

/// Tells whether a file was not opened because too many are.
fn is_short_of_files(error: &io::Error) -> bool {
    #[cfg(target_os = "linux")]
    let codes = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(rustix::io::Errno::raw_os_error);
    #[cfg(not(target_os = "linux"))]
    let codes: [i32; 0] = [];
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Says why a file that a reader of the exact name passes over does not count.
fn misnamed(name: &OsStr, taken: bool) -> (Rule, String) {
    if taken {
        let message = "another SKILL.md of the same folder was taken";
        return (Rule::FileSecond, message.to_owned());
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

fn skipped(name: &OsStr, rules: &WalkRules) -> bool {
    let hidden = rules.skip_hidden && name.as_encoded_bytes().starts_with(b".");
    hidden || rules.skipped.iter().any(|skipped| name == OsStr::new(skipped))
}
