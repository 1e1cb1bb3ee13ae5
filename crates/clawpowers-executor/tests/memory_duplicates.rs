//! Entries that nearly say the same, and counts.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::memory::{Duplicates, Kind, Link, ModelVector, NewEntry, Relation, Source};
use clawpowers_executor::{Db, ErrorKind, Timestamp};

const ONE: &str = "the tests need a running redis";
const TWO: &str = "redis must be running for the tests";

fn create(db: &mut Db, new: &NewEntry<'_>) -> i64 {
    db.memory().create(new).unwrap().entry.id
}

fn entry(content: &str) -> NewEntry<'_> {
    NewEntry::new(Kind::Semantic, content)
}

fn link(origin: i64, target: i64, relation: Relation) -> Link {
    Link {
        origin,
        target,
        relation,
    }
}

fn duplicates(db: &mut Db, project: Option<&str>) -> Duplicates {
    db.memory().duplicates(project, 0.6, 10).unwrap()
}

fn groups(found: &Duplicates) -> Vec<(i64, Vec<i64>)> {
    let ids = |group: &clawpowers_executor::memory::DuplicateGroup| {
        let others = group.others.iter().map(|other| other.entry.id);
        (group.keep.id, others.collect())
    };
    found.groups.iter().map(ids).collect()
}

#[test]
fn the_confirmed_and_most_used_entry_is_kept_and_differences_are_named() {
    let mut db = Db::in_memory().unwrap();
    assert_eq!(duplicates(&mut db, None), Duplicates::default());
    let hook = create(
        &mut db,
        &NewEntry {
            source: Source::Hook,
            importance: Some(1.0),
            ..entry(ONE)
        },
    );
    let used = create(&mut db, &entry(TWO));
    create(&mut db, &entry(TWO));
    let other = create(&mut db, &entry("running redis is what all tests need"));
    create(&mut db, &entry("the walrus is a mammal"));
    let found = duplicates(&mut db, None);
    assert_eq!(groups(&found), [(used, vec![hook, other])]);
    assert_eq!((found.found, found.compared, found.bounded), (1, 4, false));
    let first = found
        .groups
        .first()
        .and_then(|group| group.others.first())
        .unwrap();
    assert_eq!(first.shared, 0.6);
    assert_eq!(
        (first.only_here.as_slice(), first.only_in_keep.as_slice()),
        (&["need".to_owned()][..], &["must".to_owned()][..])
    );
    assert_eq!(db.memory().get(hook).unwrap().superseded_by, None);
    assert_eq!(db.memory().duplicates(None, 0.6, 0).unwrap().groups, []);
}

#[test]
fn only_entries_that_may_be_one_are_compared() {
    let mut db = Db::in_memory().unwrap();
    let of = |project, content| NewEntry {
        project,
        ..entry(content)
    };
    let shop = create(&mut db, &of(Some("shop"), ONE));
    let farm = create(&mut db, &of(Some("farm"), TWO));
    assert_eq!(groups(&duplicates(&mut db, None)), []);
    let all = create(&mut db, &of(None, TWO));
    assert_eq!(
        groups(&duplicates(&mut db, None)),
        [(all, vec![shop])],
        "`{farm}` only repeats it"
    );
    assert_eq!(groups(&duplicates(&mut db, Some("farm"))), []);
    db.memory().link(&link(shop, all, Relation::Contradicts)).unwrap();
    assert_eq!(groups(&duplicates(&mut db, None)), []);
    db.memory()
        .unlink(&link(shop, all, Relation::Contradicts))
        .unwrap();
    db.memory().link(&link(all, shop, Relation::Supersedes)).unwrap();
    assert_eq!(groups(&duplicates(&mut db, None)), []);
    create(
        &mut db,
        &NewEntry {
            expires_at: Some(Timestamp::from_micros(1)),
            ..entry("tests need redis running")
        },
    );
    assert_eq!(groups(&duplicates(&mut db, None)), []);
    for least in [0.0, -1.0, 1.01, f64::NAN] {
        let error = db.memory().duplicates(None, least, 10).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{least}");
    }
}

#[test]
fn entries_are_counted() {
    let mut db = Db::in_memory().unwrap();
    let none = db.memory().stats(None).unwrap();
    assert_eq!(
        (none.entries, none.kinds.len(), none.sources.len(), none.oldest),
        (0, 4, 4, None)
    );
    let vector = ModelVector::new("mini", &[1.0, 2.0]).unwrap();
    let first = create(
        &mut db,
        &NewEntry {
            vector: Some(&vector),
            ..entry("timeout after 5 requests")
        },
    );
    create(&mut db, &entry("timeout after 77 requests"));
    let old = Timestamp::parse("2020-01-02T03:04:05Z").unwrap();
    create(
        &mut db,
        &NewEntry {
            source: Source::Hook,
            project: Some("shop"),
            at: Some(old),
            expires_at: Some(Timestamp::from_micros(1)),
            ..NewEntry::new(Kind::Working, "é")
        },
    );
    let corrected = db.memory().correct(first, "none", Source::User).unwrap();
    db.memory().save_checkpoint("t", "{}", None, None).unwrap();
    let stats = db.memory().stats(None).unwrap();
    assert_eq!(
        stats.kinds,
        [
            (Kind::Working, 1),
            (Kind::Episodic, 0),
            (Kind::Semantic, 2),
            (Kind::Procedural, 0)
        ]
    );
    assert_eq!(stats.projects, [(None, 2), (Some("shop".to_owned()), 1)]);
    assert_eq!(
        (stats.entries, stats.unconfirmed, stats.superseded, stats.expired),
        (3, 1, 1, 1)
    );
    assert_eq!(
        (stats.merged, stats.uses, stats.links, stats.checkpoints),
        (1, 4, 1, 1)
    );
    assert_eq!(
        (stats.oldest, stats.newest),
        (Some(old), Some(corrected.created_at))
    );
    assert_eq!(stats.vectors, 1);
    assert!(stats.bytes > 24 + 25 + 2 + 4, "{}", stats.bytes);
    let farm = db.memory().stats(Some("farm")).unwrap();
    assert_eq!((farm.entries, farm.projects), (2, vec![(None, 2)]));
}
