//! The files of a database and the disk that they are on.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// Returns the path of a file that SQLite or this program keeps beside a database.
pub(crate) fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns options for a file that only its owner may read.
pub(crate) fn private_file() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Fsyncs a folder, so that new names in it survive a crash.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Only Unix opens folders as files.
    #[cfg(unix)]
    match std::fs::File::open(Path::new(".").join(path)) {
        Ok(folder) => folder.sync_all()?,
        // A folder that this user may write to but not read cannot be opened, so everything is synced.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => rustix::fs::sync(),
        Err(error) => return Err(error),
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Returns whether the disk of a file is too full for a command. SQLite does not report a full disk for its shared memory.
pub(crate) fn disk_is_full(path: &Path) -> bool {
    // Shared memory and a few pages of the WAL.
    const NEEDED: u64 = 128 * 1024;
    lacks_room(path, NEEDED)
}

/// Returns whether the disk of a file has less free space than this.
#[cfg(unix)]
pub(crate) fn lacks_room(path: &Path, bytes: u64) -> bool {
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|disk| {
        // Nothing is free on read-only media.
        if disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
            return false;
        }
        let room = disk.f_bavail.saturating_mul(disk.f_frsize);
        room < bytes || (disk.f_files > 0 && disk.f_favail == 0)
    })
}

#[cfg(not(unix))]
pub(crate) const fn lacks_room(_: &Path, _: u64) -> bool {
    false
}
