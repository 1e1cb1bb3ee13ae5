//! Locks between processes on a file of their own.

use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::wait::{self, TIMEOUT};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

const IMPORT_LOCK: &str = "import.lock";

/// A locked file; `None` in a process that was forked while its parent held the lock.
type Slot = Mutex<Option<File>>;

/// The locks that this process holds.
static HELD: Mutex<Vec<Weak<Slot>>> = Mutex::new(Vec::new());

/// A lock on a file that is made for it. It ends when this is dropped, and with the process, however that ends; the file
/// stays, because to remove it would give two processes a file each.
#[derive(Debug)]
pub struct FileLock {
    file: Arc<Slot>,
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
                        quoted_path(path)
                    ),
                ));
            }
        }
        let file = Arc::new(Mutex::new(Some(file)));
        let mut held = hold(&HELD);
        held.retain(|lock| lock.strong_count() > 0);
        held.push(Arc::downgrade(&file));
        Ok(Self { file })
    }

    /// Tells the processes that wait for the lock that this one is still at work: their 30 seconds begin again.
    pub fn progress(&self) {
        let file = hold(&self.file);
        let Some(file) = file.as_ref() else { return };
        // The length is the one thing of a locked file that every system shows to others.
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        // Where the disk is full, the work itself finds out.
        let _ = file.set_len((length + 1) % (1 << 20));
    }

    /// Leaves all locks to the parent, in a child that was just forked: the child has the same open files, and would hold
    /// the locks for longer than its parent.
    pub fn leave_to_parent() {
        for lock in hold(&HELD).drain(..).filter_map(|lock| lock.upgrade()) {
            drop(hold(&lock).take());
        }
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells whether somebody holds the lock of imports into the database at `path`; nothing is created.
pub(crate) fn is_importing(path: &Path) -> bool {
    let path = path.with_file_name(IMPORT_LOCK);
    // A pipe in its place is not waited for.
    let is_file = std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
    is_file
        && File::open(&path).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Locks imports into the database at `path`, which need not be there yet.
pub(crate) fn lock_imports(path: &Path) -> Result<FileLock> {
    FileLock::acquire(&path.with_file_name(IMPORT_LOCK))
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
