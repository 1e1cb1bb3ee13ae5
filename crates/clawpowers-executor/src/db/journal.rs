//! The journal of a database: a WAL on a disk of this machine, a rollback journal on a shared file system.

use super::connection::{configure, connect, open};
use super::wal::MAX_WAL_BYTES;
use super::{Db, pragma};
use crate::error::{ErrorKind, Result, Storage};
use crate::files::{sync_folder, with_suffix};
use crate::wait::{self, TIMEOUT};
use rusqlite::{Connection, ErrorCode};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to try to leave WAL mode while other processes have the file open.
const PATIENCE: Duration = Duration::from_millis(300);

/// How a database is protected against a process or a machine that stops in the middle of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// A WAL: reads and writes do not wait for each other. Its index is in shared memory.
    Wal,
    /// A rollback journal: a write waits until no process reads. Only file locks are needed.
    Rollback,
}

impl Journal {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Wal, Self::Rollback];

    /// Returns the name used in replies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wal => "wal",
            Self::Rollback => "rollback",
        }
    }
}

impl Db {
    /// Returns the journal of the file; `None` for a database that is not a file of this machine.
    pub fn journal(&self) -> Result<Option<Journal>> {
        if !self.is_shared() {
            return Ok(None);
        }
        let mode = self.run(|connection| pragma::<String>(connection, "journal_mode"))?;
        Ok(Some(match mode.as_str() {
            "wal" => Journal::Wal,
            _ => Journal::Rollback,
        }))
    }

    /// Keeps the rollback journal of a file without a WAL after each write. A journal that is created and deleted for
    /// each write needs an fsync of the folder, which our build of SQLite omits (see .cargo/config.toml).
    pub(super) fn keep_journal(&self) -> Result<()> {
        if self.journal()? == Some(Journal::Rollback) {
            self.run(|connection| {
                connection.pragma_update(None, "journal_mode", "PERSIST")?;
                connection.pragma_update(None, "journal_size_limit", MAX_WAL_BYTES)
            })?;
        }
        Ok(())
    }
}

/// Opens a database on a shared file system: without a WAL, unless other processes have it open with one.
pub(super) fn connect_without_wal(path: &Path, real: &Path) -> Result<Connection> {
    // Whoever wrote to it without a WAL kept the journal.
    let has = |suffix| with_suffix(real, suffix).exists();
    if has("-journal") && !has("-wal") {
        return connect(path);
    }
    let started = Instant::now();
    let wait = |longest, tries| started.elapsed() < longest && wait::pause(tries);
    for tries in 0.. {
        let is_used = match leave_wal(path, real) {
            Ok(connection) => return Ok(connection),
            Err(error) => error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy),
        };
        // The file is closed meanwhile: otherwise two processes that try would wait for each other.
        if is_used && wait(PATIENCE, tries) {
            continue;
        }
        match connect(path) {
            // There is no shared memory at all, so the other processes are leaving WAL mode, too.
            Err(error)
                if is_used && error.kind == ErrorKind::Storage(Storage::Io) && wait(TIMEOUT, tries) => {}
            opened => return opened,
        }
    }
    connect(path)
}

/// Opens a database; if it has a WAL, copies the content of the WAL into the file and deletes the WAL.
fn leave_wal(path: &Path, real: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    // A connection that locks the whole file has the index of the WAL in its own memory.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    if pragma::<String>(&connection, "journal_mode")? == "wal" {
        connection.pragma_update(None, "journal_mode", "PERSIST")?;
        // If the directory entry of the deleted WAL reappeared after a crash, SQLite would read it.
        let _ = sync_folder(real.parent().unwrap_or(real));
    }
    connection.pragma_update(None, "locking_mode", "NORMAL")?;
    configure(connection)
}
