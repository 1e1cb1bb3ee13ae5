//! A persistent database in a browser: SQLite over the page's private file system (OPFS), with one connection in a Dedicated
//! Worker.

use super::schema::APPLICATION_ID;
use super::snapshot::PAGE_SIZE;
use super::{Db, DbFile};
use crate::display::quoted;
use crate::error::{Error, ErrorKind, Result, Storage};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_rs::vfs::VfsFilesManager as _;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfg, OpfsSAHPoolCfgBuilder, install};
use std::path::PathBuf;

/// Our folder in the private file system. Only one worker at a time can open it.
const FOLDER: &str = ".clawpowers";
/// How many files, including journals, the pool is extended by.
const FILES: usize = 16;
/// How many files can be created after a database is opened. Without space for its journal, no database can be written to.
const FREE: usize = 8;
const VFS: &str = "clawpowers-opfs";

impl Db {
    /// Opens the database `name` of the browser, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for a name with other characters than letters, digits, `-`, `_` and `.`; `ErrorKind::Unsupported`
    /// if OPFS is not available; `ErrorKind::Storage` if another worker has it open, or the database
    /// is damaged, not created by ClawPowers, or of a newer release.
    pub async fn in_browser(name: &str) -> Result<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.bytes().all(plain) {
            return Err(Error::invalid(
                format!("cannot use {} as the name of a database", quoted(name)),
                "use at most 64 letters, digits, `-`, `_` and `.`, the first not a `.`",
            ));
        }
        let config = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(VFS)
            .directory(FOLDER)
            .initial_capacity(FILES)
            .build();
        make_room(&config).await.map_err(|error| match error {
            OpfsSAHError::NotSupported => Error::new(
                ErrorKind::Unsupported,
                "OPFS, the browser's private file system, is not available here",
                "open it in a Dedicated Worker, in a secure context (https or localhost)",
            ),
            error => {
                let message = format!("the browser's private file system cannot be opened: {error}");
                Error::storage(Storage::Io, message).with_hint("open it in one worker at a time")
            }
        })?;
        let path = PathBuf::from(format!("opfs:{name}"));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags_and_vfs(format!("{name}.db"), flags, VFS)
            .map_err(|error| Error::sqlite(&path, &error))?;
        let mut db = Self::wrap(connection, DbFile::unattached(path));
        db.run(|connection| {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "page_size", PAGE_SIZE)
        })?;
        if db.bytes()? == 0 {
            db.run(|connection| connection.pragma_update(None, "application_id", APPLICATION_ID))?;
        }
        db.check_owner()?;
        if db.version()? == 0 {
            // New, or the process that created it was stopped.
            db.init_schema()?;
        }
        db.migrate()?;
        Ok(db)
    }
}

/// Opens the pool of files and extends it if needed; SQLite does not do that.
async fn make_room(config: &OpfsSAHPoolCfg) -> std::result::Result<(), OpfsSAHError> {
    let pool = install::<WasmOsCallback>(config, false).await?;
    let files = pool.len()?;
    if pool.capacity() < files + FREE {
        pool.ensure_capacity(files + FREE + FILES).await?;
    }
    Ok(())
}
