//! The other files of a skill's folder.

use crate::skill::is_device;
use crate::sort;
use crate::tree::{EntryKind, Tree, folder_of};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

/// How many files of one skill are listed, and how many entries that are not listed are named.
pub const MAX_RESOURCES: usize = 2000;
/// How many entries of one skill's folder are read.
pub(crate) const MAX_RESOURCE_ENTRIES: usize = 50_000;
/// How many levels of one skill's folder are read.
pub const MAX_RESOURCE_DEPTH: usize = 12;

named_enum! {
    /// What a file of a skill is for, by the folder it is in.
    pub enum ResourceKind {
        /// Under `scripts/`.
        Script = "script",
        /// Under `references/` or `reference/`.
        Reference = "reference",
        /// Under `assets/` or `templates/`.
        Asset = "asset",
        /// Anywhere else.
        Other = "other",
    }
}

impl ResourceKind {
    /// Returns the kind of a file by its path in the skill's folder.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.split('/').next() {
            Some("scripts") => Self::Script,
            Some("references" | "reference") => Self::Reference,
            Some("assets" | "templates") => Self::Asset,
            _ => Self::Other,
        }
    }
}

/// A file of a skill besides its SKILL.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Path in the skill's folder, with forward slashes.
    pub path: String,
    pub kind: ResourceKind,
    /// In bytes.
    pub size: u64,
    pub executable: bool,
}

named_enum! {
    /// Why an entry of a skill's folder is not listed.
    pub enum UnlistedReason {
        /// A symlink to a folder of the skill, whose files are listed under their real path.
        FolderLink = "folder_link",
        Unreadable = "unreadable",
        /// A pipe, a socket or a device.
        NotRegular = "not_regular",
        /// A folder deeper than [`MAX_RESOURCE_DEPTH`].
        TooDeep = "too_deep",
    }
}

/// An entry of a skill's folder that is not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// Path in the skill's folder, with forward slashes.
    pub path: String,
    pub why: UnlistedReason,
}

/// The files of a skill's folder.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// The files in byte order of their paths, without the SKILL.md.
    pub files: Vec<Resource>,
    /// Whether a limit cut the list.
    pub truncated: bool,
    /// Broken symlinks, as paths in the folder.
    pub broken: Vec<String>,
    /// Symlinks that lead out of the folder, which are not followed.
    pub escaping: Vec<String>,
    pub unlisted: Vec<Unlisted>,
}

impl Resources {
    /// Returns whether a list is longer than its limit.
    const fn full(&self) -> bool {
        self.files.len() > MAX_RESOURCES
            || self.broken.len() + self.escaping.len() + self.unlisted.len() > MAX_RESOURCES
    }

    fn omit(&mut self, path: String, why: UnlistedReason) {
        self.unlisted.push(Unlisted { path, why });
    }
}

/// An entry of a skill's folder or of a folder in it.
struct Found {
    /// The bytes of its path in the skill's folder; those of a folder end in a slash, so that byte order is the order of the
    /// files in it.
    key: Vec<u8>,
    path: PathBuf,
    kind: EntryKind,
    depth: usize,
}

impl Found {
    fn shown(&self) -> String {
        String::from_utf8_lossy(self.key.strip_suffix(b"/").unwrap_or(&self.key)).into_owned()
    }
}

/// The files of a skill's folder, each with the bytes of its path in the folder and its path.
pub(super) struct Listing<'a> {
    tree: &'a dyn Tree,
    /// Canonical.
    folder: PathBuf,
    pub(super) found: Resources,
    pub(super) places: Vec<(Vec<u8>, PathBuf)>,
    entries: usize,
}

/// Lists the files of the folder of a SKILL.md, without nested skills and version control; symlinks that stay inside are
/// followed.
///
/// Of more than [`MAX_RESOURCES`] files the first in byte order of their paths are listed. What cannot be read is in
/// [`Resources::unlisted`].
///
/// # Errors
///
/// Fails if the folder itself cannot be read.
pub fn list_resources(tree: &dyn Tree, skill_file: &Path) -> io::Result<Resources> {
    Ok(Listing::of(tree, skill_file)?.found)
}

