//! The write-ahead log: wanted for every file, and kept short by its writers.

use super::Db;
use super::connection::wait;
use crate::error::Result;
use std::fs;
use std::time::Duration;

/// How long the log may be, in bytes, before a writer brings it home. Whoever opens the file alone reads the whole log, so
/// it is kept short; and each time costs two waits for the disk, so it is not kept shorter.
const MAX_LOG_BYTES: u64 = 256 * 1024;

impl Db {
    /// Brings the log home where it has become long and nobody else is at work; else the next writer will.
    ///
    /// SQLite's own way does not do: it forgets how far it came once no process has the file open, so that between short
    /// processes the log would grow for ever.
    pub(super) fn shorten_log(&mut self) {
        // SQLite's own name of the file: where a link leads, the log lies beside what it leads to.
        // One in memory has no name and no log.
        let file = self.connection.path().filter(|path| !path.is_empty());
        let Some(log) = file.map(|path| format!("{path}-wal")) else {
            return;
        };
        if fs::metadata(log).is_ok_and(|log| log.len() > MAX_LOG_BYTES) {
            // The transaction is durable already, and a failure here takes nothing from it.
            let _ = self.connection.busy_timeout(Duration::ZERO);
            let _ = self
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
            let _ = self.connection.busy_handler(Some(wait));
        }
    }

    /// Makes a file that lost its log mode, as each that was recovered or copied by SQLite's tools, keep a log again.
    pub(super) fn want_log(&self) -> Result<()> {
        let mode: String =
            self.run(|connection| connection.pragma_query_value(None, "journal_mode", |row| row.get(0)))?;
        if mode != "wal" {
            // Without one writes are as durable, only slower, so a file that cannot be changed now stays as it is.
            let _ = self.connection.pragma_update(None, "journal_mode", "WAL");
        }
        Ok(())
    }
}
