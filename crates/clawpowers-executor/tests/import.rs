//! Imports of more lines than one transaction writes: other processes can write in between, imports are atomic, and an
//! interrupted import leaves nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::ledger::{Filter, ImportReport, Order};
use clawpowers_executor::{Db, Home, Key, recover};
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tempfile::TempDir;

/// Enough for several transactions.
const LINES: usize = 12_000;

/// Lines that are read one by one; `each` runs before each of them.
struct Lines<F> {
    next: usize,
    rest: Vec<u8>,
    each: F,
}

impl<F: FnMut(usize) -> io::Result<()>> Lines<F> {
    fn new(each: F) -> BufReader<Self> {
        // A small buffer, so that lines are not read ahead.
        BufReader::with_capacity(
            256,
            Self {
                next: 0,
                rest: Vec::new(),
                each,
            },
        )
    }
}

impl<F: FnMut(usize) -> io::Result<()>> Read for Lines<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && self.next < LINES {
            (self.each)(self.next)?;
            self.rest = line(self.next).into_bytes();
            self.next += 1;
        }
        let count = self.rest.as_slice().read(buffer)?;
        self.rest.drain(..count);
        Ok(count)
    }
}

fn line(number: usize) -> String {
    let (skill, second) = (number % 7, number % 60);
    format!(
        r#"{{"ts":"2026-01-01T00:00:{second:02}Z","skill":"s-{skill}","outcome":"success","duration_s":1,"notes":"{number}"}}"#
    ) + "\n"
}

fn open(home: &Path) -> Db {
    Db::create(&Home::new(home)).unwrap()
}

/// Returns the number of executions in the statistics and in the table. The database must be undamaged.
fn counts(db: &mut Db) -> (i64, usize) {
    assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
    let stats = db.ledger().stats(&Filter::default()).unwrap();
    let mut listed = 0;
    let count = |_| {
        listed += 1;
        true
    };
    db.ledger()
        .each(&Filter::default(), Order::OldestFirst, count)
        .unwrap();
    (stats.iter().map(|stats| stats.total()).sum(), listed)
}

/// Imports the lines, which must all be new.
fn import_all(db: &mut Db) -> ImportReport {
    let report = db.ledger().import(Lines::new(|_| Ok(())), "lines").unwrap();
    assert_eq!((report.imported, report.known), (LINES as u64, 0));
    assert_eq!(counts(db), (LINES as i64, LINES));
    report
}

#[test]
fn concurrent_writes_and_reads_see_all_or_nothing() {
    let folder = TempDir::new().unwrap();
    let mut db = open(folder.path());
    let mut other = open(folder.path());
    let key = Key::new("writes").unwrap();
    let mut writes = 0;
    let lines = Lines::new(|number| {
        if number % 1000 == 999 {
            writes += 1;
            assert_eq!(other.store().incr(&key, 1).unwrap(), writes);
            assert_eq!(counts(&mut other), (0, 0), "at line {number}");
            assert_eq!(other.ledger().versions("s-1").unwrap(), Vec::<String>::new());
            let outcomes = |_, _, _| panic!("an execution that is not visible yet");
            other.ledger().outcomes("s-1", None, outcomes).unwrap();
        }
        Ok(())
    });
    let report = db.ledger().import(lines, "lines").unwrap();
    assert_eq!((report.imported, report.known), (LINES as u64, 0));
    assert_eq!(writes, 12);
    assert_eq!(counts(&mut other), (LINES as i64, LINES));
    let again = db.ledger().import(Lines::new(|_| Ok(())), "lines").unwrap();
    assert_eq!((again.imported, again.known), (0, LINES as u64));
    assert_eq!(counts(&mut other), (LINES as i64, LINES));
}

#[test]
fn a_failed_read_imports_nothing() {
    let folder = TempDir::new().unwrap();
    for mut db in [open(folder.path()), Db::in_memory().unwrap()] {
        let lines = Lines::new(|number| match number {
            11_000 => Err(io::Error::other("gone")),
            _ => Ok(()),
        });
        let error = db.ledger().import(lines, "lines").unwrap_err();
        assert!(error.to_string().contains("`lines` cannot be read"), "{error}");
        assert_eq!(counts(&mut db), (0, 0));
        import_all(&mut db);
    }
}

