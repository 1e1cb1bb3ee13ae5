//! Files in memory: what a host without a disk hands in, and the skills that ship with the program.

use std::collections::BTreeMap;
use std::ops::{Bound, Deref};
use std::path::{Component, Path};
use std::sync::Arc;

/// How long a path may be, in bytes.
const MAX_PATH_BYTES: usize = 4096;

/// The bytes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// Part of the program.
    Static(&'static [u8]),
    /// Handed in.
    Owned(Arc<[u8]>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        Self::Owned(text.into_bytes().into())
    }
}

/// Files by their paths, with forward slashes, in byte order; folders are those that the paths name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    files: BTreeMap<String, Bytes>,
}

/// Why a path cannot be a document's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document {} {why}", crate::display::quoted(.path))]
pub struct Misplaced {
    /// The path.
    pub path: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Documents {
    /// Takes files.
    ///
    /// # Errors
    ///
    /// [`Misplaced`] for the first path that is empty, absolute, climbs, is there twice, or is a folder of another one.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Result<Self, Misplaced> {
        let mut documents = Self::default();
        for (path, bytes) in files {
            if let Some(why) = fault(&path) {
                return Err(Misplaced { path, why });
            }
            if documents.files.insert(path.clone(), bytes).is_some() {
                return Err(Misplaced {
                    path,
                    why: "is there twice",
                });
            }
        }
        let folder = |path: &&String| documents.is_folder(path);
        if let Some(path) = documents.files.keys().find(folder) {
            return Err(Misplaced {
                path: path.clone(),
                why: "is a folder of another one as well",
            });
        }
        Ok(documents)
    }

    /// Returns the file at `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|bytes| &**bytes)
    }

    /// Tells whether there is a file below `path`; the folder of all is the empty path.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    /// Returns the files below a folder by their paths below it, in byte order.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &[u8])> {
        let start = below(folder, "");
        let from = (Bound::Included(start.as_str()), Bound::Unbounded);
        self.files
            .range::<str, _>(from)
            .map_while(move |(path, bytes)| Some((path.strip_prefix(start.as_str())?, &**bytes)))
    }

    /// Returns the names in a folder, and whether each is a folder.
    pub(crate) fn entries(&self, folder: &str) -> Vec<(&str, bool)> {
        let mut entries: Vec<(&str, bool)> = Vec::new();
        for (path, _) in self.below(folder) {
            let (name, is_folder) = match path.split_once('/') {
                Some((name, _)) => (name, true),
                None => (path, false),
            };
            // Files of one folder stand together.
            if entries.last().is_none_or(|(last, _)| *last != name) {
                entries.push((name, is_folder));
            }
        }
        entries
    }

    /// Returns the path of the skill file of a folder, by the rule of [`crate::lint::package::skill_file`].
    #[must_use]
    pub fn skill_file(&self, folder: &str) -> Option<String> {
        let entries = self.entries(folder);
        let like = entries
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("SKILL.md"));
        // Folders last: one is given where there is no file, so that its fault is reported.
        let best = like
            .min_by_key(|(name, is_folder)| (*is_folder, *name != "SKILL.md", *name != "skill.md", *name));
        best.map(|(name, _)| below(folder, name))
    }
}

/// Returns the path of a document that `named` means, with `.` and `..` taken out; `None` where it leads out.
#[must_use]
pub fn plain(named: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in named.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Returns the path of a name in a folder.
pub(crate) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("has no path");
    }
    if path.len() > MAX_PATH_BYTES {
        return Some("has a path of more than 4096 bytes");
    }
    if path.starts_with('/') {
        return Some("has a path that is not relative");
    }
    if path.contains(['\\', '\0']) {
        return Some("has a path with a character that no name has");
    }
    let bad = |part: &str| match part {
        "" => Some("has a path with an empty name"),
        "." | ".." => Some("has a path with `.` or `..`"),
        _ => None,
    };
    path.split('/').find_map(bad)
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Documents, plain};
    use std::path::Path;

    fn documents(paths: &[&str]) -> Result<Documents, String> {
        let files = paths.iter().map(|path| ((*path).to_owned(), Bytes::Static(b"")));
        Documents::new(files).map_err(|fault| fault.to_string())
    }

    #[test]
    fn bad_paths_are_named() {
        for (paths, why) in [
            (&[""][..], "has no path"),
            (&["/a"], "not relative"),
            (&["a//b"], "an empty name"),
            (&["a/"], "an empty name"),
            (&["a/../b"], "`.` or `..`"),
            (&["./a"], "`.` or `..`"),
            (&["a\\b"], "a character"),
            (&["a", "b", "a"], "there twice"),
            (&["a/b", "a"], "a folder of another"),
        ] {
            let refused = documents(paths).unwrap_err();
            assert!(refused.starts_with("the document `"), "{refused}");
            assert!(refused.contains(why), "{refused}");
        }
        assert!(documents(&[&"a/".repeat(3000)]).is_err());
    }

    #[test]
    fn folders_are_those_of_the_paths() {
        let documents = documents(&["a/SKILL.md", "a-b", "a/b/c", "a/b/d", "ab"]).unwrap();
        assert_eq!(documents.entries("a"), [("SKILL.md", false), ("b", true)]);
        assert_eq!(
            documents.entries(""),
            [("a-b", false), ("a", true), ("ab", false)]
        );
        assert!(documents.is_folder("a/b") && !documents.is_folder("ab") && !documents.is_folder("c"));
        assert_eq!(documents.skill_file("a").as_deref(), Some("a/SKILL.md"));
        assert_eq!(documents.skill_file("").as_deref(), None);
        assert_eq!(plain(Path::new("./a//b/../c/")).as_deref(), Some("a/c"));
        assert_eq!(plain(Path::new("../a")), None);
        assert_eq!(plain(Path::new("/a")), None);
    }
}
