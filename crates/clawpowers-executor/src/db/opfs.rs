//! A database that a browser keeps: SQLite over the page's private file system, one connection in a Dedicated Worker.

use super::schema::APPLICATION_ID;
use super::snapshot::PAGE_SIZE;
use super::{Db, DbFile};
use crate::display::quoted;
use crate::error::{Error, Result, Storage};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_rs::vfs::VfsFilesManager as _;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfg, OpfsSAHPoolCfgBuilder, install};
use std::path::PathBuf;

/// The folder of the private file system that is ours; two workers cannot have it open at once.
const FOLDER: &str = ".clawpowers";
/// For how many files room is made at a time, journals among them.
const FILES: usize = 16;
/// For how many there is room whenever a database is opened: a file that takes the last place leaves none for the journals
/// of all others, which could not be written to any more.
const FREE: usize = 8;
const VFS: &str = "clawpowers-opfs";

impl Db {
    /// Opens the database that the browser keeps under `name`, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a name that is none; [`Error::Unsupported`] where the host has no such place for this script;
    /// [`Error::Storage`] where another worker has it open, or the database is not sound, not ours, or of a newer release.
    pub async fn in_browser(name: &str) -> Result<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.bytes().all(plain) {
            return Err(Error::invalid(
                format!("the name {} is not one for a database", quoted(name)),
                "use letters, digits, `-`, `_` and `.`, at most 64",
            ));
        }
        let config = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(VFS)
            .directory(FOLDER)
            .initial_capacity(FILES)
            .build();
        make_room(&config).await.map_err(|error| match error {
            OpfsSAHError::NotSupported => Error::Unsupported {
                message: "this script has no place for a database that lasts".to_owned(),
                hint: "open it in a Dedicated Worker of a secure page".to_owned(),
            },
            error => Error::Storage {
                kind: Storage::Io,
                message: format!("the browser keeps no database for this script: {error}"),
                hint: "open it in one worker at a time".to_owned(),
            },
        })?;
        let path = PathBuf::from(format!("opfs:{name}"));
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
            let connection = Connection::open_with_flags_and_vfs(format!("{name}.db"), flags, VFS)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "page_size", PAGE_SIZE)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| Error::sqlite(&path, &error))?;
        let mut db = Self::wrap(connection, DbFile::unattached(path));
        if db.bytes()? == 0 {
            db.run(|connection| connection.pragma_update(None, "application_id", APPLICATION_ID))?;
        }
        db.check_owner()?;
        if db.version()? == 0 {
            // New, or its maker was stopped before it was done.
            db.init_schema()?;
        }
        db.migrate()?;
        Ok(db)
    }
}

/// Opens the place and makes room in it; nobody else does so when it is full.
async fn make_room(config: &OpfsSAHPoolCfg) -> std::result::Result<(), OpfsSAHError> {
    let pool = install::<WasmOsCallback>(config, false).await?;
    let files = pool.len()?;
    if pool.capacity() < files + FREE {
        pool.ensure_capacity(files + FREE + FILES).await?;
    }
    Ok(())
}
