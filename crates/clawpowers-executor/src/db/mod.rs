//! One open database file.

mod connection;
pub(crate) mod create;
mod file;
pub(crate) mod frames;
mod integrity;
mod journal;
pub(crate) mod marker;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod opfs;
mod read_only;
pub(crate) mod reserve;
mod rows;
pub(crate) mod schema;
pub(crate) mod snapshot;
mod wal;

use crate::display::quoted_path;
use crate::error::{Error, Result, Storage};
use crate::files::lacks_room;
use crate::lock::{FileLock, is_importing, lock_imports};
use crate::platform::nonce;
use crate::timestamp::Timestamp;
use connection::connect;
pub(crate) use connection::lock;
use file::DbFile;
pub(crate) use integrity::Part;
pub use journal::Journal;
use journal::connect_without_wal;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use schema::{MIGRATIONS, VERSION};
use std::ops::Deref;
use std::path::Path;

/// How many prepared statements are cached.
const STATEMENTS: usize = 64;

/// An open database of a home.
///
/// # Errors
///
/// Methods return `ErrorKind::Storage` if the file cannot be read or written; other errors are listed with the method.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    file: DbFile,
    /// Whether [`Db::close_during`] failed to open it again.
    lost: bool,
}

impl Db {
    /// Opens the database file at `path`; `None` if there is none.
    pub(crate) fn open_file(path: &Path) -> Result<Option<Self>> {
        // Before SQLite opens it, so that the next check notices a file that took its place in between.
        let Some(file) = DbFile::find(path)? else {
            return Ok(None);
        };
        let opened = Self::open_found(path, file);
        opened
            .or_else(|error| Self::open_read_only(path, error))
            .map(Some)
    }

    fn open_found(path: &Path, file: DbFile) -> Result<Self> {
        let connection = match file.real().filter(|_| file.file_system().is_some()) {
            None => connect(path)?,
            Some(real) => connect_without_wal(path, real)?,
        };
        let mut db = Self::wrap(connection, file);
        db.check_owner()?;
        // The first read has opened the WAL.
        db.file.opened();
        db.migrate()?;
        db.keep_journal()?;
        Ok(db)
    }

