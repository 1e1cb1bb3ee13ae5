//! The connections of a runtime to its database.

use crate::wire::Result;
use clawpowers_executor::Db;
use clawpowers_executor::legacy::Report;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of idle connections that are kept open.
const MAX_IDLE: usize = 8;

/// Each operation has its own connection, so that one that waits for another process does not block the others.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    idle: Mutex<Idle>,
    imported: Mutex<Option<Report>>,
}

#[derive(Debug, Default)]
struct Idle {
    #[expect(clippy::vec_box, reason = "one is removed and put back for every operation")]
    connections: Vec<Box<Db>>,
    closed: bool,
}

impl Connections {
    /// Calls `work` with an idle connection that `is_in_place`, else with a new one from `open`; returns `None` if there is no
    /// database to open.
    pub(crate) fn with<T>(
        &self,
        is_in_place: impl FnOnce(&Db) -> bool,
        open: impl FnOnce() -> Result<Option<(Db, Option<Report>)>>,
        work: impl FnOnce(&mut Db) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut db = match self.idle_in_place(is_in_place) {
            Some(db) => db,
            None => {
                let Some((db, imported)) = open()? else {
                    return Ok(None);
                };
                if imported.is_some() {
                    *self.imported() = imported;
                }
                Box::new(db)
            }
        };
        let result = work(&mut db);
        self.put_back(db);
        result.map(Some)
    }

    /// Returns an idle connection. If its file was moved, replaced or deleted, all idle connections are closed instead: a
    /// long-running process must not read an old file or write to a deleted one.
    fn idle_in_place(&self, is_in_place: impl FnOnce(&Db) -> bool) -> Option<Box<Db>> {
        let idle = self.idle().connections.pop()?;
        if is_in_place(&idle) {
            return Some(idle);
        }
        self.release();
        None
    }

    /// Closes the idle connections.
    pub(crate) fn release(&self) {
        let idle = std::mem::take(&mut self.idle().connections);
        drop(idle);
    }

    /// Closes the idle connections now, and those in use when they are returned.
    pub(crate) fn close(&self) {
        self.idle().closed = true;
        self.release();
    }

    /// Returns the report of the 1.x import, if a connection created the database.
    pub(crate) fn imported(&self) -> MutexGuard<'_, Option<Report>> {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, db: Box<Db>) {
        let mut idle = self.idle();
        if !idle.closed && idle.connections.len() < MAX_IDLE {
            idle.connections.push(db);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
