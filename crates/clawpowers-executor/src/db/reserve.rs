//! Space that is reserved for a full disk: a delete needs space too, for the WAL and for the pages that a checkpoint adds to
//! the database.

use super::Db;
use super::Tx;
use crate::error::Result;
use crate::files::{private_file, with_suffix};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

const SUFFIX: &str = "-reserve";
/// Twice the size of the WAL, or less if the disk is too full.
const SIZES: [u64; 4] = [512 * 1024, 256 * 1024, 128 * 1024, 64 * 1024];

/// Creates the reserve of a database if it is missing. Without one, only deletions on a full disk fail.
pub(crate) fn keep(database: &Path) {
    let path = with_suffix(database, SUFFIX);
    if path.exists() {
        return;
    }
    for size in SIZES {
        let file = private_file().write(true).create(true).truncate(true).open(&path);
        let filled = file.and_then(|file| fill(file, size));
        if filled.is_ok() {
            return;
        }
        let _ = fs::remove_file(&path);
    }
}

/// Writes zeros, since a sparse file reserves nothing.
fn fill(mut file: File, size: u64) -> std::io::Result<()> {
    std::io::copy(&mut std::io::repeat(0).take(size), &mut file)?;
    file.flush()
}

impl Db {
    /// Like [`Db::write`], for deletions: uses the reserve if the disk is full.
    pub(crate) fn write_on_full_disk<T>(&mut self, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        let database = self.file.real().map(Path::to_owned);
        match (self.write(&mut work), database) {
            (Err(error), Some(database)) if error.is_full() => {
                let _ = fs::remove_file(with_suffix(&database, SUFFIX));
                // Delete first: the checkpoint of a long WAL could use up the reserve.
                let answer = self.write(&mut work);
                self.checkpoint();
                keep(&database);
                answer
            }
            (answer, _) => answer,
        }
    }
}
