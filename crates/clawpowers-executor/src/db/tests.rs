//! Files of other versions, and damaged ones.

use super::Db;
use super::connection::connect;
use crate::home::Home;
use crate::key::Key;
use crate::ledger::{New, Outcome};
use crate::schema::{APPLICATION_ID, MIGRATIONS, VERSION};
use crate::{Error, Moment, Storage};
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
fn an_older_file_is_brought_up_to_date() {
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
    let new = New {
        skill: "s",
        at: Some(Moment::from_micros(6)),
        ..New::default()
    };
    db.ledger().record(&new, Outcome::Failure).unwrap();
    assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
    assert_eq!(db.damage().unwrap(), Vec::<String>::new());
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    drop(Db::create(&home).unwrap());
    connect(&home.database())
        .unwrap()
        .pragma_update(None, "user_version", VERSION + 1)
        .unwrap();
    let refused = Db::create(&home).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Storage {
                kind: Storage::Newer,
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn a_recovered_file_keeps_a_log_again() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let key = Key::new("k").unwrap();
    Db::create(&home).unwrap().store().set(&key, b"v").unwrap();
    let tool = Connection::open(home.database()).unwrap();
    tool.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(tool);
    let mut db = Db::open(&home).unwrap().unwrap();
    assert_eq!(db.store().get(&key).unwrap(), Some(b"v".to_vec()));
    db.store().set(&key, b"w").unwrap();
    assert!(folder.path().join("clawpowers.db-wal").exists());
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
        let corrupt = |error: &Error| {
            matches!(
                error,
                Error::Storage {
                    kind: Storage::Corrupt,
                    ..
                }
            )
        };
        assert!(refused.as_ref().is_err_and(corrupt), "{refused:?}");
    }
}
