//! Writing a file atomically: after a crash, it has the old content or the new one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How long to retry on Windows if another program has the file open.
const PATIENCE: Duration = Duration::from_secs(10);

/// Replaces the content of a file, which keeps its permissions and its owner. Only its owner can read a new file.
///
/// The content and the name are durable when it returns.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    let metadata = match file.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        metadata => Some(metadata?),
    };
    // The message of the library names a temporary file that was never created.
    let mut new = NamedTempFile::new_in(folder).map_err(|error| {
        let message = format!("cannot create a temporary file in its folder: {}", error.kind());
        io::Error::new(error.kind(), message)
    })?;
    // For the same reason, not through `NamedTempFile` itself.
    new.as_file_mut().write_all(bytes)?;
    if let Some(metadata) = metadata {
        #[cfg(unix)]
        {
            // A file that the superuser writes keeps its owner. Other users cannot change the owner.
            use std::os::unix::fs::{MetadataExt as _, fchown};
            let _ = fchown(new.as_file(), Some(metadata.uid()), Some(metadata.gid()));
        }
        new.as_file().set_permissions(metadata.permissions())?;
    }
    new.as_file().sync_all()?;
    replace(new, file)?;
    sync_folder(folder)
}

/// Renames a new file over an old one.
///
/// Windows does not allow this while another program, such as an editor or a virus scanner, has the old file open without sharing it.
/// Then it is retried for a while.
pub(crate) fn replace(new: NamedTempFile, file: &Path) -> io::Result<()> {
    // Unlike `persist`, the standard library replaces a file on Windows that another process is reading.
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
                    // A temporary file that cannot be removed is not worth a second error.
                    let _ = fs::remove_file(&new);
                });
            }
        }
    }
}

/// Returns whether another program may have the file open: ERROR_ACCESS_DENIED or ERROR_SHARING_VIOLATION.
fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Fsyncs a folder, so that a new name in it survives a crash.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        // A folder cannot be opened as a file there.
        return Ok(());
    }
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems do not support it, and the folder may not be readable.
        Err(error) if matches!(error.kind(), InvalidInput | Unsupported | PermissionDenied) => Ok(()),
        synced => synced,
    }
}
