//! The connections of a runtime to its database.

use crate::wire::error::ApiError;
use clawpowers_executor::Db;
use clawpowers_executor::legacy::Report;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many connections wait for the next operation; what is opened beyond them is closed again.
const MAX_IDLE: usize = 8;

/// Every operation has a connection for itself, so that one that waits for another process stops no other.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    idle: Mutex<Idle>,
    imported: Mutex<Option<Report>>,
}

#[derive(Debug, Default)]
struct Idle {
    #[expect(clippy::vec_box, reason = "one is taken out and put back for every operation")]
    connections: Vec<Box<Db>>,
    closed: bool,
}

impl Connections {
    /// Runs `work` on an idle connection that `is_in_place`, else on one that `open` makes; `None` where it makes none.
    pub(crate) fn with<T>(
        &self,
        is_in_place: impl FnOnce(&Db) -> bool,
        open: impl FnOnce() -> Result<Option<(Db, Option<Report>)>, ApiError>,
        work: impl FnOnce(&mut Db) -> Result<T, ApiError>,
    ) -> Result<Option<T>, ApiError> {
        let mut db = match self.idle_in_place(is_in_place) {
            Some(db) => db,
            None => match open()? {
                Some((db, imported)) => self.opened(db, imported),
                None => return Ok(None),
            },
        };
        let answer = work(&mut db);
        self.put_back(db);
        answer.map(Some)
    }

    /// Returns an idle connection. Those whose file was moved, replaced or deleted are closed, so that what is at its path
    /// now is opened: a long process must neither read an old file nor write to a deleted one.
    fn idle_in_place(&self, is_in_place: impl FnOnce(&Db) -> bool) -> Option<Box<Db>> {
        let idle = self.idle().connections.pop()?;
        if is_in_place(&idle) {
            return Some(idle);
        }
        self.release();
        None
    }

    /// Closes the connections that are idle.
    pub(crate) fn release(&self) {
        let idle = std::mem::take(&mut self.idle().connections);
        drop(idle);
    }

    /// Closes them, and those that are in use when they come back.
    pub(crate) fn close(&self) {
        self.idle().closed = true;
        self.release();
    }

    /// Returns the report of the 1.x import, if one of them created the database.
    pub(crate) fn imported(&self) -> MutexGuard<'_, Option<Report>> {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, db: Db, imported: Option<Report>) -> Box<Db> {
        if imported.is_some() {
            *self.imported() = imported;
        }
        Box::new(db)
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
