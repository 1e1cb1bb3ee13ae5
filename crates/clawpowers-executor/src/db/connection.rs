//! Opens the connection to a database file.

use crate::error::{Error, Result};
use crate::wait;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;

pub(super) fn connect(path: &Path) -> Result<Connection> {
    open(path)
        .and_then(configure)
        .map_err(|error| Error::sqlite(path, &error))
}

/// Opens a file without reading it.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// Applies the settings of every connection to a file.
pub(super) fn configure(mut connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_handler(Some(wait::until_timeout))?;
    // Many short processes would each pay for a checkpoint when they end.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Locks a database against writes of other processes until the connection is closed; `None` if SQLite cannot open the
/// file, so that no process can write to it.
///
/// # Errors
///
/// `ErrorKind::Storage` if the lock is not free within the timeout.
pub(crate) fn lock(path: &Path) -> Result<Option<Connection>> {
    let Ok(connection) = connect(path) else {
        return Ok(None);
    };
    match connection.execute_batch("BEGIN IMMEDIATE") {
        Ok(()) => Ok(Some(connection)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            Err(Error::sqlite(path, &error))
        }
        Err(_) => Ok(None),
    }
}