#[test]
fn a_killed_import_does_not_count_and_can_be_repeated() {
    let folder = TempDir::new().unwrap();
    for _ in 0..2 {
        // As in a killed process, nothing runs after the panic.
        let stopped = catch_unwind(AssertUnwindSafe(|| {
            let lines = Lines::new(|number| match number {
                11_000 => panic!("stopped"),
                _ => Ok(()),
            });
            open(folder.path()).ledger().import(lines, "lines")
        }));
        assert!(stopped.is_err());
        assert_eq!(counts(&mut open(folder.path())), (0, 0));
    }
    let recovered = folder.path().join("recovered");
    let report = recover(&Home::new(folder.path()), &Home::new(&recovered)).unwrap();
    assert_eq!(
        (report.executions, report.lost_executions, report.exact),
        (0, 0, true)
    );
    import_all(&mut open(&recovered));
    let mut db = open(folder.path());
    let new = clawpowers_executor::ledger::NewExecution {
        skill: "s-1",
        ..Default::default()
    };
    db.ledger()
        .record(&new, clawpowers_executor::Outcome::Failure)
        .unwrap();
    assert_eq!(counts(&mut db), (1, 1));
    let report = db.ledger().import(Lines::new(|_| Ok(())), "lines").unwrap();
    assert_eq!((report.imported, report.known), (LINES as u64, 0));
    assert_eq!(counts(&mut db), (LINES as i64 + 1, LINES + 1));
}

#[test]
fn concurrent_imports_are_serialized() {
    let folder = TempDir::new().unwrap();
    open(folder.path());
    let import = || {
        let report = open(folder.path())
            .ledger()
            .import(Lines::new(|_| Ok(())), "lines");
        report.unwrap().imported
    };
    let taken = std::thread::scope(|scope| {
        let all = [scope.spawn(import), scope.spawn(import), scope.spawn(import)];
        all.map(|one| one.join().unwrap())
    });
    assert_eq!(taken.iter().sum::<u64>(), LINES as u64, "{taken:?}");
    assert_eq!(taken.iter().max(), Some(&(LINES as u64)), "{taken:?}");
    assert_eq!(counts(&mut open(folder.path())), (LINES as i64, LINES));
}

#[test]
fn a_tombstone_applies_once_even_if_an_import_was_killed() {
    let folder = TempDir::new().unwrap();
    let mut elsewhere = Db::in_memory().unwrap();
    import_all(&mut elsewhere);
    let mut ids = Vec::new();
    let find = |execution: clawpowers_executor::ledger::Execution| {
        if execution.fields.notes.as_deref() == Some("5") {
            ids.push(execution.id);
        }
        true
    };
    elsewhere
        .ledger()
        .each(&Filter::default(), Order::OldestFirst, find)
        .unwrap();
    elsewhere.ledger().delete(*ids.first().unwrap()).unwrap();
    let mut deletions = String::new();
    let write = |deletion: clawpowers_executor::ledger::Deletion| {
        deletions.push_str(&(deletion.jsonl() + "\n"));
        true
    };
    elsewhere
        .ledger()
        .each_deletion(&Filter::default(), write)
        .unwrap();
    let mut db = open(folder.path());
    let report = db.ledger().import(deletions.as_bytes(), "deletions").unwrap();
    assert_eq!((report.imported, report.deleted, report.known), (0, 0, 1));
    let lines = Lines::new(|number| match number {
        11_000 => Err(io::Error::other("gone")),
        _ => Ok(()),
    });
    db.ledger().import(lines, "lines").unwrap_err();
    let report = db.ledger().import(Lines::new(|_| Ok(())), "lines").unwrap();
    assert_eq!((report.imported, report.known), (LINES as u64 - 1, 1));
    assert_eq!(counts(&mut db), (LINES as i64 - 1, LINES - 1));
}

#[test]
fn a_tombstone_may_cover_at_most_1000_lines() {
    let folder = TempDir::new().unwrap();
    let mut db = open(folder.path());
    let line = |deleted: u64| {
        format!(
            "{{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"deleted\",\
             \"digest\":\"00112233445566778899aabbccddeeff\",\"deleted\":{deleted},\"left\":0}}\n"
        )
    };
    let report = db.ledger().import(line(1001).as_bytes(), "lines").unwrap();
    assert_eq!((report.known, report.reasons.get("outcome")), (0, Some(&1)));
    assert!(report.skipped[0].detail.contains("up to 1000"), "{report:?}");
    let report = db.ledger().import(line(1000).as_bytes(), "lines").unwrap();
    assert_eq!((report.known, report.reasons.len()), (1, 0));
}
