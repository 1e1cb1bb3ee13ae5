//! The WAL (write-ahead log): every file has one, and writers keep it short.

use super::Db;
use super::reserve;
use crate::error::Result;
use crate::files::{sync_folder, with_suffix};
use crate::wait;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

/// How large the WAL may be, in bytes, before a writer checkpoints it. A process that opens the file alone reads the whole
/// WAL, so it is kept short; each checkpoint waits for the disk twice, so it is not kept shorter.
const MAX_WAL_BYTES: u64 = 256 * 1024;
/// The header of a WAL; bytes 16 to 24 are the salts of its frames.
const HEADER: usize = 32;
/// The header of a frame: its page, the size of the database, and the salts.
const FRAME: usize = 24;

impl Db {
    /// Checkpoints a WAL that has become large if no other connection is active; otherwise the next writer will.
    ///
    /// SQLite's automatic checkpoint is not enough: it forgets how far it got once no process has the file open, so that
    /// between short processes the WAL would grow for ever.
    pub(super) fn checkpoint_if_large(&mut self) {
        if self.file.wal_size() > MAX_WAL_BYTES {
            self.checkpoint();
            if let Some(database) = self.file.real() {
                reserve::keep(database);
            }
        }
    }

    /// Copies the WAL into the database and empties it, where nobody else is at work. What is in the WAL is durable
    /// already, and a failure here takes nothing from it.
    pub(super) fn checkpoint(&mut self) {
        let _ = self.connection.busy_timeout(Duration::ZERO);
        // The first lets others write meanwhile and leaves little to the second, which does not.
        for mode in ["PASSIVE", "TRUNCATE"] {
            let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
            let _ = self.connection.query_row(&checkpoint, (), |_| Ok(()));
        }
        let _ = self.connection.busy_handler(Some(wait::until_timeout));
    }

    /// Turns WAL mode on again for a file that lost it, as each that SQLite's tools recovered or copied.
    pub(super) fn ensure_wal_mode(&self) -> Result<()> {
        let mode: String =
            self.run(|connection| connection.pragma_query_value(None, "journal_mode", |row| row.get(0)))?;
        // To turn it on writes to the file.
        if mode != "wal" && self.file.noted_damage().is_none() {
            // Without one writes are as durable, only slower, so a file that cannot be changed now stays as it is.
            let _ = self.connection.pragma_update(None, "journal_mode", "WAL");
            let mode: String =
                self.run(|connection| connection.pragma_query_value(None, "journal_mode", |row| row.get(0)))?;
            if mode != "wal" {
                self.keep_journal();
            }
        }
        Ok(())
    }

    /// Gives a file without a WAL a rollback journal that stays, its name on the disk before it is needed.
    fn keep_journal(&self) {
        let Some(real) = self.file.real() else { return };
        let journal = with_suffix(real, "-journal");
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Where it cannot be created, nothing can be written either.
        if options.open(&journal).is_ok() {
            let _ = sync_folder(journal.parent().unwrap_or(real));
        }
        let _ = self.connection.pragma_update(None, "journal_mode", "PERSIST");
    }
}

/// Returns the pages that frames of a WAL hold. A frame of an earlier round, whose salts are others, ends the list.
pub(super) fn pages(wal: &Path, page_size: u32) -> BTreeSet<u32> {
    let bytes = fs::read(wal).unwrap_or_default();
    let salts = |header: &[u8], at: usize| header.get(at..at + 8).map(<[u8]>::to_vec);
    let own = salts(&bytes, 16);
    let frames = bytes.get(HEADER..).unwrap_or_default();
    frames
        .chunks_exact(FRAME + page_size as usize)
        .take_while(|frame| salts(frame, 8) == own)
        .filter_map(|frame| frame.first_chunk().map(|page| u32::from_be_bytes(*page)))
        .collect()
}
