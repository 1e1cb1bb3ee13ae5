//! The WAL (write-ahead log): every file has one, and writers keep it short.

use super::{Db, pragma, reserve};
use crate::error::Result;
use crate::files::{private_file, sync_folder, with_suffix};
use crate::wait;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// How large the WAL may be, in bytes, before a writer checkpoints it. A process that opens the file alone reads the whole
/// WAL, so it is kept short; each checkpoint waits for the disk twice, so it is not kept shorter.
const MAX_WAL_BYTES: u64 = 256 * 1024;
/// The size of the header of a WAL.
const HEADER: usize = 32;
/// The size of the header of a frame: its page, the size of the database, and the salts.
const FRAME_HEADER: usize = 24;

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

    /// Turns WAL mode on again for a file that SQLite's tools recovered or copied without it.
    pub(super) fn ensure_wal_mode(&self) -> Result<()> {
        let is_wal = || self.run(|connection| Ok(pragma::<String>(connection, "journal_mode")? == "wal"));
        // The change is a write to the file.
        if !is_wal()? && self.file.noted_damage().is_none() {
            // Writes without a WAL are as durable, only slower, so it is no error if the mode cannot be changed now.
            let _ = self.connection.pragma_update(None, "journal_mode", "WAL");
            if !is_wal()? {
                self.keep_journal();
            }
        }
        Ok(())
    }

    /// Gives a file without a WAL a persistent rollback journal, and fsyncs the folder before it is needed.
    fn keep_journal(&self) {
        let Some(real) = self.file.real() else { return };
        let journal = with_suffix(real, "-journal");
        // Where it cannot be created, nothing can be written either.
        if private_file().append(true).create(true).open(&journal).is_ok() {
            let _ = sync_folder(journal.parent().unwrap_or(real));
        }
        let _ = self.connection.pragma_update(None, "journal_mode", "PERSIST");
    }
}

/// Returns the frames of a WAL, each as its header and its page. A frame whose salts are not those of the WAL is left over
/// from before the last checkpoint and ends the list.
pub(crate) fn frames(wal: &[u8], page_size: u32) -> impl Iterator<Item = (&[u8], &[u8])> {
    let salts = wal.get(16..24);
    let frames = wal.get(HEADER..).unwrap_or_default();
    frames
        .chunks_exact(FRAME_HEADER + page_size as usize)
        .filter_map(|frame| frame.split_at_checked(FRAME_HEADER))
        .take_while(move |(header, _)| header.get(8..16) == salts)
}

/// Returns the numbers of the pages in a WAL.
pub(super) fn pages(wal: &Path, page_size: u32) -> BTreeSet<u32> {
    let bytes = fs::read(wal).unwrap_or_default();
    let number = |(header, _): (&[u8], _)| header.first_chunk().map(|page| u32::from_be_bytes(*page));
    frames(&bytes, page_size).filter_map(number).collect()
}
