//! Room on the disk that is kept for the time when it is full: to delete something needs room too, for the WAL and for the
//! pages that a checkpoint adds to the database.

use super::Db;
use super::Tx;
use crate::error::Result;
use crate::files::with_suffix;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

const SUFFIX: &str = "-reserve";
/// Twice what the WAL may hold; less where the disk does not give it.
const SIZES: [u64; 4] = [512 * 1024, 256 * 1024, 128 * 1024, 64 * 1024];

/// Makes the reserve of a database where it is missing. Without one a database does all but delete on a full disk.
pub(crate) fn keep(database: &Path) {
    let path = with_suffix(database, SUFFIX);
    if path.exists() {
        return;
    }
    for size in SIZES {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let filled = options.open(&path).and_then(|file| fill(file, size));
        if filled.is_ok() {
            return;
        }
        let _ = fs::remove_file(&path);
    }
}

/// Writes it, since a file with holes keeps no room.
fn fill(mut file: File, size: u64) -> std::io::Result<()> {
    std::io::copy(&mut std::io::repeat(0).take(size), &mut file)?;
    file.flush()
}

impl Db {
    /// As [`Db::write`], for what makes room in the database: where the disk is full, it uses the reserve.
    pub(crate) fn write_on_full_disk<T>(&mut self, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        let database = self.file.real().map(Path::to_owned);
        match (self.write(&mut work), database) {
            (Err(error), Some(database)) if error.is_full() => {
                let _ = fs::remove_file(with_suffix(&database, SUFFIX));
                // The WAL first: a checkpoint of a long one would take all the room.
                let answer = self.write(&mut work);
                self.checkpoint();
                keep(&database);
                answer
            }
            (answer, _) => answer,
        }
    }
}
