//! Writing a file so that a crash leaves the old one or the new one, never a piece of either.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How long a file that another program has open is waited for, where the system does not replace such files.
const PATIENCE: Duration = Duration::from_secs(10);

/// Puts `bytes` in the place of `file`, which keeps its permissions and its owner; a new file is its owner's alone.
///
/// The bytes and the name are on the disk when it returns.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    let metadata = match file.metadata() {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // The library's own message names a file that never was.
    let mut new = NamedTempFile::new_in(folder).map_err(|error| {
        let message = format!("no file can be made in its folder: {}", error.kind());
        io::Error::new(error.kind(), message)
    })?;
    // As above.
    new.as_file_mut().write_all(bytes)?;
    if let Some(metadata) = metadata {
        #[cfg(unix)]
        {
            // The superuser writes other people's files too, and they stay theirs; others cannot give files away.
            use std::os::unix::fs::{MetadataExt as _, fchown};
            let _ = fchown(new.as_file(), Some(metadata.uid()), Some(metadata.gid()));
        }
        new.as_file().set_permissions(metadata.permissions())?;
    }
    new.as_file().sync_all()?;
    replace(new, file)?;
    sync_folder(folder)
}

/// Puts a new file in the place of another.
///
/// Windows refuses while somebody has the old file open and does not share it, be it an editor or a virus scanner; that is
/// tried again for a while.
pub(crate) fn replace(new: NamedTempFile, file: &Path) -> io::Result<()> {
    // `persist` would not replace a file that another process of ours has just open to read; the standard library does.
    let new = new.into_temp_path().keep().map_err(|error| error.error)?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match fs::rename(&new, file) {
            Err(error) if is_held(&error) && started.elapsed() < PATIENCE => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(100));
            }
            renamed => {
                return renamed.inspect_err(|_| {
                    // What cannot be taken away either is not worth a second error.
                    let _ = fs::remove_file(&new);
                });
            }
        }
    }
}

/// Tells whether another program may just have the file open: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION.
fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Sees to it that a new name in a folder outlives a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        // Elsewhere a folder cannot be opened as a file.
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems have nothing to sync here, and a folder may be closed to its readers.
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}
