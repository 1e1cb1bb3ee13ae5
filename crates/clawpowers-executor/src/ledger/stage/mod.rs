//! Writes what is imported: in transactions that hold the database for a time each, and visible all at once.
//!
//! Executions of an import that takes more than one transaction do not count until the last one, which changes the figures
//! and says that the import has ended. Keys are in a table of their own until then, count from then on, and go to their
//! place in further transactions. What a process that was killed left is deleted by the next import.

mod entries;
mod leftovers;

pub(crate) use entries::{ARE_STAGED, KeptKeys};
pub use leftovers::Leftovers;

use super::deletion;
use super::identity::{FileHash, Hash, IS_KNOWN, digest};
use super::import::{Batch, ImportReport, Reader, Record};
use super::query::{self, COUNTS};
use super::rollup::Delta;
use super::skill_row;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, Storage};
use crate::lock::FileLock;
use crate::store::Key;
use crate::timestamp::Timestamp;
use crate::wait;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::thread;
use std::time::{Duration, Instant};

/// How long a transaction is to hold the database. Others wait so long.
const HOLD: Duration = Duration::from_millis(250);
/// How long others have the database then: longer than they pause between two tries.
const PAUSE: Duration = Duration::from_millis(25);
/// How many executions the first transaction writes; a shorter import is one transaction.
const FIRST: usize = 10_000;
/// How many a transaction writes at least and at most.
const LEAST_AND_MOST: (usize, usize) = (64, 32_768);
/// How many bytes of lines wait in memory for a transaction, and how many bytes of values it writes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// How many hashes wait in memory. They come in no order, and are written in theirs: each transaction would change all pages
/// of their table otherwise.
const MAX_HASHES: usize = 1 << 20;
/// How much room on the disk a transaction of several needs: what it writes to the WAL and then to the database, and as much
/// again to delete it where a later one fails.
const ROOM: u64 = 64 * 1024 * 1024;
/// The page cache while importing and else, as SQLite takes them.
const CACHES: (i64, i64) = (-65_536, -2000);

/// An import into one database.
pub(crate) struct Importer<'d> {
    db: &'d mut Db,
    /// Held by this process; `None` where no other process imports.
    lock: Option<&'d FileLock>,
    /// Whether other processes use the database meanwhile.
    shared: bool,
    home: String,
    /// How many executions the next transaction writes.
    size: usize,
    state: State,
}

/// What is not written yet.
#[derive(Default)]
struct State {
    report: ImportReport,
    batch: Batch,
    hashes: HashSet<Hash>,
    /// The same for files that keys are of.
    files: Vec<FileHash>,
    kept: KeptKeys,
    /// Lines of 1.x that were deleted elsewhere, and those of them that were read.
    pending: HashMap<Hash, u64>,
    left_out: Vec<Hash>,
    /// What changes in the statistics of each skill.
    skills: HashMap<String, (i64, Delta)>,
    /// The row of `import`, once there was more than one transaction.
    import: Option<i64>,
}

/// What was imported.
pub(crate) struct Imported<T> {
    /// Of the executions.
    pub(crate) report: ImportReport,
    /// Of the keys that were staged.
    pub(crate) kept: KeptKeys,
    /// What the last transaction returned.
    pub(crate) last: T,
}

impl<'d> Importer<'d> {
    /// Tells whether so many keys with so many bytes need more than one transaction. Nobody waits for a database that no
    /// other process uses.
    pub(crate) fn needs_several(db: &Db, count: usize, bytes: usize) -> bool {
        db.is_shared() && (count > FIRST || bytes > MAX_BYTES)
    }

