//! Changes of executions that a destination has read already.
//!
//! A destination reads new executions by their ids, so only a change of one that it has read is noted. A home without
//! destinations notes nothing, and sends everything to its first.

use crate::db::Tx;
use crate::error::Result;

/// What happened to an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Ended,
    Deleted,
}

/// Notes a change, in the transaction that makes it.
pub(super) fn note(tx: &Tx<'_>, execution: i64, change: Change) -> Result<()> {
    let sql = "INSERT INTO outbox (execution, deleted)
               SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM destination WHERE execution >= ?1)";
    tx.execute(sql, (execution, change == Change::Deleted))
        .map(|_| ())
}
