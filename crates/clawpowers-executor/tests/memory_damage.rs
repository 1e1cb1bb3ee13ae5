//! Entries in files that another program or a disk has damaged.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

use clawpowers_executor::memory::{Filter, Kind, Link, NewEntry, Order, Relation, Source};
use clawpowers_executor::{Checked, Db, Home, recover};
use clawpowers_text::Weights;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const PAGE: usize = 4096;

fn open(home: &Path) -> Db {
    Db::create(&Home::new(home)).unwrap()
}

fn create(db: &mut Db, content: &str) -> i64 {
    let tags = ["a".to_owned()];
    let new = NewEntry {
        tags: &tags,
        session: Some("s"),
        ..NewEntry::new(Kind::Episodic, content)
    };
    db.memory().create(&new).unwrap().entry.id
}

fn run(home: &Path, sql: &str) {
    let database = Home::new(home).database();
    Connection::open(database).unwrap().execute_batch(sql).unwrap();
}

fn found(db: &mut Db, query: &str) -> Vec<i64> {
    let hits = db
        .memory()
        .search(query, None, &Filter::default(), &Weights::default(), 10)
        .unwrap();
    hits.into_iter().map(|hit| hit.entry.id).collect()
}

/// Overwrites the page of the file that contains a text.
fn destroy(home: &Path, text: &str) {
    let database = Home::new(home).database();
    let mut bytes = fs::read(&database).unwrap();
    let mut at = 0;
    let mut destroyed = 0;
    while let Some(found) = bytes[at..]
        .windows(text.len())
        .position(|window| window == text.as_bytes())
    {
        let page = (at + found) / PAGE * PAGE;
        bytes[page..page + PAGE].fill(0xee);
        at = page + PAGE;
        destroyed += 1;
    }
    assert!(destroyed > 0, "{text}");
    fs::write(&database, bytes).unwrap();
}

/// Opens a home, creates long entries, and returns the ids of those with these texts.
fn long<const N: usize>(db: &mut Db, texts: [&str; N]) -> [i64; N] {
    let filler = |number: usize| "x".repeat(number + 1) + &" padding of a page".repeat(150);
    let mut ids = [0; N];
    for (place, (id, text)) in ids.iter_mut().zip(texts).enumerate() {
        // Each on a page of its own.
        create(db, &format!("{} before", filler(2 * place)));
        *id = create(db, &format!("{text} {} the end of {text}", filler(2 * place + 1)));
    }
    ids
}

#[test]
fn a_row_that_no_release_writes_hides_no_other() {
    for damage in [
        "UPDATE memory SET kind = 9 WHERE id = 2",
        "UPDATE memory SET kind = -1 WHERE id = 2",
        "UPDATE memory SET importance = 7.5 WHERE id = 2",
        "UPDATE memory SET importance = 9e999 WHERE id = 2",
        "UPDATE memory SET source = 9 WHERE id = 2",
        "UPDATE memory SET uses = -3 WHERE id = 2",
        "UPDATE memory SET examples = '{' WHERE id = 2",
        "UPDATE memory SET project = CAST(x'ff' AS TEXT) WHERE id = 2",
        "UPDATE memory SET tags = CAST(x'61ff' AS TEXT) WHERE id = 2",
        "UPDATE memory SET body = CAST(x'77616c727573ff' AS TEXT) WHERE id = 2",
        "INSERT INTO memory_link VALUES (2, 3, 9)",
        "INSERT INTO memory_tag VALUES ('a', 99), ('b', 2), ('new', 4)",
    ] {
        let folder = TempDir::new().unwrap();
        let mut db = open(folder.path());
        let ids = ["walrus one", "walrus two", "walrus three"].map(|text| create(&mut db, text));
        assert_eq!(ids, [1, 2, 3]);
        run(folder.path(), damage);
        let all = db.memory().list(&Filter::default(), Order::Newest, 9).unwrap();
        assert_eq!(all.len(), 3, "{damage}");
        assert!(all.iter().all(|entry| (0.0..=1.0).contains(&entry.importance)));
        let mut hits = found(&mut db, "walrus");
        hits.sort_unstable();
        assert_eq!(hits, [1, 2, 3], "{damage}");
        assert!(db.memory().links(2).unwrap().is_empty(), "{damage}");
        assert!(db.memory().forget(1).unwrap().erased, "{damage}");
        db.memory().delete(2).unwrap();
        assert_eq!(found(&mut db, "walrus"), [3], "{damage}");
        let tags = ["new".to_owned()];
        let new = NewEntry {
            tags: &tags,
            ..NewEntry::new(Kind::Semantic, "walrus four")
        };
        assert_eq!(db.memory().create(&new).unwrap().entry.id, 4, "{damage}");
    }
}

