//! Opens and creates the database of a home.

use crate::db::Db;
use crate::db::create::create;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::legacy::{self, Report};
use crate::lock::lock_imports;
use std::io::ErrorKind;

impl Db {
    /// Opens the database of a home; `None` if there is neither one nor a 1.x home to import.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Storage` if the file is damaged, not created by ClawPowers, of a newer release, or cannot be opened.
    pub fn open(home: &Home) -> Result<Option<Self>> {
        Ok(Self::open_with_report(home)?.map(|(db, _)| db))
    }

    /// Opens the database of a home. Creates both if they are missing, and imports state and metrics of 1.x.
    ///
    /// # Errors
    ///
    /// Like [`Db::open`].
    pub fn create(home: &Home) -> Result<Self> {
        Self::create_with_report(home).map(|(db, _)| db)
    }

    /// Like [`Db::open`]; also returns the report if this call imported a 1.x home.
    pub fn open_with_report(home: &Home) -> Result<Option<(Self, Option<Report>)>> {
        if let Some(db) = Self::open_file(&home.database())? {
            return Ok(Some((db, None)));
        }
        if legacy::exists(home.folder()) {
            return Self::create_with_report(home).map(Some);
        }
        home.check_orphan_wal()?;
        Ok(None)
    }

    /// Like [`Db::create`]; also returns the report if this call imported a 1.x home.
    pub fn create_with_report(home: &Home) -> Result<(Self, Option<Report>)> {
        let path = home.database();
        if let Some(db) = Self::open_file(&path)? {
            return Ok((db, None));
        }
        let report = create_and_import(home)?;
        let db = Self::open_file(&path)?.ok_or_else(|| Error::io(&path, &ErrorKind::NotFound.into()))?;
        Ok((db, report))
    }
}

/// Creates the database of a home and imports state and metrics of 1.x. Of two processes that do so at the same time, only
/// the one whose database is used returns a report.
fn create_and_import(home: &Home) -> Result<Option<Report>> {
    if !legacy::exists(home.folder()) {
        return create(home, |_| Ok(())).map(|_| None);
    }
    home.check_orphan_wal()?;
    // One process imports; the others wait for its database.
    let lock = lock_imports(&home.database())?;
    if home.database().exists() {
        return Ok(None);
    }
    create(home, |db| legacy::import_locked(db, home.folder(), Some(&lock)))
}
