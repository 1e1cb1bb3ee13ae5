//! Creates a database file: written whole under another name, then linked into place in one step.

use super::schema::APPLICATION_ID;
use super::{Db, DbFile, reserve};
use crate::error::{Error, Result};
use crate::file_system;
use crate::files::{private_file, sync_folder, with_suffix};
use crate::home::Home;
use crate::lock::FileLock;
use crate::platform::nonce;
use rusqlite::Connection;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file name prefix of a database that is being created.
const TEMPORARY: &str = ".clawpowers.db.new-";
/// The age from which a temporary database is deleted, because the process that created it must have been killed.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);
/// How long to wait until no other process has a temporary database open.
const PATIENCE: Duration = Duration::from_secs(10);

/// Creates the database of a home with what `work` writes to it, and returns its result; `None` if another process won
/// the race.
pub(crate) fn create<T>(home: &Home, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<Option<T>> {
    home.check_orphan_wal()?;
    home.create()?;
    clear_abandoned(home.folder());
    let temporary = Temporary(home.folder().join(format!("{TEMPORARY}{}", nonce())));
    let refused = |error: std::io::Error| Error::io(&home.database(), &error);
    private_file()
        .write(true)
        .create_new(true)
        .open(&temporary.0)
        .map_err(refused)?;
    let answer = fill(home, &temporary.0, work)?;
    let place = home.database();
    match fs::hard_link(&temporary.0, &place) {
        Ok(()) => sync_folder(home.folder()).map_err(refused)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        // A file system without hard links. A rename replaces a database that another process has created meanwhile.
        Err(_) => {
            let _lock = FileLock::acquire(&with_suffix(&place, "-create"))?;
            if place.exists() {
                return Ok(None);
            }
            fs::rename(&temporary.0, &place)
                .and_then(|()| sync_folder(home.folder()))
                .map_err(refused)?;
        }
    }
    reserve::keep(&place);
    Ok(Some(answer))
}

/// Creates the tables and calls `work`.
fn fill<T>(home: &Home, temporary: &Path, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
    let path = home.database();
    let connection = Connection::open(temporary).map_err(|error| Error::sqlite(&path, &error))?;
    let mut db = Db::wrap(connection, DbFile::unattached(path.clone()));
    db.run(|connection| {
        // The temporary database is deleted if anything fails, so it is made durable once, at the end.
        connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)
    })?;
    db.init_schema()?;
    let answer = work(&mut db)?;
    if file_system::shared(temporary).is_none() {
        db.run(|connection| connection.pragma_update(None, "journal_mode", "WAL"))?;
    }
    let closed = db.connection.close();
    closed.map_err(|(_, error)| Error::sqlite(&path, &error))?;
    // Windows syncs a file only through a handle that may write to it.
    let sync = OpenOptions::new()
        .write(true)
        .open(temporary)
        .and_then(|file| file.sync_all());
    sync.map_err(|error| Error::io(&path, &error))?;
    Ok(answer)
}

/// A file that is deleted when this is dropped. By then the database has another name, or is not needed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.clone().into_os_string();
            name.push(suffix);
            let started = Instant::now();
            // Another process may have opened the database, which is the same file, and Windows cannot delete a name of
            // an open file. One that stays is deleted when the next database is created in the folder.
            while fs::remove_file(&name).is_err_and(|error| is_held(&error)) && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Returns whether another process has the file open: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION.
fn is_held(error: &std::io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Deletes temporary databases of processes that were killed.
fn clear_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let old =
            || -> Option<bool> { Some(entry.metadata().ok()?.modified().ok()?.elapsed().ok()? > ABANDONED) };
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && old() == Some(true) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
