//! Writes an import: in transactions that each lock the database for a limited time, and visible all at once.
//!
//! Executions of an import of several transactions are staged: not visible until the last one commits, which updates the
//! statistics and sets the end of the import. Keys are staged in the table `staged_entry`, become visible then, and are
//! moved to `entry` in further transactions. The rows of a process that was killed are deleted by the next import.

mod entries;

use entries::ARE_STAGED;
pub(crate) use entries::KeptKeys;

use super::deletion;
use super::identity::{FileHash, Hash, IS_KNOWN, record_hash};
use super::import::{Batch, ImportReport, Record, RecordReader};
use super::query::{self, VISIBLE};
use super::skill_row;
use super::stats::Delta;
use crate::db::{Db, Tx};
use crate::error::{Error, Result, Storage};
use crate::lock::FileLock;
use crate::store::Key;
use crate::timestamp::Timestamp;
use crate::wait;
use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::thread;
use std::time::{Duration, Instant};

/// How long a transaction should take. Other processes wait this long.
const HOLD: Duration = Duration::from_millis(250);
/// The pause between two transactions: longer than the pause of other processes between two tries.
pub(crate) const PAUSE: Duration = Duration::from_millis(25);
/// How many executions the first transaction writes; a shorter import is one transaction.
const FIRST: usize = 10_000;
/// The minimum and maximum number of rows in a transaction.
const MIN_AND_MAX_ROWS: (usize, usize) = (64, 32_768);
/// The size of the lines that are in memory before they are written, and of the values that a transaction writes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The number of hashes that are in memory before they are written. They are sorted first: in random order each transaction
/// would change all pages of their table.
const MAX_HASHES: usize = 1 << 20;
/// The disk space that one of several transactions needs: what it writes to the WAL and then to the database, and as
/// much again to delete it if a later one fails.
const ROOM: u64 = 64 * 1024 * 1024;
/// The `cache_size` during an import and otherwise.
const CACHES: (i64, i64) = (-65_536, -2000);

/// How much one transaction may write.
#[derive(Clone, Copy)]
struct Budget {
    rows: usize,
    until: Option<Instant>,
}

impl Budget {
    const UNLIMITED: Self = Self {
        rows: usize::MAX,
        until: None,
    };

    /// Returns whether this many rows use it up. Checks the clock only now and then.
    fn is_spent(self, rows: usize) -> bool {
        rows >= self.rows || rows % 64 == 63 && self.until.is_some_and(|until| Instant::now() > until)
    }
}

/// An import into one database.
pub(crate) struct Importer<'d> {
    pub(crate) db: &'d mut Db,
    /// `None` if no other process can import.
    lock: Option<&'d FileLock>,
    /// Whether other processes can use the database.
    shared: bool,
    home: String,
    /// How many rows the next transaction writes.
    pub(crate) size: usize,
    state: State,
}

/// What is not yet written.
#[derive(Default)]
struct State {
    report: ImportReport,
    batch: Batch,
    hashes: HashSet<Hash>,
    /// The same for the files of keys.
    files: Vec<FileHash>,
    kept: KeptKeys,
    /// The hashes of 1.x records that were deleted in another home, and those that this import skipped.
    pending: HashMap<Hash, u64>,
    left_out: Vec<Hash>,
    /// What changes in the statistics of each skill.
    skills: HashMap<String, (i64, Delta)>,
    /// The row in `import` of an import of several transactions.
    import: Option<i64>,
}

/// What was imported.
pub(crate) struct Imported<T> {
    pub(crate) report: ImportReport,
    pub(crate) kept: KeptKeys,
    /// The result of the last transaction.
    pub(crate) last: T,
}

impl<'d> Importer<'d> {
    /// Returns whether this many keys with this many bytes need several transactions. A database that no other process uses
    /// can be locked for any time.
    pub(crate) fn needs_several(db: &Db, count: usize, bytes: usize) -> bool {
        db.is_shared() && (count > FIRST || bytes > MAX_BYTES)
    }

