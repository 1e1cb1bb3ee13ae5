//! Databases in memory, compared with those on disk.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot continue has failed"
)]

use clawpowers_executor::ledger::NewExecution;
use clawpowers_executor::{Db, Error, ErrorKind, Home, Journal, Key, Outcome, SCHEMA_VERSION, Storage};
use rusqlite::Connection;

fn filled(mut db: Db) -> Db {
    db.store().set(&Key::new("ключ").unwrap(), b"a\0\xff").unwrap();
    let new = NewExecution {
        skill: "s",
        ..NewExecution::default()
    };
    db.ledger().record(&new, Outcome::Failure).unwrap();
    db
}

fn check(db: &mut Db) {
    let value = db.store().get(&Key::new("ключ").unwrap()).unwrap();
    assert_eq!(value.as_deref(), Some(b"a\0\xff".as_slice()));
    assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
    assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(db.store().count().unwrap(), 1);
}

fn kind(result: Result<Db, Error>) -> (Storage, String) {
    match result {
        Err(Error {
            kind: ErrorKind::Storage(kind),
            message,
            ..
        }) => (kind, message),
        other => panic!("{other:?}"),
    }
}

/// The bytes of a database after `change`.
fn image(change: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clawpowers.db");
    std::fs::write(&file, filled(Db::in_memory().unwrap()).serialize().unwrap()).unwrap();
    let tool = Connection::open(&file).unwrap();
    tool.execute_batch(change).unwrap();
    drop(tool);
    std::fs::read(&file).unwrap()
}

#[test]
fn a_database_round_trips_between_file_and_memory() {
    let mut memory = filled(Db::in_memory().unwrap());
    let id = memory.home_id().unwrap();
    let bytes = memory.serialize().unwrap();
    let mut again = Db::deserialize(bytes.clone()).unwrap();
    check(&mut again);
    assert_eq!(again.home_id().unwrap(), id);

    // As the file of a home, which stays without a WAL.
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    std::fs::write(home.database(), bytes).unwrap();
    let mut db = Db::open(&home).unwrap().unwrap();
    check(&mut db);
    db.store().set(&Key::new("more").unwrap(), b"1").unwrap();
    assert_eq!(db.journal().unwrap(), Some(Journal::Rollback));
    let mut exported = Db::deserialize(db.serialize().unwrap()).unwrap();
    assert_eq!(exported.store().count().unwrap(), 2);

    // And the file itself, whose header says that it has a WAL.
    let other = Home::new(folder.path().join("other"));
    drop(filled(Db::create(&other).unwrap()));
    let tool = Connection::open(other.database()).unwrap();
    tool.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        .unwrap();
    drop(tool);
    let file = std::fs::read(other.database()).unwrap();
    assert_eq!(file.get(18..20), Some([2, 2].as_slice()));
    let mut taken = Db::deserialize(file).unwrap();
    check(&mut taken);
    taken.store().set(&Key::new("more").unwrap(), b"1").unwrap();
    assert_ne!(taken.home_id().unwrap(), id);
}

#[test]
fn restoring_replaces_the_whole_database() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let mut db = Db::create(&home).unwrap();
    db.store().set(&Key::new("old").unwrap(), b"1").unwrap();
    db.replace(&filled(Db::in_memory().unwrap())).unwrap();
    check(&mut db);
    drop(db);
    check(&mut Db::open(&home).unwrap().unwrap());
}

#[test]
fn pages_of_another_size_are_named() {
    let mut other = Db::deserialize(image("PRAGMA page_size = 1024; VACUUM")).unwrap();
    check(&mut other);
    let folder = tempfile::tempdir().unwrap();
    let mut db = filled(Db::create(&Home::new(folder.path())).unwrap());
    let (kind, message) = kind(db.replace(&other).map(|()| Db::in_memory().unwrap()));
    assert_eq!(kind, Storage::Corrupt);
    assert!(message.contains("pages of 1024 bytes"), "{message}");
    check(&mut db);
}

#[test]
fn foreign_bytes_are_rejected() {
    for bytes in [Vec::new(), b"not a database".to_vec(), vec![0; 4096]] {
        let (kind, message) = kind(Db::deserialize(bytes));
        assert_eq!(kind, Storage::Corrupt, "{message}");
    }
    let newer = image(&format!("PRAGMA user_version = {}", SCHEMA_VERSION + 1));
    assert_eq!(kind(Db::deserialize(newer)).0, Storage::Newer);
    for change in [
        "PRAGMA application_id = 7",
        "PRAGMA user_version = -1; DROP TABLE day",
        "DROP TABLE day",
        "DROP INDEX execution_at",
        "DROP TABLE entry; CREATE VIEW entry AS SELECT 1 AS id, 'k' AS key, x'00' AS value, 0 AS updated_at",
        "DROP TABLE entry; CREATE TABLE entry (id INTEGER PRIMARY KEY, key TEXT, value BLOB, updated_at INTEGER)",
        "DROP TABLE entry; CREATE VIRTUAL TABLE entry USING fts5 (id, key, value, updated_at)",
        "CREATE UNIQUE INDEX own ON execution (skill)",
        "CREATE INDEX own ON entry (hex(value))",
        "CREATE TABLE own (entry REFERENCES entry (id))",
        // Tables of a later version than its schema version.
        "PRAGMA user_version = 1",
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM execution; END",
    ] {
        let (kind, message) = kind(Db::deserialize(image(change)));
        assert_eq!(kind, Storage::Corrupt, "{change}: {message}");
    }
    // Tables added by other tools do no harm.
    for change in [
        "ANALYZE",
        "VACUUM",
        "CREATE INDEX own ON execution (agent)",
        "CREATE TABLE lost_and_found (rootpgno, pgno, c0)",
    ] {
        assert!(Db::deserialize(image(change)).is_ok(), "{change}");
    }
}

#[test]
fn damaged_bytes_never_crash_the_program() {
    let mut db = filled(Db::in_memory().unwrap());
    for number in 0..40 {
        let name = format!("key:{number}");
        let key = Key::new(&name).unwrap();
        db.store().set(&key, &[7; 900]).unwrap();
    }
    let sound = db.serialize().unwrap();
    let mut seed = 1_u32;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed as usize % below
    };
    for round in 0..400 {
        let mut bytes = sound.clone();
        if round % 4 == 0 {
            bytes.truncate(random(sound.len()));
        }
        for _ in 0..round % 9 {
            let near = if round % 2 == 0 { 200 } else { bytes.len() };
            if let Some(byte) = bytes.get_mut(random(near.max(1))) {
                *byte = random(256) as u8;
            }
        }
        if let Ok(mut db) = Db::deserialize(bytes) {
            // An accepted database may contain other values, but it must be usable.
            let _ = db.store().get(&Key::new("key:7").unwrap());
            let _ = db.store().set(&Key::new("key:7").unwrap(), b"1");
            let _ = db.ledger().differing();
        }
    }
}
