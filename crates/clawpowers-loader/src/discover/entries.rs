//! The entries of one folder.
//!
//! A walk reads many more folders than files, so on Linux the system's own listing is read into one buffer a thread:
//! the standard library allocates a stream, asks for its status and allocates a name for every folder.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// What an entry is, without following it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// Calls `each` for every entry until it gives false.
#[cfg(target_os = "linux")]
pub(super) fn each_entry(path: &Path, mut each: impl FnMut(&OsStr, Kind) -> bool) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags, RawDir, openat};
    use std::cell::RefCell;
    use std::os::unix::ffi::OsStrExt as _;

    const BUFFER: usize = 32 * 1024;
    thread_local! {
        static ENTRIES: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(BUFFER));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = openat(rustix::fs::CWD, path, flags, Mode::empty())?;
    ENTRIES.with_borrow_mut(|buffer| {
        let mut entries = RawDir::new(&folder, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                rustix::fs::FileType::RegularFile => Kind::File,
                rustix::fs::FileType::Directory => Kind::Folder,
                rustix::fs::FileType::Symlink => Kind::Link,
                // Some file systems do not tell in the listing.
                rustix::fs::FileType::Unknown => of(path.join(name).symlink_metadata()?.file_type()),
                _ => Kind::Other,
            };
            if !each(name, kind) {
                break;
            }
        }
        Ok(())
    })
}

/// Calls `each` for every entry until it gives false.
#[cfg(not(target_os = "linux"))]
pub(super) fn each_entry(path: &Path, mut each: impl FnMut(&OsStr, Kind) -> bool) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if !each(&entry.file_name(), of(entry.file_type()?)) {
            break;
        }
    }
    Ok(())
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
