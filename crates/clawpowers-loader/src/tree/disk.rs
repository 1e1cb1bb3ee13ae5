//! The file system.
//!
//! A walk reads many more folders than files, so on Linux `getdents` is called with one buffer for each thread: the
//! standard library allocates a stream and calls `fstat` for every folder, and allocates a name for every entry.

use super::{EntryKind, Metadata, OpenFile, OpenFolder, ReadError, Tree, check_size};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The files of this machine; relative paths start at the working directory of the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskTree;

impl Tree for DiskTree {
    fn open_folder(&self, path: &Path) -> io::Result<Box<dyn OpenFolder + '_>> {
        Ok(Box::new(DirHandle::open(path)?))
    }

    fn open_file(&self, path: &Path, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        // Opening a pipe would block, so the type is checked first, and again after opening.
        if !fs::metadata(path)?.is_file() {
            return Err(ReadError::NotRegular);
        }
        regular(File::open(path)?, limit)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let metadata = fs::metadata(path)?;
        Ok(Metadata {
            kind: kind_of(metadata.file_type()),
            size: metadata.len(),
            executable: Some(is_executable(&metadata)),
        })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }

    fn is_link(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
    }
}

fn regular(file: File, limit: u64) -> Result<OpenFile<'static>, ReadError> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular);
    }
    check_size(metadata.len(), limit)?;
    Ok((Box::new(file), metadata.len()))
}

struct DirHandle(
    #[cfg(target_os = "linux")] std::os::fd::OwnedFd,
    #[cfg(not(target_os = "linux"))] PathBuf,
);

#[cfg(target_os = "linux")]
impl DirHandle {
    fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(openat(CWD, path, flags, Mode::empty())?))
    }
}

#[cfg(target_os = "linux")]
impl OpenFolder for DirHandle {
    fn entries(&self, each: &mut dyn FnMut(&OsStr, EntryKind) -> bool) -> io::Result<()> {
        use rustix::fs::{AtFlags, FileType, RawDir, statat};
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
                    // Some file systems do not have the type in the listing.
                    FileType::Unknown => {
                        let stat = statat(&self.0, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
                        FileType::from_raw_mode(stat.st_mode)
                    }
                    kind => kind,
                };
                let kind = match kind {
                    FileType::RegularFile => EntryKind::File,
                    FileType::Directory => EntryKind::Folder,
                    FileType::Symlink => EntryKind::Link,
                    _ => EntryKind::Other,
                };
                if !each(name, kind) {
                    break;
                }
            }
            Ok(())
        })
    }

    fn lacks(&self, name: &OsStr) -> bool {
        use rustix::fs::{Access, AtFlags, accessat};
        accessat(&self.0, name, Access::EXISTS, AtFlags::empty()) == Err(rustix::io::Errno::NOENT)
    }

    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>> {
        use rustix::fs::{Mode, OFlags, openat};
        // Not followed if it has become a symlink since it was listed.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(Box::new(Self(openat(&self.0, name, flags, Mode::empty())?)))
    }

    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        use rustix::fs::{Mode, OFlags, openat};
        // Not followed if it has become a symlink since it was listed; does not block if it has become a pipe.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = openat(&self.0, name, flags, Mode::empty()).map_err(io::Error::from)?;
        regular(File::from(file), limit)
    }
}

#[cfg(not(target_os = "linux"))]
impl DirHandle {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }
}

#[cfg(not(target_os = "linux"))]
impl OpenFolder for DirHandle {
    fn entries(&self, each: &mut dyn FnMut(&OsStr, EntryKind) -> bool) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if !each(&entry.file_name(), kind_of(entry.file_type()?)) {
                break;
            }
        }
        Ok(())
    }

    fn open_folder(&self, name: &OsStr) -> io::Result<Box<dyn OpenFolder + '_>> {
        Ok(Box::new(Self::open(&self.0.join(name))?))
    }

    fn open_file(&self, name: &OsStr, limit: u64) -> Result<OpenFile<'_>, ReadError> {
        regular(File::open(self.0.join(name))?, limit)
    }
}

fn kind_of(kind: fs::FileType) -> EntryKind {
    if kind.is_symlink() {
        EntryKind::Link
    } else if kind.is_dir() {
        EntryKind::Folder
    } else if kind.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
const fn is_executable(_: &fs::Metadata) -> bool {
    true
}
