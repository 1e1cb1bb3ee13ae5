//! Locks between processes on a file of their own.

use crate::error::{Error, Result, Storage, quoted};
use crate::wait::{self, TIMEOUT};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Instant;

/// A lock on a file that is made for it. It ends when this is dropped, and with the process, however that ends; the file
/// stays, because to remove it would give two processes a file each.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Locks the file at `path`, which is created where it is missing, and waits while another process holds it.
    ///
    /// # Errors
    ///
    /// [`Error::Storage`]: `busy` after 30 seconds in which the other process made no [progress](FileLock::progress), else
    /// where the file cannot be opened or locked.
    pub fn acquire(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::io(path, &error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt as _;
            // A pipe in its place is not waited for, and no link is followed.
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
            options.mode(0o600).custom_flags(flags.bits().cast_signed());
        }
        let file = options.open(path).map_err(failed)?;
        let length = || file.metadata().map_or(0, |metadata| metadata.len());
        let (mut seen, mut since) = (length(), Instant::now());
        for tries in 0.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            let now = length();
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
            if since.elapsed() > TIMEOUT || !wait::pause(tries) {
                return Err(Error::storage(
                    Storage::Busy,
                    format!(
                        "the lock {} is held by another process for longer than the timeout",
                        quoted(path)
                    ),
                ));
            }
        }
        Ok(Self { file })
    }

    /// Tells the processes that wait for the lock that this one is still at work: their 30 seconds begin again.
    pub fn progress(&self) {
        // The length is the one thing of a locked file that every system shows to others.
        let length = self.file.metadata().map_or(0, |metadata| metadata.len());
        // Where the disk is full, the work itself finds out.
        let _ = self.file.set_len((length + 1) % (1 << 20));
    }
}

/// Locks imports into the database at `path`, which need not be there yet.
pub(crate) fn lock_imports(path: &Path) -> Result<FileLock> {
    FileLock::acquire(&path.with_file_name("import.lock"))
}

#[cfg(test)]
mod tests {
    use super::FileLock;
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn a_lock_is_handed_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = FileLock::acquire(&path).unwrap();
        let (send, receive) = mpsc::channel();
        let other = thread::spawn(move || {
            let lock = FileLock::acquire(&path);
            send.send("other").unwrap();
            lock.map(drop)
        });
        held.progress();
        assert!(receive.try_recv().is_err(), "it is held");
        drop(held);
        assert_eq!(receive.recv().unwrap(), "other");
        other.join().unwrap().unwrap();
    }

    #[test]
    fn a_folder_in_its_place_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileLock::acquire(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains(&*folder.path().to_string_lossy()),
            "{error}"
        );
    }
}