    /// Returns whether the path still leads to the open files. If not, they were moved, replaced or deleted, and the database
    /// must be opened again.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        !self.lost && self.file.is_in_place()
    }

    /// Like [`Db::is_in_place`], but checks at most once a millisecond while nothing is written, so that many
    /// reads in a row cost no more than without the check.
    #[must_use]
    pub fn is_in_place_for_reading(&self) -> bool {
        self.file.is_in_place_for_reading()
    }

    /// Closes the connection, calls `meanwhile`, and opens the same database again.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if it cannot be opened again, or another one is at its path; this one cannot be used then.
    pub(crate) fn close_during(&mut self, meanwhile: impl FnOnce()) -> Result<()> {
        let path = self.path().to_owned();
        let own = self.home_id()?;
        let none = self.run(|_| Connection::open_in_memory())?;
        *self = Self::wrap(none, DbFile::unattached(path.clone()));
        self.lost = true;
        meanwhile();
        let db = Self::open_file(&path)?.ok_or_else(|| DbFile::unattached(path).replaced())?;
        if db.home_id()? != own {
            return Err(db.file.replaced());
        }
        *self = db;
        Ok(())
    }

    /// Wraps an open connection.
    pub(crate) fn wrap(connection: Connection, file: DbFile) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self {
            connection,
            file,
            lost: false,
        }
    }

    /// Creates the tables of an empty database and gives it an id that no other home has.
    pub(crate) fn init_schema(&mut self) -> Result<()> {
        self.migrate()?;
        self.set_meta("home", &nonce())?;
        self.set_meta("created", &Timestamp::now().to_string())
    }

    /// Returns where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.name()
    }

    /// Returns the id of this home, which no other has.
    pub fn home_id(&self) -> Result<String> {
        self.query_row("SELECT value FROM meta WHERE name = 'home'", (), |row| row.get(0))
    }

    /// Returns the name of the network or shared file system that it is on; `None` on an ordinary disk, and if the system
    /// does not say.
    #[must_use]
    pub fn file_system(&self) -> Option<&'static str> {
        self.file.file_system()
    }

    /// Returns whether other processes may use it.
    pub(crate) fn is_shared(&self) -> bool {
        self.file.real().is_some()
    }

    /// Returns an error if the disk has less free space than this: a write that fails needs some to clean up.
    pub(crate) fn check_room(&self, bytes: u64) -> Result<()> {
        match self.file.real() {
            Some(real) if lacks_room(real, bytes) => {
                let shown = quoted_path(self.path());
                let message = format!(
                    "the database {shown} cannot grow: less than {} MiB are left on the disk",
                    bytes >> 20
                );
                Err(Error::storage(Storage::Full, message))
            }
            _ => Ok(()),
        }
    }

    /// Takes the import lock; `None` if no other process can open the database.
    pub(crate) fn lock_imports(&self) -> Result<Option<FileLock>> {
        self.file.real().map(lock_imports).transpose()
    }

    /// Returns whether a process imports into it.
    pub(crate) fn is_importing(&self) -> bool {
        self.file.real().is_some_and(is_importing)
    }

    pub(crate) fn set_meta(&self, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)";
        self.execute(sql, (name, value)).map(|_| ())
    }

    /// Runs a read transaction, so that all of it sees one state.
    pub(crate) fn read<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.transaction(TransactionBehavior::Deferred, work)
    }

    /// Runs a write transaction: all of it or nothing, durable when this returns.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let answer = self.transaction(TransactionBehavior::Immediate, work);
        match &answer {
            Ok(_) => self.checkpoint_if_large(),
            // The pages in the WAL may fit into the database, which frees the WAL for the next write.
            Err(error) if error.is_full() => self.checkpoint(),
            Err(_) => {}
        }
        answer
    }

    // `&mut self` keeps a transaction from being started inside another one.
    fn transaction<T>(
        &mut self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let transaction = Transaction::new_unchecked(&self.connection, behavior)
            .map_err(|error| self.file.failed(&error))?;
        let writes = !matches!(behavior, TransactionBehavior::Deferred);
        if writes {
            self.file.check_writable(&transaction)?;
        }
        let answer = work(&Tx(self))?;
        transaction.commit().map_err(|error| self.file.failed(&error))?;
        if writes {
            self.file.check_committed()?;
        }
        Ok(answer)
    }

    /// Returns the version of the schema.
    pub(crate) fn version(&self) -> Result<i32> {
        self.run(|connection| pragma(connection, "user_version"))
    }

    /// Runs the missing migrations in one exclusive transaction.
    pub(crate) fn migrate(&mut self) -> Result<()> {
        if self.version()? >= VERSION {
            return Ok(());
        }
        self.transaction(TransactionBehavior::Exclusive, |tx| {
            // Another process may have won the race.
            let done = usize::try_from(tx.version()?).unwrap_or_default();
            for step in MIGRATIONS.iter().skip(done) {
                tx.run(|connection| connection.execute_batch(step))?;
            }
            tx.run(|connection| connection.pragma_update(None, "user_version", VERSION))
        })
    }
}

/// A database inside a transaction, which is rolled back if the work in it fails.
pub(crate) struct Tx<'a>(&'a Db);

impl Deref for Tx<'_> {
    type Target = Db;

    fn deref(&self) -> &Db {
        self.0
    }
}