#[test]
fn bad_values_are_repaired_when_entries_are_recovered() {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let mut db = open(&from);
    create(&mut db, "walrus one");
    create(&mut db, "walrus two");
    drop(db);
    run(
        &from,
        "UPDATE memory SET kind = 9, importance = 7.5, source = -1, uses = 0, examples = '{' WHERE id = 1",
    );
    let recovered = recover(&Home::new(&from), &Home::new(&to)).unwrap();
    assert_eq!(
        (recovered.entries, recovered.lost_entries, recovered.exact),
        (2, 0, true)
    );
    let rows: i64 = Connection::open(Home::new(&to).database())
        .unwrap()
        .query_row(
            "SELECT count(*) FROM memory WHERE kind BETWEEN 0 AND 3 AND importance BETWEEN 0 AND 1 AND uses > 0
                 AND source BETWEEN 0 AND 3 AND examples IS NULL",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(rows, 2);
}

#[test]
fn lost_entries_are_counted_and_nothing_leads_to_them() {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let mut db = open(&from);
    let [kept, lost, last] = long(&mut db, ["thekept text", "thelost text", "thelast text"]);
    let corrected = db
        .memory()
        .correct(
            kept,
            &format!("thelost correction {}", "y".repeat(3000)),
            Source::User,
        )
        .unwrap()
        .id;
    for (origin, relation, target) in [
        (kept, Relation::CausedBy, lost),
        (lost, Relation::Resolves, last),
        (kept, Relation::Resolves, last),
    ] {
        let link = Link {
            origin,
            target,
            relation,
        };
        assert!(db.memory().link(&link).unwrap());
    }
    assert_eq!(db.memory().get(kept).unwrap().superseded_by, Some(corrected));
    drop(db);
    run(&from, "PRAGMA wal_checkpoint(TRUNCATE)");
    destroy(&from, "thelost text x");
    destroy(&from, "thelost correction");
    let recovered = recover(&Home::new(&from), &Home::new(&to)).unwrap();
    let gone: Vec<i64> = (1..=corrected)
        .filter(|id| open(&to).memory().get(*id).is_err())
        .collect();
    assert!(gone.contains(&lost) && gone.contains(&corrected), "{gone:?}");
    assert!(!gone.contains(&kept), "{gone:?}");
    assert_eq!(recovered.lost_entries, gone.len() as u64, "{recovered:?}");
    assert!(recovered.exact, "{recovered:?}");
    let mut copy = open(&to);
    assert_eq!(copy.memory().get(kept).unwrap().superseded_by, None);
    for link in copy.memory().links(kept).unwrap() {
        assert!(
            !gone.contains(&link.origin) && !gone.contains(&link.target),
            "{link:?}"
        );
    }
    // The context of the entries after it does not have its text either.
    assert_eq!(found(&mut copy, "thelost"), [] as [i64; 0]);
    assert!(create(&mut copy, "a new one") > corrected, "no id is used again");
    assert_eq!(copy.check(true).unwrap(), Checked::default());
}

#[test]
fn the_id_of_a_deleted_entry_is_not_used_after_recovery() {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let mut db = open(&from);
    create(&mut db, "walrus one");
    let last = create(&mut db, "walrus two");
    db.memory().forget(last).unwrap();
    drop(db);
    recover(&Home::new(&from), &Home::new(&to)).unwrap();
    assert!(create(&mut open(&to), "walrus three") > last);
}

#[test]
fn what_does_not_fit_together_is_reported_and_recovered() {
    let index = "INSERT INTO memory_text (memory_text, rowid, title, body, context, masked, tags, pairs, variants)
                 SELECT 'delete', id, title, body, context, masked, tags, pairs, variants FROM memory WHERE id = 2";
    for (damage, is_deep, problem) in [
        (index, true, "the index of words does not match the entries"),
        (
            "UPDATE memory SET kind = 9 WHERE id = 2",
            false,
            "the entry `2` has an unknown kind",
        ),
        (
            "UPDATE memory SET source = -1 WHERE id = 2",
            false,
            "the entry `2` has an unknown source",
        ),
        (
            "UPDATE memory SET importance = 2 WHERE id = 2",
            false,
            "the entry `2` has an importance",
        ),
        (
            "UPDATE memory SET uses = 0 WHERE id = 2",
            false,
            "the entry `2` has `uses` below 1",
        ),
        (
            "UPDATE memory SET superseded = 77 WHERE id = 2",
            false,
            "the entry `2` is superseded by an entry that does not",
        ),
        (
            "UPDATE memory SET superseded = NULL WHERE id = 1",
            false,
            "the entry `1` is not superseded, but is the target",
        ),
        (
            "UPDATE memory SET previous = 77 WHERE id = 2",
            false,
            "the entry `2` has a previous entry in its session that does not exist",
        ),
        (
            "INSERT INTO memory_link VALUES (2, 77, 1)",
            false,
            "the link from the entry `2` to `77` starts at or leads to an entry",
        ),
        (
            "INSERT INTO memory_link VALUES (77, 2, 1)",
            false,
            "the link from the entry `77` to `2` starts at or leads to an entry",
        ),
        (
            "INSERT INTO memory_link VALUES (2, 3, 9)",
            false,
            "the link from the entry `2` to `3` has an unknown relation",
        ),
        (
            "INSERT INTO memory_tag VALUES ('x', 77)",
            false,
            "the tag `x` belongs to an entry that does not exist",
        ),
        (
            "INSERT INTO memory_tag VALUES ('x', 2)",
            true,
            "the entry `2` has other tags than the index of tags",
        ),
        (
            "DELETE FROM memory_tag WHERE memory = 2",
            true,
            "the entry `2` has other tags than the index of tags",
        ),
        (
            "UPDATE memory SET examples = '{' WHERE id = 2",
            true,
            "the entry `2` has merged contents that are not valid JSON",
        ),
        (
            "UPDATE memory SET project = CAST(x'ff' AS TEXT) WHERE id = 2",
            true,
            "the entry `2` has text that is not UTF-8",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let mut db = open(&from);
        for text in ["walrus one", "walrus two", "walrus three"] {
            create(&mut db, text);
        }
        let link = Link {
            origin: 3,
            target: 1,
            relation: Relation::Supersedes,
        };
        assert!(db.memory().link(&link).unwrap());
        assert_eq!(db.check(true).unwrap(), Checked::default());
        drop(db);
        run(&from, damage);
        let mut db = open(&from);
        assert_eq!(db.check(false).unwrap().problems.is_empty(), is_deep, "{damage}");
        let problems = db.check(true).unwrap().problems;
        assert!(
            problems.len() == 1 && problems[0].starts_with(problem),
            "{damage}: {problems:?}"
        );
        drop(db);
        let recovered = recover(&Home::new(&from), &Home::new(&to)).unwrap();
        assert_eq!((recovered.entries, recovered.lost_entries), (3, 0), "{damage}");
        let mut copy = open(&to);
        assert_eq!(copy.check(true).unwrap(), Checked::default(), "{damage}");
        assert!(found(&mut copy, "walrus").contains(&2), "{damage}");
    }
}

#[test]
fn entries_that_would_both_be_merged_are_noted() {
    let folder = TempDir::new().unwrap();
    let mut db = open(folder.path());
    for number in [1, 2] {
        let content = format!("timeout after {number} requests");
        let new = NewEntry {
            merge: false,
            ..NewEntry::new(Kind::Episodic, &content)
        };
        db.memory().create(&new).unwrap();
    }
    assert_eq!(db.check(true).unwrap(), Checked::default());
    run(folder.path(), "UPDATE memory SET merges = 1");
    let checked = db.check(true).unwrap();
    assert_eq!(checked.problems, [] as [&str; 0]);
    assert_eq!(
        checked.notes,
        ["the entries `1` and `2` only differ in values: later ones are merged with the first"]
    );
}

/// A split entry has no link of its own to what supersedes it.
#[test]
fn a_part_of_a_superseded_entry_is_valid_again_when_that_is_deleted() {
    let mut db = Db::in_memory().unwrap();
    for number in [1, 2] {
        let content = format!("timeout after {number} requests");
        let new = NewEntry::new(Kind::Episodic, &content);
        db.memory().create(&new).unwrap();
    }
    let by = db
        .memory()
        .correct(1, "the pool was empty", Source::User)
        .unwrap()
        .id;
    let part = db.memory().split(1).unwrap()[0].id;
    assert_eq!(db.memory().get(part).unwrap().superseded_by, Some(by));
    db.memory().delete(by).unwrap();
    assert_eq!(db.memory().get(part).unwrap().superseded_by, None);
    assert_eq!(db.check(true).unwrap(), Checked::default());
}
