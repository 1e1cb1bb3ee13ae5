//! Imports of more keys than one transaction writes: other processes can write in between, imports are atomic, and an
//! interrupted import leaves nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::wait::{Yield, yielding};
use clawpowers_executor::{Checked, Db, Home, Key, Leftovers, Pattern, legacy, recover};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use tempfile::TempDir;

/// Enough for several transactions.
const KEYS: usize = 12_000;

thread_local! {
    static BETWEEN: RefCell<Option<Box<dyn FnMut()>>> = const { RefCell::new(None) };
}

/// Runs `work`, and `between` after each transaction of an import.
fn with<T>(between: impl FnMut() + 'static, work: impl FnOnce() -> T) -> T {
    BETWEEN.set(Some(Box::new(between)));
    let to_host = Yield {
        requested: || true,
        run: || BETWEEN.with_borrow_mut(|between| between.as_mut().unwrap()()),
    };
    yielding(to_host, work)
}

fn open(home: &Path) -> Db {
    Db::create(&Home::new(home)).unwrap()
}

fn key(number: usize) -> String {
    format!("key:{number:05}")
}

/// Entries with values that are too large for few transactions.
fn entries() -> BTreeMap<String, Vec<u8>> {
    let entry = |number| (key(number), format!("{number} {}", "x".repeat(2000)).into_bytes());
    (0..KEYS).map(entry).collect()
}

fn import(home: &Path, entries: &BTreeMap<String, Vec<u8>>, replace: bool) -> usize {
    let entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| (Key::new(key).unwrap(), value.as_slice()))
        .collect();
    open(home).store().import(&entries, replace).unwrap()
}

/// Compares everything that can be read with the expected entries.
fn compare(home: &Path, expected: &BTreeMap<String, Vec<u8>>) {
    let mut db = open(home);
    let mut store = db.store();
    let all = Pattern::new("");
    let mut found = BTreeMap::new();
    store
        .each(&all, |entry| found.insert(entry.key, entry.value).is_none())
        .unwrap();
    assert!(found == *expected, "{} of {}", found.len(), expected.len());
    assert_eq!(
        store.list(&all).unwrap(),
        expected.keys().cloned().collect::<Vec<_>>()
    );
    assert_eq!(store.count().unwrap(), expected.len() as i64);
    for number in (0..KEYS + 500).step_by(100) {
        let name = key(number);
        let key = Key::new(&name).unwrap();
        assert_eq!(store.get(&key).unwrap().as_ref(), expected.get(&name), "{name}");
        assert_eq!(
            store.exists(&key).unwrap(),
            expected.contains_key(&name),
            "{name}"
        );
    }
}

/// Writes to some keys, different ones in each round, and applies the same writes to the model.
fn write(home: &Path, round: usize, model: &mut BTreeMap<String, Vec<u8>>) {
    let mut db = open(home);
    for number in (round * 37..KEYS + 500).step_by(501) {
        let name = key(number);
        let key = Key::new(&name).unwrap();
        let old = model.get(&name).cloned();
        match number % 4 {
            0 => {
                let removed = db.store().delete(&key).unwrap();
                assert_eq!(removed, model.remove(&name).is_some(), "{name}");
                continue;
            }
            1 => db.store().append(&key, b"more").unwrap(),
            2 => {
                let swapped = db
                    .store()
                    .compare_and_set(&key, old.as_deref(), b"swapped")
                    .unwrap();
                assert_eq!(swapped, clawpowers_executor::CompareAndSet::Done, "{name}");
            }
            _ => db.store().set(&key, b"set").unwrap(),
        }
        let new = match (number % 4, old) {
            (1, Some(old)) => [old.as_slice(), b"\nmore"].concat(),
            (1, None) => b"more".to_vec(),
            (2, _) => b"swapped".to_vec(),
            _ => b"set".to_vec(),
        };
        model.insert(name, new);
    }
}

