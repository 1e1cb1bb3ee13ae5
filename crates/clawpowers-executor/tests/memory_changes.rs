//! Entries that are corrected, changed and merged, and what came before them in their sessions.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::memory::{Change, Filter, Kind, Link, NewEntry, Relation, Source};
use clawpowers_executor::{Db, Timestamp};
use clawpowers_text::Weights;

fn create(db: &mut Db, new: &NewEntry<'_>) -> i64 {
    db.memory().create(new).unwrap().entry.id
}

fn entry(content: &str) -> NewEntry<'_> {
    NewEntry::new(Kind::Episodic, content)
}

fn said<'a>(content: &'a str, project: Option<&'a str>) -> NewEntry<'a> {
    NewEntry {
        session: Some("s"),
        project,
        ..entry(content)
    }
}

fn found(db: &mut Db, query: &str) -> Vec<i64> {
    let hits = db
        .memory()
        .search(query, None, &Filter::default(), &Weights::default(), 10);
    let mut ids: Vec<i64> = hits.unwrap().into_iter().map(|hit| hit.entry.id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn two_entries_before_it_in_its_session_are_searched_with_an_entry() {
    let mut db = Db::in_memory().unwrap();
    let texts = [
        "the walrus sleeps",
        "behind the boiler",
        "it is warm there",
        "nobody knows why",
    ];
    let [first, second, third, _] = texts.map(|text| create(&mut db, &said(text, None)));
    assert_eq!(found(&mut db, "walrus"), [first, second, third]);
    let change = Change {
        content: Some("the seal sleeps"),
        ..Change::default()
    };
    db.memory().update(first, &change).unwrap();
    assert_eq!(found(&mut db, "walrus"), [] as [i64; 0]);
    assert_eq!(found(&mut db, "seal"), [first, second, third]);
    // The one before it takes its place.
    db.memory().delete(second).unwrap();
    assert_eq!(found(&mut db, "boiler"), [] as [i64; 0]);
    assert_eq!(found(&mut db, "seal"), [first, third, third + 1]);
}

#[test]
fn a_session_does_not_show_what_is_of_another_project_or_wrong_or_expires() {
    let mut db = Db::in_memory().unwrap();
    let [a, b] = ["a", "b"].map(Some);
    let secret = create(&mut db, &said("the walrus sleeps", a));
    create(&mut db, &said("the build is green", b));
    create(&mut db, &said("the tests are slow", None));
    assert_eq!(found(&mut db, "walrus"), [secret]);

    let wrong = create(&mut db, &said("the otter swims", a));
    let next = create(&mut db, &said("the river is cold", a));
    assert_eq!(found(&mut db, "otter"), [wrong, next]);
    let right = db
        .memory()
        .correct(wrong, "the beaver swims", Source::User)
        .unwrap()
        .id;
    assert_eq!(found(&mut db, "otter"), [] as [i64; 0]);
    let link = Link {
        origin: right,
        target: wrong,
        relation: Relation::Supersedes,
    };
    db.memory().unlink(&link).unwrap();
    assert_eq!(found(&mut db, "otter"), [wrong, next, right]);

    let expires = NewEntry {
        expires_at: Some(Timestamp::from_micros(i64::MAX / 2)),
        ..said("the lynx hunts", Some("c"))
    };
    let lynx = create(&mut db, &expires);
    let after = create(&mut db, &said("snow fell", Some("c")));
    assert_eq!(found(&mut db, "lynx"), [lynx]);
    let never = Change {
        expires_at: Some(None),
        ..Change::default()
    };
    db.memory().update(lynx, &never).unwrap();
    assert_eq!(found(&mut db, "lynx"), [lynx, after]);
}

#[test]
fn a_correction_merges_with_later_entries() {
    let mut db = Db::in_memory().unwrap();
    let wrong = create(&mut db, &entry("the tests need Redis 6"));
    let right = db
        .memory()
        .correct(wrong, "the tests need Redis 7", Source::User)
        .unwrap();
    assert_ne!(right.id, wrong);
    let again = db.memory().create(&entry("the tests need Redis 8")).unwrap();
    assert_eq!((again.merged, again.entry.id), (true, right.id));
    assert_eq!(again.entry.content, "the tests need Redis 7");
}

#[test]
fn a_correction_with_a_known_content_is_that_entry() {
    let mut db = Db::in_memory().unwrap();
    let known = create(&mut db, &entry("the tests need Postgres"));
    let wrong = create(&mut db, &entry("the tests need Redis"));
    let right = db
        .memory()
        .correct(wrong, "the tests need Postgres", Source::User)
        .unwrap();
    assert_eq!((right.id, right.uses), (known, 2));
    assert_eq!(db.memory().get(wrong).unwrap().superseded_by, Some(known));
}

#[test]
fn a_correction_is_not_merged_with_an_entry_of_other_values() {
    let mut db = Db::in_memory().unwrap();
    let other = create(&mut db, &entry("port 5 is open"));
    let wrong = create(&mut db, &entry("the port is closed"));
    let right = db
        .memory()
        .correct(wrong, "port 7 is open", Source::User)
        .unwrap();
    assert_ne!(right.id, other);
    assert_eq!(right.content, "port 7 is open");
    // Only one of the two merges.
    assert_eq!(create(&mut db, &entry("port 9 is open")), other);
}

#[test]
fn entries_that_become_equal_are_not_both_merged_with() {
    let mut db = Db::in_memory().unwrap();
    let first = create(&mut db, &entry("port 5 is open"));
    let second = create(&mut db, &entry("the port is closed"));
    let change = Change {
        content: Some("port 7 is open"),
        ..Change::default()
    };
    let changed = db.memory().update(second, &change).unwrap();
    assert_eq!(
        (changed.content.as_str(), changed.revision),
        ("port 7 is open", 2)
    );
    assert_eq!(create(&mut db, &entry("port 7 is open")), first);
    // The other one is still the only one when the first is gone, but stays an entry of its own.
    db.memory().delete(first).unwrap();
    assert!(![first, second].contains(&create(&mut db, &entry("port 9 is open"))));
}