fn pragma<T: FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    // Prepared, because every write reads the version.
    let mut statement = connection.prepare_cached(&format!("PRAGMA {name}"))?;
    statement.query_row((), |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::Db;
    use super::connection::connect;
    use super::schema::{APPLICATION_ID, MIGRATIONS, VERSION};
    use crate::home::Home;
    use crate::ledger::{NewExecution, Outcome};
    use crate::store::Key;
    use crate::{ErrorKind, Journal, Storage, Timestamp};
    use rusqlite::Connection;

    /// A database of the first version of the schema, with executions.
    fn first_version(home: &Home) {
        home.create().unwrap();
        let connection = Connection::open(home.database()).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection
            .pragma_update(None, "application_id", APPLICATION_ID)
            .unwrap();
        connection.execute_batch(MIGRATIONS.first().unwrap()).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection
            .execute_batch(
                "INSERT INTO meta VALUES ('home', 'abc');
                 INSERT INTO skill (id, name, success, failure, first_at, last_at) VALUES (1, 's', 2, 1, -1, 172800000000);
                 INSERT INTO execution (skill, outcome, at) VALUES (1, 0, -1), (1, 1, 5), (1, 0, 172800000000), (1, 4, 7);
                 UPDATE skill SET open = 1;",
            )
            .unwrap();
    }

    #[test]
    fn an_older_file_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        first_version(&home);
        let mut db = Db::open(&home).unwrap().unwrap();
        let version: i32 = db
            .run(|c| c.pragma_query_value(None, "user_version", |row| row.get(0)))
            .unwrap();
        assert_eq!(version, VERSION);
        let days: Vec<_> = db
            .ledger()
            .days(None, i64::MIN)
            .unwrap()
            .into_iter()
            .map(|d| (d.day, d.outcomes))
            .collect();
        assert_eq!(days, [(-1, [1, 0, 0, 0]), (0, [0, 1, 0, 0]), (2, [1, 0, 0, 0])]);
        let new = NewExecution {
            skill: "s",
            at: Some(Timestamp::from_micros(6)),
            ..NewExecution::default()
        };
        db.ledger().record(&new, Outcome::Failure).unwrap();
        assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
        assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn keys_of_an_import_that_ended_in_an_older_version_are_moved() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        first_version(&home);
        let connection = Connection::open(home.database()).unwrap();
        for step in MIGRATIONS.get(1..5).unwrap() {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 5).unwrap();
        connection
            .execute_batch(
                "INSERT INTO import VALUES (1, 9), (2, NULL);
                 INSERT INTO entry (key, value, updated_at) VALUES ('a', x'31', 1), ('b', x'31', 1);
                 INSERT INTO staged_entry (key, value, updated_at, import, keep)
                     VALUES ('a', x'32', 2, 1, 0), ('b', x'32', 2, 1, 1), ('c', x'32', 2, 1, 1), ('d', x'32', 2, 2, 0);",
            )
            .unwrap();
        drop(connection);
        let mut db = Db::open(&home).unwrap().unwrap();
        let mut value = |key: &str| db.store().get(&Key::new(key).unwrap()).unwrap();
        let values: Vec<_> = ["a", "b", "c", "d"].map(&mut value).into();
        assert_eq!(
            values,
            [
                Some(b"2".to_vec()),
                Some(b"1".to_vec()),
                Some(b"2".to_vec()),
                None
            ]
        );
        assert_eq!(db.leftovers().unwrap().keys, 1);
    }

    #[test]
    fn a_newer_file_is_rejected_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        drop(Db::create(&home).unwrap());
        connect(&home.database())
            .unwrap()
            .pragma_update(None, "user_version", VERSION + 1)
            .unwrap();
        let refused = Db::create(&home).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Storage(Storage::Newer), "{refused}");
    }

    #[test]
    fn a_file_without_a_wal_stays_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let key = Key::new("k").unwrap();
        Db::create(&home).unwrap().store().set(&key, b"v").unwrap();
        let tool = Connection::open(home.database()).unwrap();
        tool.pragma_update(None, "journal_mode", "DELETE").unwrap();
        drop(tool);
        let mut db = Db::open(&home).unwrap().unwrap();
        assert_eq!(db.store().get(&key).unwrap(), Some(b"v".to_vec()));
        for value in [b"w", b"x"] {
            db.store().set(&key, value).unwrap();
            let mut other = Db::open(&home).unwrap().unwrap();
            assert_eq!(other.store().get(&key).unwrap(), Some(value.to_vec()));
            assert_eq!(other.journal().unwrap(), Some(Journal::Rollback));
            // Another tool deletes it.
            std::fs::remove_file(folder.path().join("clawpowers.db-journal")).unwrap();
        }
        assert!(!folder.path().join("clawpowers.db-wal").exists());
    }

    #[test]
    fn a_file_that_lacks_a_table_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        drop(Db::create(&home).unwrap());
        let tool = Connection::open(home.database()).unwrap();
        tool.execute_batch("DROP TABLE entry").unwrap();
        drop(tool);
        let mut db = Db::open(&home).unwrap().unwrap();
        let key = Key::new("k").unwrap();
        for refused in [db.store().get(&key).map(|_| ()), db.store().set(&key, b"v")] {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::Storage(Storage::Corrupt));
        }
    }
}
