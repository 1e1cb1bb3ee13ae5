//! The walk below one root: breadth first, level by level in parallel, in a fixed order, within bounds.

use super::Root;
use super::entries::{Kind, each_entry};
use crate::diag::Rule;
use rayon::prelude::*;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that hold no skills of anybody's own.
pub(super) const SKIPPED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".jj",
    "node_modules",
    "__pycache__",
    ".venv",
    ".tox",
    ".mypy_cache",
    ".pytest_cache",
    ".cache",
    ".Trash",
];

/// Which SKILL.md that is a link counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileLinks {
    /// Any within the root's boundary.
    Any,
    /// One that stays inside the skill's own folder.
    InFolder,
    /// None.
    Never,
}

/// How a reader walks its roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkRules {
    /// How many levels below the root are looked at.
    pub max_depth: usize,
    /// How many folders of one root are looked at.
    pub max_folders: usize,
    /// How many entries of one root are looked at.
    pub max_entries: usize,
    /// How large a SKILL.md may be.
    pub max_file_bytes: u64,
    /// Folders that are passed over wherever they are.
    pub skipped: &'static [&'static str],
    /// Whether folders that start with a dot are passed over.
    pub skip_hidden: bool,
    /// Whether only the exact name `SKILL.md` counts.
    pub exact_name: bool,
    /// Whether a folder that holds a skill is not looked into further.
    pub stop_at_skill: bool,
    /// Whether a link to a folder is followed.
    pub folder_links: bool,
    /// Which SKILL.md that is a link counts.
    pub file_links: FileLinks,
    /// Whether every `*.md` of the root itself is a skill.
    pub root_markdown: bool,
}

impl Default for WalkRules {
    /// This runtime's rules: everything, within bounds that real collections do not reach.
    fn default() -> Self {
        Self {
            max_depth: 16,
            max_folders: 200_000,
            max_entries: 2_000_000,
            max_file_bytes: crate::read::MAX_SKILL_BYTES,
            skipped: SKIPPED,
            skip_hidden: false,
            exact_name: false,
            stop_at_skill: false,
            folder_links: true,
            file_links: FileLinks::Any,
            root_markdown: false,
        }
    }
}

/// A file that may be a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The file, by the way it was reached.
    pub file: PathBuf,
    /// The file without links on the way; equal for two ways to one file.
    pub canonical: PathBuf,
    /// Whether a link lies on the way.
    pub linked: bool,
}

/// One thing that the walk came across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file to load.
    Candidate(Candidate),
    /// Something that is not loaded, and why.
    Refused {
        /// Where.
        location: PathBuf,
        /// Why.
        rule: Rule,
        /// In words.
        message: String,
    },
}

/// What a walk found, in order.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// The finds: real files in real folders in the order of their paths, then those behind links.
    pub found: Vec<Found>,
    /// How many folders were looked at.
    pub folders: usize,
}

struct Folder {
    path: PathBuf,
    canonical: PathBuf,
    depth: usize,
    linked: bool,
}

struct Listing {
    skills: Vec<(OsString, Kind)>,
    /// Files that would be skills if the reader did not want the exact name.
    misnamed: Vec<OsString>,
    folders: Vec<OsString>,
    links: Vec<OsString>,
    entries: usize,
    error: Option<io::Error>,
}

/// Walks below `root`; a root that does not exist gives nothing, one that cannot be reached a row.
#[must_use]
pub fn walk(root: &Root, rules: &WalkRules) -> Walk {
    let mut walker = Walker {
        rules,
        boundary: root
            .boundary
            .as_ref()
            .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())),
        seen: HashSet::new(),
        links: Vec::new(),
        file_links: Vec::new(),
        walk: Walk::default(),
        entries: 0,
        full: false,
    };
    let canonical = match root.path.canonicalize() {
        Ok(canonical) => canonical,
        Err(error) => {
            walker.unreached(&root.path, &error);
            return walker.walk;
        }
    };
    // Also where a folder above the root is a link.
    if !walker.inside(&canonical) {
        walker.escape(root.path.clone(), &canonical);
        return walker.walk;
    }
    walker.level(vec![Folder {
        path: root.path.clone(),
        canonical,
        depth: 0,
        linked: false,
    }]);
    walker.follow_links();
    walker.walk
}

struct Walker<'a> {
    rules: &'a WalkRules,
    boundary: Option<PathBuf>,
    // Kept as strings: a path hashes and compares part by part, which costs more than reading the folder.
    seen: HashSet<OsString>,
    links: Vec<Folder>,
    /// The SKILL.md of the level at hand that are links.
    file_links: Vec<(PathBuf, Found)>,
    walk: Walk,
    entries: usize,
    full: bool,
}

