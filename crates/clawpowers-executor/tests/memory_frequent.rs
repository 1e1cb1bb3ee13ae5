//! Words that most entries have: the number of ranked entries is bounded, and no entry is lost by that.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::Db;
use clawpowers_executor::memory::{Filter, Kind, NewEntry};
use clawpowers_text::Weights;

/// How many entries are ranked.
const RANKED: usize = 5;
const ENTRIES: i64 = 60;

/// A home whose entries all have `common` and `thing`; the first one has `walrus`, and every third `third`.
fn home() -> Db {
    let mut db = Db::in_memory().unwrap();
    for number in 0..ENTRIES {
        let mut text = "a common thing ".to_owned();
        if number == 0 {
            text.push_str("walrus ");
        }
        if number % 3 == 0 {
            text.push_str("third ");
        }
        // Digits are values.
        text.extend(number.to_string().bytes().map(|digit| char::from(digit + 49)));
        let new = NewEntry {
            project: Some(if number < 2 { "old" } else { "new" }),
            ..NewEntry::new(Kind::Semantic, &text)
        };
        db.memory().create(&new).unwrap();
    }
    db
}

fn found(db: &mut Db, query: &str, filter: &Filter, limit: usize) -> Vec<i64> {
    let weights = Weights {
        ranked: RANKED,
        ..Weights::default()
    };
    let hits = db.memory().search(query, None, filter, &weights, limit).unwrap();
    hits.into_iter().map(|hit| hit.entry.id).collect()
}

fn old() -> Filter {
    Filter {
        project: Some("old".to_owned()),
        ..Filter::default()
    }
}

#[test]
fn an_entry_with_a_rare_word_comes_first() {
    let mut db = home();
    for query in ["common walrus", "walrus common thing", "third walrus common"] {
        let hits = found(&mut db, query, &Filter::default(), 10);
        assert_eq!((hits.len(), hits.first()), (10, Some(&1)), "{query}");
    }
}

#[test]
fn frequent_words_find_the_newest_entries() {
    let mut db = home();
    let newest: Vec<i64> = (ENTRIES - 9..=ENTRIES).collect();
    let mut hits = found(&mut db, "common", &Filter::default(), 10);
    hits.sort_unstable();
    assert_eq!(hits, newest);
    // Those with both words come before those with one.
    let hits = found(&mut db, "common third", &Filter::default(), RANKED);
    assert!(hits.iter().all(|id| id % 3 == 1), "{hits:?}");
}

#[test]
fn a_filter_that_leaves_out_the_newest_finds_the_others() {
    let mut db = home();
    for query in [
        "common",
        "common thing",
        "\"common thing\"",
        "comm* thin*",
        "common -third",
    ] {
        let mut hits = found(&mut db, query, &old(), 10);
        hits.sort_unstable();
        let right = if query.ends_with("third") {
            vec![2]
        } else {
            vec![1, 2]
        };
        assert_eq!(hits, right, "{query}");
    }
    // The entry with the rare word is left out by the filter, the frequent one remains.
    let new = Filter {
        project: Some("new".to_owned()),
        ..Filter::default()
    };
    assert_eq!(found(&mut db, "walrus common", &new, 10).len(), 10);
}

#[test]
fn every_entry_is_found_if_there_is_room() {
    let mut db = home();
    for query in ["common", "common thing walrus", "third common", "common 17"] {
        let mut hits = found(&mut db, query, &Filter::default(), 1000);
        hits.sort_unstable();
        let all: Vec<i64> = (1..=ENTRIES).collect();
        assert_eq!(hits, all, "{query}");
    }
    let thirds = found(&mut db, "\"thing third\" common", &Filter::default(), 1000);
    assert_eq!(thirds.len(), 19, "{thirds:?}");
}