    /// Imports what `read` reads; `last` writes in the transaction in which everything becomes visible. Where one of them
    /// fails, nothing of the import stays.
    pub(crate) fn run<T>(
        db: &'d mut Db,
        lock: Option<&'d FileLock>,
        read: impl FnOnce(&mut Self) -> Result<()>,
        last: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<Imported<T>> {
        let shared = db.is_shared();
        let mut importer = Self {
            home: db.home_id()?,
            db,
            lock,
            shared,
            size: FIRST,
            state: State::default(),
        };
        importer.set_cache(CACHES.0)?;
        let done = importer
            .begin()
            .and_then(|()| read(&mut importer))
            .and_then(|()| importer.end(last));
        if done.is_err() || importer.state.import.is_some() {
            // What is left of it is deleted where it failed, else its keys go to their place. Where this fails too, it is
            // the next import that does it.
            let _ = importer.clear();
        }
        let _ = importer.set_cache(CACHES.1);
        Ok(Imported {
            last: done?,
            report: importer.state.report,
            kept: importer.state.kept,
        })
    }

    /// Removes what a stopped import left, and reads the recorded deletions.
    fn begin(&mut self) -> Result<()> {
        self.clear()?;
        self.state.kept = KeptKeys::default();
        self.state.pending = self.db.run(deletion::pending)?;
        Ok(())
    }

    fn set_cache(&self, size: i64) -> Result<()> {
        self.db
            .run(|connection| connection.pragma_update(None, "cache_size", size))
    }

    /// Reads the lines of one source.
    pub(crate) fn lines(&mut self, mut lines: impl BufRead, source: &str) -> Result<()> {
        let home = self.home.clone();
        let mut reader = Reader::new(&home, source);
        loop {
            let State { report, batch, .. } = &mut self.state;
            if !reader.next(&mut lines, report, batch)? {
                return Ok(());
            }
            while self.state.batch.records.len() > self.size || self.state.batch.bytes > MAX_BYTES {
                self.stage()?;
            }
        }
    }

    /// Writes keys that do not count yet; where `keep` is wanted, those that are there keep their values.
    pub(crate) fn entries(&mut self, entries: &[(Key<'_>, &[u8])], keep: bool) -> Result<()> {
        let mut rest = entries;
        while !rest.is_empty() {
            self.db.check_room(ROOM)?;
            let written = self.turn(|tx, state, size, until| {
                state.begin(tx)?;
                let import = (state.import, keep);
                entries::insert(tx, rest, import, (size, until), &mut state.kept)
            })?;
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Remembers a file and its content from the end of the import on.
    pub(crate) fn remember_file(&mut self, file: FileHash) {
        self.state.files.push(file);
    }

    /// Returns how many keys the next transaction writes at most.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Reads from the database.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.db.run(work)
    }

    /// Writes executions that do not count yet.
    fn stage(&mut self) -> Result<()> {
        self.db.check_room(ROOM)?;
        self.turn(|tx, state, size, until| {
            state.begin(tx)?;
            let (written, range) = state.insert(tx, size, until)?;
            if let Some((first, last)) = range {
                tx.run(|connection| {
                    connection
                        .prepare_cached("INSERT INTO staged (first, last) VALUES (?, ?)")?
                        .execute((first, last))
                })?;
            }
            Ok(written)
        })?;
        if self.state.hashes.len() > MAX_HASHES {
            self.stage_hashes()?;
        }
        Ok(())
    }

    /// Writes the hashes, which are not known to others before the import has ended.
    fn stage_hashes(&mut self) -> Result<()> {
        let hashes = self.state.take_hashes();
        self.stage_sorted(&hashes)?;
        let mut files = std::mem::take(&mut self.state.files);
        files.sort_unstable();
        self.stage_sorted(&files)
    }

    fn stage_sorted(&mut self, hashes: &[impl AsRef<[u8]>]) -> Result<()> {
        let mut rest = hashes;
        while !rest.is_empty() {
            let written = self.turn(|tx, state, size, until| state.remember(tx, rest, size, until))?;
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes the rest, changes the statistics, and makes everything visible.
    fn end<T>(&mut self, last: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        if self.state.import.is_some() {
            while !self.state.batch.records.is_empty() {
                self.stage()?;
            }
            self.stage_hashes()?;
        }
        let home = self.home.clone();
        self.write(|tx, state| {
            state.insert(tx, usize::MAX, None)?;
            let hashes = state.take_hashes();
            state.remember(tx, &hashes, usize::MAX, None)?;
            state.end(tx, &home)?;
            last(tx)
        })
    }

    /// Deletes what an import left that was stopped, and moves the keys of one that has ended to their place.
    fn clear(&mut self) -> Result<()> {
        let (executions, keys, ended) = self.db.run(|connection| {
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM staged), EXISTS (SELECT 1 FROM staged_entry), {ARE_STAGED}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_row((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        })?;
        while executions && self.turn(|tx, _, size, _| delete(tx, size))? > 0 {}
        let clear = |tx: &Tx<'_>, state: &mut State, size: usize, _: Option<Instant>| match ended {
            true => entries::move_some(tx, size, &mut state.kept),
            false => entries::delete_some(tx, size),
        };
        while keys && self.turn(clear)? > 0 {}
        Ok(())
    }

    /// Runs one transaction of several and lets others have the database then. `work` is told how much to write and when
    /// to stop, and returns how much it wrote.
    fn turn(
        &mut self,
        work: impl FnOnce(&Tx<'_>, &mut State, usize, Option<Instant>) -> Result<usize>,
    ) -> Result<usize> {
        let (size, shared) = (self.size, self.shared);
        let mut begun = None;
        let written = self.write(|tx, state| {
            begun = shared.then(Instant::now);
            work(tx, state, size, begun.map(|begun| begun + 2 * HOLD))
        })?;
        if let Some(begun) = begun.filter(|_| written > 0) {
            // What it took per row, the checkpoint after it included, tells how much the next one may write.
            let fits = written as f64 * HOLD.as_secs_f64() / begun.elapsed().as_secs_f64();
            let (least, most) = LEAST_AND_MOST;
            self.size = (fits as usize).clamp(size / 4, size * 2).clamp(least, most);
            thread::sleep(PAUSE);
        }
        if let Some(lock) = self.lock {
            lock.progress();
        }
        self.give_way()?;
        Ok(written)
    }

    /// Runs one transaction. The wait for it is not the end of the import where the host wants its way.
    fn write<T>(&mut self, work: impl FnOnce(&Tx<'_>, &mut State) -> Result<T>) -> Result<T> {
        let mut work = Some(work);
        loop {
            let state = &mut self.state;
            let done = self
                .db
                .write(|tx| work.take().map(|work| work(tx, state)).transpose());
            match done {
                Ok(Some(done)) => return Ok(done),
                Err(_) if work.is_some() && self.give_way()? => {}
                Err(error) => return Err(error),
                Ok(None) => return Err(Error::storage(Storage::Busy, "the import is at work already")),
            }
        }
    }

    /// Closes the database while the host does what it waits for; tells whether it did.
    fn give_way(&mut self) -> Result<bool> {
        let pass = if self.shared { wait::way_wanted() } else { None };
        let Some(pass) = pass else { return Ok(false) };
        self.db.close_during(pass)?;
        self.set_cache(CACHES.0)?;
        Ok(true)
    }
}

impl State {
    /// Makes the import one of several transactions.
    fn begin(&mut self, tx: &Tx<'_>) -> Result<()> {
        if self.import.is_none() {
            let insert = |connection: &Connection| {
                connection
                    .prepare_cached("INSERT INTO import (ended_at) VALUES (NULL)")?
                    .insert(())
            };
            self.import = Some(tx.run(insert)?);
        }
        Ok(())
    }

    /// Inserts up to `size` executions until a time is reached; returns how many were read, and the first and the last
    /// number of those that are new.
    fn insert(
        &mut self,
        tx: &Tx<'_>,
        size: usize,
        until: Option<Instant>,
    ) -> Result<(usize, Option<(i64, i64)>)> {
        let (mut count, mut range) = (0, None);
        while count < size && !is_over(count, until) {
            let Some(record) = self.batch.records.pop_front() else {
                break;
            };
            self.batch.bytes -= record.bytes;
            count += 1;
            if self.is_known(tx, &record)? {
                self.report.known += 1;
                continue;
            }
            self.hashes.insert(record.hash);
            if self.is_left_out(&record) {
                self.report.known += 1;
                continue;
            }
            let execution = &record.execution;
            if !self.skills.contains_key(&execution.skill) {
                let id = skill_row(tx, &execution.skill)?.0;
                self.skills
                    .insert(execution.skill.clone(), (id, Delta::default()));
            }
            let Some((skill, delta)) = self.skills.get_mut(&execution.skill) else {
                continue;
            };
            let id = tx.run(|connection| query::insert(connection, *skill, execution))?;
            delta.add(execution.outcome, execution.at, &execution.fields)?;
            self.report.taken += 1;
            range = Some((range.map_or(id, |(first, _)| first), id));
        }
        Ok((count, range))
    }

    /// Tells whether an execution is here already.
    fn is_known(&self, tx: &Tx<'_>, record: &Record) -> Result<bool> {
        if let Some(id) = record.own {
            let execution = &record.execution;
            let found = tx.run(|connection| {
                // A copy of this home has its name and gives its ids to other executions.
                let mut statement = connection.prepare_cached(&format!(
                    "SELECT 1 FROM execution JOIN skill ON skill.id = execution.skill
                     WHERE execution.id = ?1 AND at = ?2 AND name = ?3 AND {COUNTS}"
                ))?;
                statement.exists((id, execution.at.micros(), &execution.skill))
            })?;
            if found {
                return Ok(true);
            }
        }
        if self.hashes.contains(&record.hash) {
            return Ok(true);
        }
        tx.run(|connection| {
            // What an import remembered that was stopped is not here.
            let mut statement = connection.prepare_cached(&format!(
                "SELECT 1 FROM imported WHERE hash = ?1 AND (import = ?2 OR {IS_KNOWN})"
            ))?;
            statement.exists((record.hash.as_slice(), self.import))
        })
    }

    /// Tells whether an execution is a line of 1.x that was deleted elsewhere before it came here; each deletion is of one
    /// line.
    fn is_left_out(&mut self, record: &Record) -> bool {
        if self.pending.is_empty() || record.execution.uid.is_some() {
            return false;
        }
        let digest = digest(&record.execution);
        let Some(left) = self.pending.get_mut(&digest).filter(|left| **left > 0) else {
            return false;
        };
        *left -= 1;
        self.left_out.push(digest);
        true
    }

    /// Returns the hashes that are not written yet, in the order of their table.
    fn take_hashes(&mut self) -> Vec<Hash> {
        let mut hashes: Vec<Hash> = std::mem::take(&mut self.hashes).into_iter().collect();
        hashes.sort_unstable();
        hashes
    }

    /// Remembers up to `size` hashes until a time is reached; returns how many.
    fn remember(
        &self,
        tx: &Tx<'_>,
        hashes: &[impl AsRef<[u8]>],
        size: usize,
        until: Option<Instant>,
    ) -> Result<usize> {
        tx.run(|connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO imported (hash, import) VALUES (?1, ?2)
                 ON CONFLICT (hash) DO UPDATE SET import = excluded.import",
            )?;
            let mut count = 0;
            for hash in hashes.iter().take(size) {
                if is_over(count, until) {
                    break;
                }
                statement.execute((hash.as_ref(), self.import))?;
                count += 1;
            }
            Ok(count)
        })
    }

    /// Changes the statistics, records that the import has ended, and deletes what lines say was deleted.
    fn end(&mut self, tx: &Tx<'_>, home: &str) -> Result<()> {
        let mut skills: Vec<_> = self.skills.values().collect();
        skills.sort_unstable_by_key(|(id, _)| *id);
        for (id, delta) in skills {
            delta.apply(tx, *id)?;
        }
        if let Some(import) = self.import {
            tx.run(|connection| {
                connection
                    .prepare_cached("UPDATE import SET ended_at = ?2 WHERE id = ?1")?
                    .execute((import, Timestamp::now().micros()))?;
                connection.prepare_cached("DELETE FROM staged")?.execute(())
            })?;
        }
        for digest in &self.left_out {
            deletion::take_pending(tx, digest)?;
        }
        for deletion in &self.batch.deletions {
            let deleted = deletion.apply(tx, home)?;
            self.report.deleted += deleted;
            self.report.known += u64::from(deleted == 0);
        }
        Ok(())
    }
}

/// Deletes up to `size` executions of an import that was stopped, the last ones first; returns how many numbers they took.
fn delete(tx: &Tx<'_>, size: usize) -> Result<usize> {
    tx.run(|connection| {
        let mut find =
            connection.prepare_cached("SELECT first, last FROM staged ORDER BY first DESC LIMIT 1")?;
        let found = find
            .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((first, last)): Option<(i64, i64)> = found else {
            return Ok(0);
        };
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let from = first.max(last.saturating_sub(size - 1));
        connection
            .prepare_cached("DELETE FROM execution WHERE id BETWEEN ? AND ?")?
            .execute((from, last))?;
        if from > first {
            connection
                .prepare_cached("UPDATE staged SET last = ?2 WHERE first = ?1")?
                .execute((first, from - 1))?;
        } else {
            connection
                .prepare_cached("DELETE FROM staged WHERE first = ?")?
                .execute([first])?;
        }
        Ok(usize::try_from(last - from + 1).unwrap_or(usize::MAX))
    })
}

/// Tells now and then whether a time is reached.
fn is_over(count: usize, until: Option<Instant>) -> bool {
    count % 64 == 63 && until.is_some_and(|until| Instant::now() > until)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, Importer};
    use crate::error::{Error, Storage};
    use crate::ledger::Filter;
    use crate::{Db, Home};

    #[test]
    fn an_import_whose_last_transaction_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let lines: String = (0..FIRST + 100)
            .map(|number| format!("{{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"notes\":\"{number}\"}}\n"))
            .collect();
        for mut db in [
            Db::create(&Home::new(folder.path())).unwrap(),
            Db::memory().unwrap(),
        ] {
            // By then the hashes are written: what they are of is not known all the same.
            let read = |importer: &mut Importer<'_>| importer.lines(lines.as_bytes(), "lines");
            let failed = Importer::run(&mut db, None, read, |_| {
                Err::<(), _>(Error::storage(Storage::Full, "full"))
            });
            assert!(failed.is_err());
            assert_eq!(db.ledger().stats(&Filter::default()).unwrap(), []);
            let rows: i64 = db
                .run(|connection| {
                    connection.query_row(
                        "SELECT (SELECT count(*) FROM execution) + (SELECT count(*) FROM staged)",
                        (),
                        |row| row.get(0),
                    )
                })
                .unwrap();
            assert_eq!(rows, 0);
            let report = db.ledger().import(lines.as_bytes(), "lines").unwrap();
            assert_eq!((report.taken, report.known), ((FIRST + 100) as u64, 0));
            let report = db.ledger().import(lines.as_bytes(), "lines").unwrap();
            assert_eq!((report.taken, report.known), (0, (FIRST + 100) as u64));
            assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
        }
    }
}