impl Walker<'_> {
    /// Walks whole levels so that folders are read in parallel and yet taken in one order.
    fn level(&mut self, mut level: Vec<Folder>) {
        let mut found: Vec<(PathBuf, Found)> = Vec::new();
        while !level.is_empty() && !self.full {
            level.retain(|folder| self.seen.insert(folder.canonical.clone().into_os_string()));
            let listings: Vec<Listing> = level
                .par_iter()
                .map(|folder| list(&folder.path, folder.depth, self.rules))
                .collect();
            let mut next = Vec::new();
            for (folder, listing) in level.iter().zip(listings) {
                self.walk.folders += 1;
                self.entries += listing.entries;
                if self.walk.folders > self.rules.max_folders || self.entries > self.rules.max_entries {
                    self.full = true;
                    let message = format!(
                        "only the first {} folders and {} entries of the root were looked at",
                        self.rules.max_folders, self.rules.max_entries
                    );
                    let location = folder.path.clone();
                    found.push((
                        location.clone(),
                        Found::Refused {
                            location,
                            rule: Rule::ScanLimit,
                            message,
                        },
                    ));
                    break;
                }
                self.take(folder, listing, &mut found, &mut next);
            }
            level = next;
        }
        // A real file comes before a link to it, whether or not the folders themselves are behind a link.
        for mut found in [found, std::mem::take(&mut self.file_links)] {
            found.sort_by(|(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
            self.walk.found.extend(found.into_iter().map(|(_, found)| found));
        }
    }

    fn take(
        &mut self,
        folder: &Folder,
        listing: Listing,
        found: &mut Vec<(PathBuf, Found)>,
        next: &mut Vec<Folder>,
    ) {
        if let Some(error) = listing.error {
            let location = folder.path.clone();
            let message = format!("the folder cannot be read: {error}");
            found.push((
                location.clone(),
                Found::Refused {
                    location,
                    rule: Rule::FolderUnreadable,
                    message,
                },
            ));
            return;
        }
        let is_skill = !listing.skills.is_empty();
        let each_counts = self.rules.root_markdown && folder.depth == 0;
        let mut taken = false;
        for (name, kind) in listing.skills {
            let file = folder.path.join(&name);
            let one = if taken && !each_counts {
                let message = "another SKILL.md of the same folder was taken".to_owned();
                Found::Refused {
                    location: file.clone(),
                    rule: Rule::FileSecond,
                    message,
                }
            } else {
                self.candidate(folder, file.clone(), &name, kind)
            };
            let counts = matches!(one, Found::Candidate(_));
            taken |= counts;
            if counts && kind == Kind::Link {
                self.file_links.push((file, one));
            } else {
                found.push((file, one));
            }
        }
        for name in listing.misnamed {
            let file = folder.path.join(&name);
            found.push((file.clone(), misnamed(file, &name, taken)));
        }
        if is_skill && self.rules.stop_at_skill && folder.depth > 0 {
            return;
        }
        if folder.depth == self.rules.max_depth {
            // Folders of a skill are its resources, unless one holds a skill itself.
            let looked_for = |name: &OsString| {
                let path = folder.path.join(name);
                if is_skill {
                    !list(&path, folder.depth + 1, self.rules).skills.is_empty()
                } else {
                    path.is_dir()
                }
            };
            if listing.folders.iter().chain(&listing.links).any(looked_for) {
                let message = format!(
                    "folders deeper than {} levels are not looked at",
                    self.rules.max_depth
                );
                let location = folder.path.clone();
                found.push((
                    location.clone(),
                    Found::Refused {
                        location,
                        rule: Rule::ScanDepth,
                        message,
                    },
                ));
            }
            return;
        }
        let depth = folder.depth + 1;
        next.extend(listing.folders.into_iter().map(|name| Folder {
            path: folder.path.join(&name),
            canonical: folder.canonical.join(&name),
            depth,
            linked: folder.linked,
        }));
        self.links.extend(listing.links.into_iter().map(|name| Folder {
            path: folder.path.join(&name),
            canonical: PathBuf::new(),
            depth,
            linked: true,
        }));
    }

    fn candidate(&self, folder: &Folder, file: PathBuf, name: &OsString, kind: Kind) -> Found {
        let refused = |rule, message: &str| Found::Refused {
            location: file.clone(),
            rule,
            message: message.to_owned(),
        };
        if kind != Kind::Link {
            if kind != Kind::File {
                return refused(Rule::FileNotRegular, "not a regular file");
            }
            let canonical = folder.canonical.join(name);
            return Found::Candidate(Candidate {
                file,
                canonical,
                linked: folder.linked,
            });
        }
        match file.canonicalize() {
            Err(_) => refused(Rule::SymlinkBroken, "the link points to nothing"),
            Ok(_) if self.rules.file_links == FileLinks::Never => refused(
                Rule::SymlinkEscape,
                "this client does not follow a link to SKILL.md",
            ),
            Ok(target)
                if self.rules.file_links == FileLinks::InFolder && !target.starts_with(&folder.canonical) =>
            {
                refused(
                    Rule::SymlinkEscape,
                    &escape_message(&target, Some(&folder.canonical)),
                )
            }
            Ok(target) if !self.inside(&target) => refused(
                Rule::SymlinkEscape,
                &escape_message(&target, self.boundary.as_deref()),
            ),
            Ok(target) if !target.is_file() => refused(Rule::FileNotRegular, "not a regular file"),
            Ok(canonical) => Found::Candidate(Candidate {
                file,
                canonical,
                linked: true,
            }),
        }
    }

    /// Follows links to folders after all real folders, so that a real way to a skill comes before a linked one.
    fn follow_links(&mut self) {
        while !self.links.is_empty() && !self.full {
            let mut links = std::mem::take(&mut self.links);
            links.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
            for link in links {
                let Ok(target) = link.path.canonicalize() else {
                    let message = "the link points to nothing".to_owned();
                    self.refuse(link.path, Rule::SymlinkBroken, message);
                    continue;
                };
                if !target.is_dir() {
                    continue;
                }
                if !self.rules.folder_links {
                    self.refuse(
                        link.path,
                        Rule::SymlinkEscape,
                        "this client does not follow links to folders".to_owned(),
                    );
                } else if !self.inside(&target) {
                    self.escape(link.path, &target);
                } else if self.seen.contains(target.as_os_str()) {
                    self.alias(Folder {
                        canonical: target,
                        ..link
                    });
                } else {
                    self.level(vec![Folder {
                        canonical: target,
                        ..link
                    }]);
                }
            }
        }
    }

    /// A second way to a folder that was looked at: its own skill is named as a duplicate, nothing is walked twice.
    fn alias(&mut self, link: Folder) {
        let candidate = list(&link.path, link.depth, self.rules)
            .skills
            .into_iter()
            .map(|(name, kind)| self.candidate(&link, link.path.join(&name), &name, kind))
            .find(|found| matches!(found, Found::Candidate(_)));
        self.walk.found.extend(candidate);
    }

    /// Names a root that is there and yet cannot be reached.
    fn unreached(&mut self, root: &Path, error: &io::Error) {
        if fs::symlink_metadata(root).is_ok_and(|metadata| metadata.is_symlink()) {
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

    fn inside(&self, target: &Path) -> bool {
        self.boundary
            .as_ref()
            .is_none_or(|boundary| target.starts_with(boundary))
    }

    fn escape(&mut self, location: PathBuf, target: &Path) {
        let message = escape_message(target, self.boundary.as_deref());
        self.refuse(location, Rule::SymlinkEscape, message);
    }

    fn refuse(&mut self, location: PathBuf, rule: Rule, message: String) {
        self.walk.found.push(Found::Refused {
            location,
            rule,
            message,
        });
    }
}

fn escape_message(target: &Path, boundary: Option<&Path>) -> String {
    let boundary = boundary.map(|path| path.to_string_lossy()).unwrap_or_default();
    format!(
        "the link leads to {}, outside {}",
        crate::diag::quoted(&target.to_string_lossy()),
        crate::diag::quoted(&boundary)
    )
}

fn list(path: &Path, depth: usize, rules: &WalkRules) -> Listing {
    let mut listing = Listing {
        skills: Vec::new(),
        misnamed: Vec::new(),
        folders: Vec::new(),
        links: Vec::new(),
        entries: 0,
        error: None,
    };
    let result = each_entry(path, |name, kind| {
        listing.entries += 1;
        let markdown = rules.root_markdown && depth == 0 && kind != Kind::Folder && is_markdown(name);
        if is_skill_file(name, rules.exact_name) || markdown {
            listing.skills.push((name.to_owned(), kind));
        } else if is_skill_file(name, false) && !is_folder(path, name, kind) {
            listing.misnamed.push(name.to_owned());
        } else if matches!(kind, Kind::Folder | Kind::Link) && !skipped(name, rules) {
            let list = if kind == Kind::Folder {
                &mut listing.folders
            } else {
                &mut listing.links
            };
            list.push(name.to_owned());
        }
        // One more than is allowed, so that the walk sees that the bound was passed.
        listing.entries <= rules.max_entries
    });
    listing.error = result.err();
    // `SKILL.md` sorts before `SKILL.MD`'s other spellings where it matters: upper case first, exact first.
    listing
        .skills
        .sort_by_key(|(name, _)| (name != "SKILL.md", name != "skill.md", name.clone()));
    listing.folders.sort();
    listing
}

fn is_folder(parent: &Path, name: &OsStr, kind: Kind) -> bool {
    kind == Kind::Folder || (kind == Kind::Link && parent.join(name).is_dir())
}

/// Names a file that a reader of the exact name passes over.
fn misnamed(location: PathBuf, name: &OsStr, taken: bool) -> Found {
    let (rule, message) = if taken {
        (
            Rule::FileSecond,
            "another SKILL.md of the same folder was taken".to_owned(),
        )
    } else {
        let rule = if name == "skill.md" {
            Rule::FileNameLowercase
        } else {
            Rule::FileNameCase
        };
        let name = crate::diag::quoted(&name.to_string_lossy());
        (
            rule,
            format!("the file is called {name}; this client only looks for SKILL.md"),
        )
    };
    Found::Refused {
        location,
        rule,
        message,
    }
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
