//! Checkpoints: writers keep the WAL (write-ahead log) short.

use super::{Db, reserve};
use crate::wait;
use std::time::Duration;

/// How large the WAL may be, in bytes, before a writer checkpoints it. A process that opens the file alone reads the whole
/// WAL, so it is kept short; each checkpoint waits for the disk twice, so it is not kept shorter.
pub(super) const MAX_WAL_BYTES: u64 = 256 * 1024;

impl Db {
    /// Checkpoints a WAL that has become large if no other connection is active; otherwise the next writer will.
    ///
    /// SQLite's automatic checkpoint is not enough for many short processes: what it has copied is forgotten when the last
    /// one closes the file, so the WAL would grow without bound.
    pub(super) fn checkpoint_if_large(&mut self) {
        if self.file.wal_size() > MAX_WAL_BYTES {
            self.checkpoint();
            if let Some(database) = self.file.real() {
                reserve::keep(database);
            }
        }
    }

    /// Copies the WAL into the database and truncates it, unless another connection is active. A failure loses nothing: what
    /// is in the WAL is durable.
    pub(super) fn checkpoint(&mut self) {
        let _ = self.connection.busy_timeout(Duration::ZERO);
        // PASSIVE does most of the work while others may write; TRUNCATE blocks them.
        for mode in ["PASSIVE", "TRUNCATE"] {
            let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
            let _ = self.connection.query_row(&checkpoint, (), |_| Ok(()));
        }
        let _ = self.connection.busy_handler(Some(wait::until_timeout));
    }

    /// Copies the WAL into the database and truncates it, waiting for other connections; returns whether no older version of
    /// a page is left in the WAL.
    pub(crate) fn empty_wal(&mut self) -> bool {
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get::<_, bool>(0));
        busy.is_ok_and(|busy| !busy)
    }
}
