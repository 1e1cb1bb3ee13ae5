//! What is unusual about the place of a database.

use crate::runtime::Runtime;
use clawpowers_executor::{Db, Journal, Result};

/// How a database is stored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The network or shared file system.
    pub(super) file_system: Option<&'static str>,
    /// `None` if there is no database yet.
    pub(super) journal: Option<Journal>,
    pub(super) read_only: bool,
}

impl Place {
    /// Returns the place of an open database.
    pub(super) fn of(db: &Db) -> Result<Self> {
        Ok(Self {
            file_system: db.file_system(),
            journal: db.journal()?,
            read_only: db.is_read_only(),
        })
    }

    /// Returns the place of a database that the first write will create.
    pub(super) fn of_missing(runtime: &Runtime) -> Self {
        Self {
            file_system: runtime.home().ok().and_then(|home| home.file_system()),
            ..Self::default()
        }
    }

    /// Returns notes for people.
    pub(super) fn notes(self) -> Vec<String> {
        let journal = match (self.file_system, self.journal) {
            (Some(name), None | Some(Journal::Rollback)) => Some(format!(
                "the home is on `{name}`, a network or shared file system: writes use a rollback journal instead of a WAL, and take longer"
            )),
            (Some(name), Some(Journal::Wal)) => Some(format!(
                "the home is on `{name}`, a network or shared file system, where a WAL is safe only for processes of one machine; a rollback journal replaces it when no other process has the database open"
            )),
            (None, Some(Journal::Rollback)) => Some(
                "the database has a rollback journal, and keeps it: writes take longer; `PRAGMA journal_mode = WAL` of sqlite3 changes that"
                    .to_owned(),
            ),
            (None, _) => None,
        };
        let read_only = self
            .read_only
            .then(|| "this user can read the database but not write to it".to_owned());
        journal
            .filter(|_| !self.read_only)
            .into_iter()
            .chain(read_only)
            .collect()
    }
}
