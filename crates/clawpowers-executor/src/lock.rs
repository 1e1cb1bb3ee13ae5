//! Locks between processes, each on its own file.

use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::files::private_file;
use crate::wait::{self, TIMEOUT};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

const IMPORT_LOCK: &str = "import.lock";

/// A locked file; `None` in a process that was forked while its parent had the lock.
type Slot = Mutex<Option<File>>;

/// The locks of this process.
static HELD: Mutex<Vec<Weak<Slot>>> = Mutex::new(Vec::new());

/// A lock on its own file. It is released when this is dropped and when the process ends, however it ends. The file is not
/// deleted: two processes could then each have locked a file of this name.
#[derive(Debug)]
pub struct FileLock {
    file: Arc<Slot>,
}

impl FileLock {
    /// Locks the file at `path`, which is created if it is missing. Waits while another process has the lock.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage`: `busy` after 30 seconds in which the other process made no [progress](FileLock::progress),
    /// another kind if the file cannot be opened or locked.
    pub fn acquire(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::io(path, &error);
        let mut options = private_file();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            // Does not follow a symlink or wait for a pipe.
            let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
            std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
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
                let shown = quoted_path(path);
                let message = format!(
                    "the lock {shown} has been locked by another process for longer than the timeout"
                );
                return Err(Error::storage(Storage::Busy, message));
            }
        }
        let file = Arc::new(Mutex::new(Some(file)));
        let mut held = guard(&HELD);
        held.retain(|lock| lock.strong_count() > 0);
        held.push(Arc::downgrade(&file));
        Ok(Self { file })
    }

    /// Heartbeat: resets the 30-second timeout of the processes that wait for this lock.
    pub fn progress(&self) {
        let file = guard(&self.file);
        let Some(file) = file.as_ref() else { return };
        // The length is the only thing of a locked file that every system shows to other processes.
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        // A full disk is reported by the work itself.
        let _ = file.set_len((length + 1) % (1 << 20));
    }

    /// Leaves all locks to the parent. For a child that was just forked: it has the same open files, and the locks would not
    /// be released before it ends.
    pub fn leave_to_parent() {
        for lock in guard(&HELD).drain(..).filter_map(|lock| lock.upgrade()) {
            drop(guard(&lock).take());
        }
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether a process imports into the database at `path`. Creates nothing.
pub(crate) fn is_importing(path: &Path) -> bool {
    let path = path.with_file_name(IMPORT_LOCK);
    // A pipe would block.
    let is_file = std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
    is_file
        && File::open(&path).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Locks imports into the database at `path`, which need not exist yet.
pub(crate) fn lock_imports(path: &Path) -> Result<FileLock> {
    FileLock::acquire(&path.with_file_name(IMPORT_LOCK))
}

#[cfg(test)]
mod tests {
    use super::FileLock;
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn a_lock_is_passed_on() {
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
