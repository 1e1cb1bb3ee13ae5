//! The entries of one folder.
//!
//! A walk reads many more folders than files, so on Linux the system's own listing is read into one buffer a thread:
//! the standard library allocates a stream, asks for its status and allocates a name for every folder.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

/// What an entry is, without following it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// A folder that is open, so that its entries are reached without going down the whole way again.
pub(crate) struct Opened(
    #[cfg(target_os = "linux")] std::os::fd::OwnedFd,
    #[cfg(not(target_os = "linux"))] std::path::PathBuf,
);

#[cfg(target_os = "linux")]
impl Opened {
    /// Opens a folder.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(openat(CWD, path, flags, Mode::empty())?))
    }

    /// Calls `each` for every entry until it gives false; `path` is the folder's.
    pub(crate) fn each_entry(
        &self,
        path: &Path,
        mut each: impl FnMut(&OsStr, Kind) -> bool,
    ) -> io::Result<()> {
        use rustix::fs::{FileType, RawDir};
        use std::cell::RefCell;
        use std::os::unix::ffi::OsStrExt as _;

        const BUFFER: usize = 32 * 1024;
        thread_local! {
            static ENTRIES: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(BUFFER));
        }
        ENTRIES.with_borrow_mut(|buffer| {
            let mut entries = RawDir::new(&self.0, buffer.spare_capacity_mut());
            while let Some(entry) = entries.next() {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name == "." || name == ".." {
                    continue;
                }
                let kind = match entry.file_type() {
                    FileType::RegularFile => Kind::File,
                    FileType::Directory => Kind::Folder,
                    FileType::Symlink => Kind::Link,
                    // Some file systems do not tell in the listing.
                    FileType::Unknown => of(path.join(name).symlink_metadata()?.file_type()),
                    _ => Kind::Other,
                };
                if !each(name, kind) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Opens a folder of the folder that was listed as a real one; it is not followed if it has become a link since.
    pub(crate) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(Self(openat(&self.0, name, flags, Mode::empty())?))
    }

    /// Opens a file of the folder that was listed as a regular one.
    ///
    /// It is not followed if it has become a link since, nor waited for if it has become a pipe.
    pub(crate) fn file(&self, name: &OsStr) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        Ok(File::from(openat(&self.0, name, flags, Mode::empty())?))
    }
}

#[cfg(not(target_os = "linux"))]
impl Opened {
    /// Opens a folder.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    /// Calls `each` for every entry until it gives false; `path` is the folder's.
    pub(crate) fn each_entry(
        &self,
        path: &Path,
        mut each: impl FnMut(&OsStr, Kind) -> bool,
    ) -> io::Result<()> {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            if !each(&entry.file_name(), of(entry.file_type()?)) {
                break;
            }
        }
        Ok(())
    }

    /// Opens a folder of the folder.
    pub(crate) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        Self::at(&self.0.join(name))
    }

    /// Opens a file of the folder that was listed as a regular one.
    pub(crate) fn file(&self, name: &OsStr) -> io::Result<File> {
        File::open(self.0.join(name))
    }
}

fn of(kind: std::fs::FileType) -> Kind {
    if kind.is_symlink() {
        Kind::Link
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}
