//! Files in memory: the documents of a host without a disk, and the bundled skills.

use super::{EntryKind, Metadata, OpenFile, OpenFolder, ReadError, Tree, check_size};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

/// How long a path may be, in bytes.
const MAX_PATH_BYTES: usize = 4096;

/// The bytes of a file: part of the program, or owned.
pub type Bytes = Cow<'static, [u8]>;

/// Files by their paths, with forward slashes, in byte order. A folder exists if a path contains it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryTree {
    files: BTreeMap<String, Bytes>,
}

/// A path that a document cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document {} {why}", crate::display::quote(.path))]
pub struct InvalidPath {
    pub path: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl MemoryTree {
    /// Builds a tree from these files.
    ///
    /// # Errors
    ///
    /// [`InvalidPath`] for the first path that is empty, absolute, contains `..`, occurs twice, or is a folder of another.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Result<Self, InvalidPath> {
        let mut tree = Self::default();
        for (path, bytes) in files {
            if let Some(why) = fault(&path) {
                return Err(InvalidPath { path, why });
            }
            if tree.files.insert(path.clone(), bytes).is_some() {
                return Err(InvalidPath {
                    path,
                    why: "is given twice",
                });
            }
        }
        let folder = |path: &&String| tree.holds_folder(path);
        if let Some(path) = tree.files.keys().find(folder) {
            return Err(InvalidPath {
                path: path.clone(),
                why: "is also a folder of another document",
            });
        }
        Ok(tree)
    }

    fn entries_of(&self, folder: &str) -> Vec<(&str, EntryKind)> {
        let mut entries: Vec<(&str, EntryKind)> = Vec::new();
        for path in self.below(folder) {
            let (name, kind) = match path.split_once('/') {
                Some((name, _)) => (name, EntryKind::Folder),
                None => (path, EntryKind::File),
            };
            // Files of one folder are adjacent.
            if entries.last().is_none_or(|(last, _)| *last != name) {
                entries.push((name, kind));
            }
        }
        entries
    }

    /// Returns the files in a folder and its subfolders by their paths in it, in byte order.
    fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> {
        let start = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let from = (Bound::Included(start.as_str()), Bound::Unbounded);
        self.files
            .range::<str, _>(from)
            .map_while(move |(path, _)| path.strip_prefix(start.as_str()))
    }

    fn holds_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    /// Returns the path of an existing file or folder, and the file's bytes.
    fn find(&self, path: &Path) -> io::Result<(String, Option<&[u8]>)> {
        // The message of Linux on every host.
        let not_found = || io::Error::new(io::ErrorKind::NotFound, "No such file or directory (os error 2)");
        let normal = normalize(path).ok_or_else(not_found)?;
        if let Some(bytes) = self.files.get(&normal) {
            if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
                return Err(not_a_folder());
            }
            return Ok((normal, Some(bytes)));
        }
        match self.holds_folder(&normal) {
            true => Ok((normal, None)),
            false => Err(not_found()),
        }
    }
}

fn not_a_folder() -> io::Error {
    io::Error::new(io::ErrorKind::NotADirectory, "Not a directory (os error 20)")
}

impl Tree for MemoryTree {
    fn open_folder(&self, path: &Path) -> io::Result<Box<dyn OpenFolder + '_>> {
        match self.find(path)? {
            (path, None) => Ok(Box::new(MemoryFolder { tree: self, path })),
            _ => Err(not_a_folder()),
        }
    }

    fn open_file(&self, path: &Path, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        let (_, bytes) = self.find(path)?;
        let bytes = bytes.ok_or(ReadError::NotRegular)?;
        let size = bytes.len() as u64;
        check_size(size, limit)?;
        Ok((Box::new(bytes), size))
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let (_, bytes) = self.find(path)?;
        Ok(Metadata {
            kind: bytes.map_or(EntryKind::Folder, |_| EntryKind::File),
            size: bytes.map_or(0, |bytes| bytes.len() as u64),
            executable: None,
        })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(self.find(path)?.0.into())
    }

    fn is_link(&self, _: &Path) -> bool {
        false
    }
}

struct MemoryFolder<'a> {
    tree: &'a MemoryTree,
    path: String,
}

impl OpenFolder for MemoryFolder<'_> {
    fn entries(&self, each: &mut dyn FnMut(&OsStr, EntryKind) -> bool) -> io::Result<()> {
        for (name, kind) in self.tree.entries_of(&self.path) {
            if !each(OsStr::new(name), kind) {
                break;
            }
        }
        Ok(())
    }

    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>> {
        self.tree.open_folder(&Path::new(&self.path).join(name))
    }

    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        self.tree.open_file(&Path::new(&self.path).join(name), limit)
    }
}

/// Returns a path without `.` and `..`; `None` if it is absolute or leads out of its folder.
pub(crate) fn normalize(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
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
        return Some("has a path with a character that is not allowed in a file name");
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
    use super::{Bytes, EntryKind, MemoryTree, Tree};
    use std::ffi::OsStr;
    use std::path::{Path, PathBuf};

    fn tree(paths: &[&str]) -> Result<MemoryTree, String> {
        let files = paths.iter().map(|path| ((*path).to_owned(), Bytes::default()));
        MemoryTree::new(files).map_err(|fault| fault.to_string())
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
            (&["a", "b", "a"], "given twice"),
            (&["a/b", "a"], "a folder of another"),
        ] {
            let error = tree(paths).unwrap_err();
            assert!(error.starts_with("the document `"), "{error}");
            assert!(error.contains(why), "{error}");
        }
        assert!(tree(&[&"a/".repeat(3000)]).is_err());
    }

    #[test]
    fn folders_come_from_the_paths() {
        let tree = tree(&["a/SKILL.md", "a-b", "a/b/c", "a/b/d", "ab"]).unwrap();
        let entries = |path: &str| {
            let mut found = Vec::new();
            let folder = tree.open_folder(Path::new(path)).unwrap();
            let each = &mut |name: &OsStr, kind| {
                found.push((name.to_str().unwrap().to_owned(), kind == EntryKind::Folder));
                true
            };
            folder.entries(each).unwrap();
            found
        };
        let named = |list: &[(&str, bool)]| -> Vec<_> {
            list.iter()
                .map(|&(name, folder)| (name.to_owned(), folder))
                .collect()
        };
        assert_eq!(entries("a"), named(&[("SKILL.md", false), ("b", true)]));
        assert_eq!(entries(""), named(&[("a-b", false), ("a", true), ("ab", false)]));
        for (path, canonical) in [
            ("./a//b/../b/", Some("a/b")),
            ("a/b/d", Some("a/b/d")),
            ("", Some("")),
            ("ab/", None),
            ("../a", None),
            ("/a", None),
            ("c", None),
        ] {
            assert_eq!(
                tree.canonicalize(Path::new(path)).ok(),
                canonical.map(PathBuf::from),
                "{path}"
            );
        }
        assert!(tree.is_folder(Path::new("a/b")) && tree.is_file(Path::new("ab")));
        assert!(tree.read(Path::new("a"), 1).is_err());
    }
}
