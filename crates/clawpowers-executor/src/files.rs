//! The files of a database and the disk that they are on.

use std::path::{Path, PathBuf};

/// Returns the path of a file that SQLite or this program keeps beside a database.
pub(crate) fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes sure that the names in a folder are on the disk.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Only Unix opens folders as files.
    #[cfg(unix)]
    match std::fs::File::open(if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }) {
        Ok(folder) => folder.sync_all()?,
        // One that may be written to and not be read is synced with all the rest.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => rustix::fs::sync(),
        Err(error) => return Err(error),
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// How much room a command needs, in bytes, for SQLite's shared memory and a few pages of the WAL.
#[cfg(unix)]
const NEEDED: u64 = 128 * 1024;

/// Tells whether hardly any room is left where a file is; SQLite does not say so of its shared memory.
#[cfg(unix)]
pub(crate) fn disk_is_full(path: &Path) -> bool {
    lacks_room(path, NEEDED)
}

/// Tells whether less than this is left where a file is.
#[cfg(unix)]
pub(crate) fn lacks_room(path: &Path, bytes: u64) -> bool {
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|disk| {
        let room = disk.f_bavail.saturating_mul(disk.f_frsize);
        room < bytes || (disk.f_files > 0 && disk.f_favail == 0)
    })
}

#[cfg(not(unix))]
pub(crate) const fn disk_is_full(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) const fn lacks_room(_: &Path, _: u64) -> bool {
    false
}
