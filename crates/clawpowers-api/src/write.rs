//! Writing a file so that a crash leaves the old one or the new one, never a piece of either.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

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
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(|error| {
        let message = format!("no file can be made in its folder: {}", error.kind());
        io::Error::new(error.kind(), message)
    })?;
    new.write_all(bytes)?;
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
    new.persist(file).map_err(|error| error.error)?;
    sync_folder(folder)
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