    /// Imports what `read` reads; `last` runs in the transaction in which everything becomes visible. If one of them fails,
    /// nothing is imported.
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
        let done = importer.begin().and_then(|()| {
            read(&mut importer)?;
            importer.end(last)
        });
        if done.is_err() || importer.state.import.is_some() {
            // Deletes the rows of an import that failed, and moves the keys of one that has ended. If this fails, the next
            // import does it.
            let _ = importer.clear();
        }
        let _ = importer.set_cache(CACHES.1);
        Ok(Imported {
            last: done?,
            report: importer.state.report,
            kept: importer.state.kept,
        })
    }

    /// Deletes the rows of an interrupted import, and reads the pending tombstones.
    fn begin(&mut self) -> Result<()> {
        self.clear()?;
        self.state.kept = KeptKeys::default();
        self.state.pending = deletion::pending(self.db)?;
        Ok(())
    }

    fn set_cache(&self, size: i64) -> Result<()> {
        self.db
            .run(|connection| connection.pragma_update(None, "cache_size", size))
    }

    /// Reads the lines of one source.
    pub(crate) fn lines(&mut self, mut lines: impl BufRead, source: &str) -> Result<()> {
        let home = self.home.clone();
        let mut reader = RecordReader::new(&home, source);
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

    /// Stages keys, which are not visible until the import commits; with `keep`, existing keys will keep their values.
    pub(crate) fn entries(&mut self, entries: &[(Key<'_>, &[u8])], keep: bool) -> Result<()> {
        let mut rest = entries;
        while !rest.is_empty() {
            self.db.check_room(ROOM)?;
            let written = self.turn(|tx, state, budget| {
                state.begin(tx)?;
                entries::insert(tx, rest, (state.import, keep), budget, &mut state.kept)
            })?;
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Marks a file with its content as imported, from the end of the import on.
    pub(crate) fn remember_file(&mut self, file: FileHash) {
        self.state.files.push(file);
    }

    /// Stages executions, which are not visible until the import commits.
    fn stage(&mut self) -> Result<()> {
        self.db.check_room(ROOM)?;
        self.turn(|tx, state, budget| {
            state.begin(tx)?;
            let (written, range) = state.insert(tx, budget)?;
            if let Some(range) = range {
                tx.execute("INSERT INTO staged (first, last) VALUES (?, ?)", range)?;
            }
            Ok(written)
        })?;
        if self.state.hashes.len() > MAX_HASHES {
            self.stage_hashes()?;
        }
        Ok(())
    }

    /// Stages the hashes, which are ignored until the import commits.
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
            let written = self.turn(|tx, state, budget| state.remember(tx, rest, budget))?;
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes the rest, updates the statistics, and makes everything visible.
    fn end<T>(&mut self, last: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        if self.state.import.is_some() {
            while !self.state.batch.records.is_empty() {
                self.stage()?;
            }
            self.stage_hashes()?;
        }
        let home = self.home.clone();
        self.write(|tx, state| {
            state.insert(tx, Budget::UNLIMITED)?;
            let hashes = state.take_hashes();
            state.remember(tx, &hashes, Budget::UNLIMITED)?;
            state.end(tx, &home)?;
            last(tx)
        })
    }

    /// Deletes the rows of an interrupted import, or moves the keys of one that has ended to `entry`.
    fn clear(&mut self) -> Result<()> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM staged), EXISTS (SELECT 1 FROM staged_entry), {ARE_STAGED},
                 EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'visible_entry' AND sql LIKE '%staged_entry%')"
        );
        let (executions, keys, ended, shown) = self.db.query_row(&sql, (), |row| row.try_into())?;
        while executions && self.turn(|tx, _, budget| delete(tx, budget.rows))? > 0 {}
        let clear = |tx: &Tx<'_>, state: &mut State, budget: Budget| match ended {
            true => entries::move_some(tx, budget.rows, &mut state.kept),
            false => entries::delete_some(tx, budget.rows),
        };
        while keys && self.turn(clear)? > 0 {}
        match shown {
            true => self.write(|tx, _| entries::moved(tx)),
            false => Ok(()),
        }
    }

    /// Runs one of several transactions, then lets other processes use the database. `work` returns how many rows it wrote.
    fn turn(&mut self, work: impl FnOnce(&Tx<'_>, &mut State, Budget) -> Result<usize>) -> Result<usize> {
        let (size, shared) = (self.size, self.shared);
        let mut begun = None;
        let written = self.write(|tx, state| {
            begun = shared.then(Instant::now);
            let until = begun.map(|begun| begun + 2 * HOLD);
            work(tx, state, Budget { rows: size, until })
        })?;
        if let Some(begun) = begun.filter(|_| written > 0) {
            // The next size comes from the time for each row, including the checkpoint.
            let fits = written as f64 * HOLD.as_secs_f64() / begun.elapsed().as_secs_f64();
            let (least, most) = MIN_AND_MAX_ROWS;
            self.size = (fits as usize).clamp(size / 4, size * 2).clamp(least, most);
            thread::sleep(PAUSE);
        }
        if let Some(lock) = self.lock {
            lock.progress();
        }
        self.yield_to_host()?;
        Ok(written)
    }

    /// Runs one transaction. If the host (the embedding program) interrupts the wait because it needs to run, for a
    /// fork for example, the import continues afterwards.
    fn write<T>(&mut self, work: impl FnOnce(&Tx<'_>, &mut State) -> Result<T>) -> Result<T> {
        let mut work = Some(work);
        loop {
            let state = &mut self.state;
            let done = self
                .db
                .write(|tx| work.take().map(|work| work(tx, state)).transpose());
            match done {
                Ok(Some(done)) => return Ok(done),
                Err(_) if work.is_some() && self.yield_to_host()? => {}
                Err(error) => return Err(error),
                Ok(None) => return Err(Error::storage(Storage::Busy, "an import is already running")),
            }
        }
    }

    /// If the host asked to work, closes the database, waits for it, and reopens it; returns whether it did.
    fn yield_to_host(&mut self) -> Result<bool> {
        let run = if self.shared {
            wait::yield_requested()
        } else {
            None
        };
        let Some(run) = run else { return Ok(false) };
        self.db.close_during(run)?;
        self.set_cache(CACHES.0)?;
        Ok(true)
    }
}

impl State {
    /// Turns the import into one of several transactions.
    fn begin(&mut self, tx: &Tx<'_>) -> Result<()> {
        if self.import.is_none() {
            let sql = "INSERT INTO import (ended_at) VALUES (NULL) RETURNING id";
            self.import = Some(tx.query_row(sql, (), |row| row.get(0))?);
        }
        Ok(())
    }

    /// Inserts executions; returns how many records these were, and the first and the last id of the new executions.
    fn insert(&mut self, tx: &Tx<'_>, budget: Budget) -> Result<(usize, Option<(i64, i64)>)> {
        let (mut count, mut range) = (0, None);
        while !budget.is_spent(count) {
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
            let id = query::insert(tx, *skill, execution)?;
            delta.add(execution.outcome, execution.at, &execution.fields)?;
            self.report.imported += 1;
            range = Some((range.map_or(id, |(first, _)| first), id));
        }
        Ok((count, range))
    }

    /// Returns whether an execution exists or was imported before.
    fn is_known(&self, tx: &Tx<'_>, record: &Record) -> Result<bool> {
        if let Some(id) = record.own {
            let execution = &record.execution;
            // A copy of this home has the same id and may give an execution's id to another one.
            let sql = format!(
                "SELECT 1 FROM execution JOIN skill ON skill.id = execution.skill
                 WHERE execution.id = ?1 AND at = ?2 AND name = ?3 AND {VISIBLE}"
            );
            if tx.exists(&sql, (id, execution.at.micros(), &execution.skill))? {
                return Ok(true);
            }
        }
        if self.hashes.contains(&record.hash) {
            return Ok(true);
        }
        // The hashes of an interrupted import are ignored.
        let sql = format!("SELECT 1 FROM imported WHERE hash = ?1 AND (import = ?2 OR {IS_KNOWN})");
        tx.exists(&sql, (record.hash, self.import))
    }

    /// Returns whether an execution is a 1.x record that was deleted in another home and not imported here yet; each
    /// tombstone counts one record.
    fn is_left_out(&mut self, record: &Record) -> bool {
        if self.pending.is_empty() || record.execution.uid.is_some() {
            return false;
        }
        let hash = record_hash(&record.execution);
        let Some(left) = self.pending.get_mut(&hash).filter(|left| **left > 0) else {
            return false;
        };
        *left -= 1;
        self.left_out.push(hash);
        true
    }

    /// Returns the hashes that are not yet written, sorted.
    fn take_hashes(&mut self) -> Vec<Hash> {
        let mut hashes: Vec<Hash> = std::mem::take(&mut self.hashes).into_iter().collect();
        hashes.sort_unstable();
        hashes
    }

    /// Writes hashes; returns how many.
    fn remember(&self, tx: &Tx<'_>, hashes: &[impl AsRef<[u8]>], budget: Budget) -> Result<usize> {
        tx.run(|connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO imported (hash, import) VALUES (?1, ?2)
                 ON CONFLICT (hash) DO UPDATE SET import = excluded.import",
            )?;
            let mut count = 0;
            for hash in hashes {
                if budget.is_spent(count) {
                    break;
                }
                statement.execute((hash.as_ref(), self.import))?;
                count += 1;
            }
            Ok(count)
        })
    }

    /// Updates the statistics, sets the end of the import, and applies the tombstones that were read.
    fn end(&mut self, tx: &Tx<'_>, home: &str) -> Result<()> {
        let mut skills: Vec<_> = self.skills.values().collect();
        skills.sort_unstable_by_key(|(id, _)| *id);
        for (id, delta) in skills {
            delta.apply(tx, *id)?;
        }
        if let Some(import) = self.import {
            let now = Timestamp::now().micros();
            tx.execute("UPDATE import SET ended_at = ?2 WHERE id = ?1", (import, now))?;
            tx.execute("DELETE FROM staged", ())?;
            entries::show(tx)?;
        }
        for hash in &self.left_out {
            deletion::take_pending(tx, hash)?;
        }
        for deletion in &self.batch.deletions {
            let deleted = deletion.apply(tx, home)?;
            self.report.deleted += deleted;
            self.report.known += u64::from(deleted == 0);
        }
        Ok(())
    }
}