impl<'a> Listing<'a> {
    pub(super) fn of(tree: &'a dyn Tree, skill_file: &Path) -> io::Result<Self> {
        let top = Found {
            key: Vec::new(),
            path: folder_of(skill_file).to_owned(),
            kind: EntryKind::Folder,
            depth: 0,
        };
        let mut listing = Self {
            tree,
            folder: tree.canonicalize(&top.path)?,
            found: Resources::default(),
            places: Vec::new(),
            entries: 0,
        };
        let mut todo = listing.entries_of(&top, skill_file.file_name())?;
        while let Some(one) = todo.pop() {
            if listing.found.full() {
                break;
            }
            if one.kind != EntryKind::Folder {
                listing.add(one);
            } else if one.depth > MAX_RESOURCE_DEPTH {
                listing.found.truncated = true;
                listing.found.omit(one.shown(), UnlistedReason::TooDeep);
            } else {
                match listing.entries_of(&one, None) {
                    Ok(more) => todo.extend(more),
                    Err(_) => listing.found.omit(one.shown(), UnlistedReason::Unreadable),
                }
            }
        }
        if listing.found.full() {
            listing.found.truncated = true;
            listing.found.files.truncate(MAX_RESOURCES);
            listing.places.truncate(MAX_RESOURCES);
        }
        Ok(listing)
    }

    /// Returns the entries of a folder in reverse order; none if it is another skill.
    fn entries_of(&mut self, folder: &Found, skill_file: Option<&OsStr>) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        let mut is_skill = false;
        self.tree.open_folder(&folder.path)?.entries(&mut |name, kind| {
            if self.entries == MAX_RESOURCE_ENTRIES {
                self.found.truncated = true;
                return false;
            }
            self.entries += 1;
            if folder.depth > 0 && name.eq_ignore_ascii_case("SKILL.md") {
                is_skill = true;
                return false;
            }
            if left_out(name) || Some(name) == skill_file {
                return true;
            }
            let mut key = folder.key.clone();
            key.extend(name.as_encoded_bytes());
            if kind == EntryKind::Folder {
                key.push(b'/');
            }
            found.push(Found {
                key,
                path: folder.path.join(name),
                kind,
                depth: folder.depth + 1,
            });
            true
        })?;
        if is_skill {
            return Ok(Vec::new());
        }
        sort::by(&mut found, |a, b| b.key.cmp(&a.key));
        Ok(found)
    }

    /// Adds an entry that is not a folder.
    fn add(&mut self, one: Found) {
        let shown = one.shown();
        if one.kind == EntryKind::Link {
            match self.tree.canonicalize(&one.path) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return self.found.omit(shown, UnlistedReason::Unreadable);
                }
                Err(_) => return self.found.broken.push(shown),
                Ok(target) if !target.starts_with(&self.folder) => return self.found.escaping.push(shown),
                Ok(_) => {}
            }
        }
        match self.tree.metadata(&one.path) {
            Err(_) => self.found.omit(shown, UnlistedReason::Unreadable),
            Ok(metadata) => match metadata.kind {
                EntryKind::Folder => self.found.omit(shown, UnlistedReason::FolderLink),
                EntryKind::File => {
                    self.found.files.push(Resource {
                        kind: ResourceKind::of(&shown),
                        path: shown,
                        size: metadata.size,
                        executable: metadata.executable.unwrap_or(false),
                    });
                    self.places.push((one.key, one.path));
                }
                _ => self.found.omit(shown, UnlistedReason::NotRegular),
            },
        }
    }
}

/// Returns whether an entry belongs to version control, installed packages or caches.
fn left_out(name: &OsStr) -> bool {
    matches!(
        name.to_str(),
        Some(".git" | ".hg" | ".svn" | "node_modules" | "__pycache__" | ".DS_Store")
    )
}

/// Resolves the path of a resource inside a skill's folder.
///
/// `None` if the path is absolute or leads out of the folder, even through a symlink.
#[must_use]
pub fn resolve_resource(tree: &dyn Tree, folder: &Path, resource: &str) -> Option<PathBuf> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(resource).components().all(inside) {
        return None;
    }
    // On Windows every folder contains devices, and a colon separates the streams of a file.
    let special = |part: &str| part.contains(':') || is_device(part);
    if cfg!(windows) && resource.split(['/', '\\']).any(special) {
        return None;
    }
    let path = folder.join(resource);
    let Ok(home) = tree.canonicalize(folder) else {
        return Some(path);
    };
    // If there is no such file, its nearest existing ancestor shows whether the path leads out.
    let there = path.ancestors().find_map(|part| tree.canonicalize(part).ok());
    there.is_none_or(|there| there.starts_with(&home)).then_some(path)
}