#[test]
fn concurrent_writes_and_reads_see_all_keys_or_none() {
    for replace in [true, false] {
        let folder = TempDir::new().unwrap();
        let home = folder.path().to_owned();
        let first = BTreeMap::from([(key(100), b"old".to_vec()), (key(KEYS + 7), b"old".to_vec())]);
        assert_eq!(import(&home, &first, true), 2);
        let imported = entries();
        // The expected entries, and how often they were compared before and after the end of the import.
        let model = Rc::new(RefCell::new((first, [0, 0])));
        let mut round = 0;
        let (other, all) = (Rc::clone(&model), imported.clone());
        let between = move || {
            let (model, seen) = &mut *other.borrow_mut();
            // No writer changes this key.
            let sentinel = Key::new("key:00001").unwrap();
            let counts = open(&home).store().exists(&sentinel).unwrap();
            if counts && seen[1] == 0 {
                for (key, value) in &all {
                    if replace || !model.contains_key(key) {
                        model.insert(key.clone(), value.clone());
                    }
                }
            }
            seen[usize::from(counts)] += 1;
            compare(&home, model);
            round += 1;
            write(&home, round, model);
            compare(&home, model);
        };
        let set = with(between, || import(folder.path(), &imported, replace));
        let (model, seen) = &*model.borrow();
        assert!(seen[0] > 1 && seen[1] > 1, "{seen:?}");
        match replace {
            true => assert_eq!(set, KEYS),
            false => assert!((KEYS - 200..KEYS).contains(&set), "{set}"),
        }
        compare(folder.path(), model);
        assert_eq!(
            open(folder.path()).integrity_check().unwrap(),
            Vec::<String>::new()
        );
    }
}

/// Interrupts an import after some transactions, as if its process were killed.
fn stopped(home: &Path, entries: &BTreeMap<String, Vec<u8>>, mut is_enough: impl FnMut() -> bool + 'static) {
    let stop = move || assert!(!is_enough(), "stopped");
    let stopped = catch_unwind(AssertUnwindSafe(|| with(stop, || import(home, entries, true))));
    assert!(stopped.is_err());
}

#[test]
fn a_killed_import_does_not_count_and_is_deleted_by_the_next() {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    let own = BTreeMap::from([(key(1), b"own".to_vec())]);
    import(home, &own, true);
    // The second import is interrupted while it deletes the rows of the first one.
    for _ in 0..2 {
        stopped(home, &entries(), || true);
        compare(home, &own);
        let left = open(home).leftovers().unwrap();
        assert!(left.keys > 0 && left.executions == 0, "{left:?}");
        let recovered = recover(&Home::new(home), &Home::new(TempDir::new().unwrap().path())).unwrap();
        assert_eq!((recovered.keys, recovered.lost_keys), (1, 0));
    }
    // A short import deletes them, too.
    assert_eq!(import(home, &own, false), 0);
    assert_eq!(open(home).leftovers().unwrap(), Leftovers::default());
    compare(home, &own);
    assert_eq!(import(home, &entries(), true), KEYS);
    compare(home, &entries());
}

#[test]
fn keys_of_an_ended_import_are_visible_and_moved_by_the_next() {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    let there = home.to_owned();
    stopped(home, &entries(), move || {
        let name = key(1);
        open(&there).store().exists(&Key::new(&name).unwrap()).unwrap()
    });
    compare(home, &entries());
    let mut db = open(home);
    assert_eq!(db.leftovers().unwrap(), Leftovers::default());
    assert_eq!(db.check(true).unwrap(), Checked::default());
    let image = Db::deserialize(db.serialize().unwrap()).unwrap();
    assert_eq!(image.leftovers().unwrap(), Leftovers::default());
    let to = folder.path().join("recovered");
    let recovered = recover(&Home::new(home), &Home::new(&to)).unwrap();
    assert_eq!(
        (recovered.keys, recovered.lost_keys, recovered.exact),
        (KEYS as u64, 0, true)
    );
    compare(&to, &entries());
    // What is written before they are moved is kept.
    let mut expected = entries();
    write(home, 1, &mut expected);
    compare(home, &expected);
    db.ledger().import(&b""[..], "nothing").unwrap();
    compare(home, &expected);
    assert_eq!(db.check(true).unwrap(), Checked::default());
}

