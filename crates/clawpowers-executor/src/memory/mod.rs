//! What agents remember: entries that are found by their text, and the states of tasks.

mod check;
mod checkpoint;
mod counts;
mod duplicates;
mod entry;
mod equal;
mod export;
pub mod import;
mod link;
mod name;
mod recover;
mod row;
mod search;
mod session;
mod stats;
mod tables;
mod vector;
mod write;

pub(crate) use check::check;
pub use checkpoint::{Checkpoint, MAX_STATE_BYTES, MAX_TASK_BYTES};
pub use counts::Counts;
pub use duplicates::{Duplicate, DuplicateGroup, Duplicates, check_shared};
pub use entry::{
    Change, Entry, Example, Kind, MAX_CONTENT_BYTES, MAX_EXAMPLES, MAX_TAGS, NewEntry, Relation, Source,
};
pub use export::Exported;
pub use link::Link;
pub use name::MAX_NAME_BYTES;
pub(crate) use recover::{
    ENTRY_COLUMNS, finish_entries, is_lost, recover_checkpoint, recover_entry, recover_link, recover_vector,
};
pub use search::{Filter, Found, Order};
pub use stats::Stats;
pub use vector::ModelVector;
pub use write::{Created, Forgotten};

pub use clawpowers_text::{Reason, Weights};

use crate::db::{Db, Tx};
use crate::error::Result;

/// The entries of a home. Each method but [`import`](Self::import) is one transaction, which is durable when it returns
/// without an error.
///
/// # Errors
///
/// Methods return `ErrorKind::Storage` if the database cannot be read or written; other errors are listed with the method.
#[derive(Debug)]
pub struct Memory<'a> {
    db: &'a mut Db,
}

impl Db {
    /// Returns what agents remember.
    pub const fn memory(&mut self) -> Memory<'_> {
        Memory { db: self }
    }
}

impl Memory<'_> {
    /// Runs a read transaction; calls `absent` if the home has no tables of memory yet.
    fn read<T>(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> Result<T>,
        absent: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.db.read(|tx| match tx.has_memory()? {
            true => work(tx),
            false => absent(),
        })
    }
}
