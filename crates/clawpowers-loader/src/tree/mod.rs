//! Files and folders, on disk or in memory.

#[cfg(not(target_family = "wasm"))]
mod cached;
mod disk;
mod memory;

#[cfg(not(target_family = "wasm"))]
pub(crate) use cached::{CachedTree, Filter};
pub use disk::DiskTree;
pub(crate) use memory::normalize;
pub use memory::{Bytes, InvalidPath, MemoryTree};

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How large a SKILL.md may be, in bytes. The largest of 37,610 public ones has 294 KB.
pub const MAX_SKILL_BYTES: u64 = 1024 * 1024;
/// How large another file of a skill may be to be read, in bytes.
pub const MAX_RESOURCE_BYTES: u64 = 16 * 1024 * 1024;

/// The type of an entry; symbolic links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// Metadata of a path; symbolic links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    pub kind: EntryKind,
    /// In bytes.
    pub size: u64,
    /// `None` in a tree without permissions.
    pub executable: Option<bool>,
}

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is a folder, a pipe, a socket or a device.
    #[error("not a regular file")]
    NotRegular,
    /// It is larger than the limit, in bytes.
    #[error("{size} bytes, more than {limit}")]
    TooLarge { size: u64, limit: u64 },
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// An open file and its size in bytes.
pub type OpenFile<'a> = (Box<dyn Read + 'a>, u64);

/// A hierarchy of files that skills are read from.
pub trait Tree: fmt::Debug + Send + Sync {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// Fails if `path` is not a folder or cannot be read.
    fn open_folder(&self, path: &Path) -> io::Result<Box<dyn OpenFolder + '_>>;

    /// Opens a regular file of at most `limit` bytes; never waits for a pipe.
    ///
    /// # Errors
    ///
    /// Fails if `path` is not a regular file, is larger than `limit`, or cannot be read.
    fn open_file(&self, path: &Path, limit: u64) -> Result<OpenFile<'_>, ReadError>;

    /// Returns the metadata of `path`.
    ///
    /// # Errors
    ///
    /// Fails if `path` does not exist or cannot be accessed.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;

    /// Returns the absolute path without `.`, `..` and symbolic links; equal for two paths to one file. In memory, it is
    /// relative to the top of the tree.
    ///
    /// # Errors
    ///
    /// Like [`Tree::metadata`].
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;

    /// Returns whether `path` is a symbolic link, which may be broken.
    fn is_link(&self, path: &Path) -> bool;

    /// Reads a regular file of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// Like [`Tree::open_file`].
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let (file, size) = self.open_file(path, limit)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.take(limit + 1).read_to_end(&mut bytes)?;
        // The file may have grown since it was opened.
        check_size(bytes.len() as u64, limit)?;
        Ok(bytes)
    }

    /// Returns whether `path` is a folder; symbolic links are followed.
    fn is_folder(&self, path: &Path) -> bool {
        self.metadata(path)
            .is_ok_and(|metadata| metadata.kind == EntryKind::Folder)
    }

    /// Returns whether `path` is a regular file; symbolic links are followed.
    fn is_file(&self, path: &Path) -> bool {
        self.metadata(path)
            .is_ok_and(|metadata| metadata.kind == EntryKind::File)
    }

    /// Returns whether `path` exists; symbolic links are followed.
    ///
    /// # Errors
    ///
    /// Fails if that cannot be determined.
    fn exists(&self, path: &Path) -> io::Result<bool> {
        match self.metadata(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// An open folder, whose entries are opened without resolving its path again.
pub trait OpenFolder {
    /// Calls `each` for every entry until it returns false.
    ///
    /// # Errors
    ///
    /// Fails if the entries cannot be read.
    fn entries(&self, each: &mut dyn FnMut(&OsStr, EntryKind) -> bool) -> io::Result<()>;

    /// Returns whether it is certain, at little cost, that the folder has no entry called `name`.
    fn lacks(&self, _name: &OsStr) -> bool {
        false
    }

    /// Opens a folder that is an entry, but not a link to one.
    ///
    /// # Errors
    ///
    /// Like [`Tree::open_folder`].
    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>>;

    /// Opens a regular file that is an entry, but not a link to one.
    ///
    /// # Errors
    ///
    /// Like [`Tree::open_file`].
    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError>;
}

/// Returns a tree that reads each folder and file of another one only once.
#[must_use]
pub fn read_once(tree: Arc<dyn Tree>) -> Arc<dyn Tree> {
    // In a browser all files are in memory.
    #[cfg(not(target_family = "wasm"))]
    let tree = Arc::new(CachedTree::new(tree));
    tree
}

/// Returns the part of a path below a folder, if both are text: this compares bytes, `strip_prefix` part by part.
pub(crate) fn below<'a>(path: &'a Path, folder: &Path) -> Option<&'a str> {
    let rest = path.to_str()?.strip_prefix(folder.to_str()?)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix(std::path::is_separator)
}

/// Returns the folder that a file is in; `.` for a file that is named without one.
pub(crate) fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new("."))
}

fn check_size(size: u64, limit: u64) -> Result<(), ReadError> {
    if size > limit {
        return Err(ReadError::TooLarge { size, limit });
    }
    Ok(())
}