#[test]
fn a_replaced_database_is_not_mistaken_for_the_closed_one() {
    let folder = TempDir::new().unwrap();
    let (home, other) = (folder.path().join("home"), folder.path().join("other"));
    drop((open(&home), open(&other)));
    let (from, to) = (other.join("clawpowers.db"), home.join("clawpowers.db"));
    let replace = move || {
        if from.exists() {
            fs::remove_file(to.with_file_name("clawpowers.db-wal")).unwrap();
            fs::remove_file(to.with_file_name("clawpowers.db-shm")).unwrap();
            fs::rename(&from, &to).unwrap();
        }
    };
    let mut db = open(&home);
    let failed = with(replace, || {
        let entries = entries();
        let entries: Vec<_> = entries
            .iter()
            .map(|(key, value)| (Key::new(key).unwrap(), value.as_slice()))
            .collect();
        db.store().import(&entries, true)
    });
    assert!(
        failed
            .unwrap_err()
            .to_string()
            .contains("was moved, replaced or deleted")
    );
    assert!(!db.is_in_place());
    compare(&home, &BTreeMap::new());
}

/// Creates a 1.x home with the same number of keys.
fn old_home(folder: &Path) {
    fs::create_dir_all(folder.join("state")).unwrap();
    for number in 0..KEYS {
        fs::write(
            folder.join(format!("state/key__{number:05}")),
            format!("{number}\n"),
        )
        .unwrap();
    }
}

#[test]
fn the_keys_of_an_old_home_are_imported_in_several_transactions() {
    let folder = TempDir::new().unwrap();
    let (home, old) = (folder.path().join("home"), folder.path().join("old"));
    old_home(&old);
    let (same, other) = (key(10), key(20));
    let there = home.clone();
    let mut round = 0;
    let write = move || {
        round += 1;
        if round == 2 {
            let mut db = open(&there);
            db.store().set(&Key::new(&same).unwrap(), b"10").unwrap();
            db.store().set(&Key::new(&other).unwrap(), b"other").unwrap();
        }
    };
    drop(open(&home));
    let stop = catch_unwind(AssertUnwindSafe(|| {
        with(|| panic!("stopped"), || legacy::import(&mut open(&home), &old))
    }));
    assert!(stop.is_err());
    assert_eq!(open(&home).store().count().unwrap(), 0);
    let report = with(write, || legacy::import(&mut open(&home), &old)).unwrap();
    assert_eq!((report.keys, report.known_keys), (KEYS as u64 - 1, 0));
    assert_eq!(report.executions.reasons.get("conflict"), Some(&1), "{report:?}");
    let note = &report.executions.skipped[0];
    assert_eq!(note.source, "state/key__00020");
    assert!(
        note.detail.contains("`key:00020` has a different value here"),
        "{note:?}"
    );
    // A changed file is imported again, unless its key was changed in this home.
    for number in [10, 20, 30] {
        fs::write(old.join(format!("state/key__{number:05}")), "new").unwrap();
    }
    let mut db = open(&home);
    db.store().set(&Key::new(&key(10)).unwrap(), b"own").unwrap();
    let report = legacy::import(&mut db, &old).unwrap();
    assert_eq!((report.keys, report.known_keys), (1, KEYS as u64 - 3));
    assert_eq!(report.executions.reasons.get("conflict"), Some(&2), "{report:?}");
    for (number, value) in [(10, "own"), (20, "other"), (30, "new"), (40, "40")] {
        let name = key(number);
        let found = db.store().get(&Key::new(&name).unwrap()).unwrap();
        assert_eq!(found.as_deref(), Some(value.as_bytes()), "{name}");
    }
    let report = legacy::import(&mut db, &old).unwrap();
    assert_eq!((report.keys, report.known_keys), (0, KEYS as u64));
}