/// Deletes up to `size` executions of an interrupted import, the last ones first; returns how many ids these were.
fn delete(tx: &Tx<'_>, size: usize) -> Result<usize> {
    let sql = "SELECT first, last FROM staged ORDER BY first DESC LIMIT 1";
    let found: Option<(i64, i64)> = tx.query_optional(sql, (), |row| row.try_into())?;
    let Some((first, last)) = found else {
        return Ok(0);
    };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let from = first.max(last.saturating_sub(size - 1));
    tx.execute("DELETE FROM execution WHERE id BETWEEN ? AND ?", (from, last))?;
    if from > first {
        tx.execute("UPDATE staged SET last = ?2 WHERE first = ?1", (first, from - 1))?;
    } else {
        tx.execute("DELETE FROM staged WHERE first = ?", [first])?;
    }
    Ok(usize::try_from(last - from + 1).unwrap_or(usize::MAX))
}

/// Rows of interrupted imports. They are not visible, and the next import deletes them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Leftovers {
    pub executions: u64,
    pub keys: u64,
}

impl Db {
    /// Counts the rows of interrupted imports; none while another import runs.
    pub fn leftovers(&self) -> Result<Leftovers> {
        if self.is_importing() {
            return Ok(Leftovers::default());
        }
        let sql = format!(
            "SELECT (SELECT ifnull(sum(last - first + 1), 0) FROM staged),
                 (SELECT count(*) FROM staged_entry) * NOT {ARE_STAGED}"
        );
        self.query_row(&sql, (), |row| {
            Ok(Leftovers {
                executions: row.get(0)?,
                keys: row.get(1)?,
            })
        })
    }
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
            Db::in_memory().unwrap(),
        ] {
            // The hashes are written already, but must not count as imported.
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
            assert_eq!((report.imported, report.known), ((FIRST + 100) as u64, 0));
            let report = db.ledger().import(lines.as_bytes(), "lines").unwrap();
            assert_eq!((report.imported, report.known), (0, (FIRST + 100) as u64));
            assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
        }
    }
}
