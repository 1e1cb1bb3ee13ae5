//! Values of entries: names that are valid, and importance.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::memory::{Filter, Kind, NewEntry, Order, Source};
use clawpowers_executor::{Db, Error, ErrorKind};

fn is_invalid<T: std::fmt::Debug>(result: Result<T, Error>, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert!(error.message.contains(message), "{error}");
}

#[test]
fn names_with_hidden_characters_are_rejected() {
    let mut db = Db::in_memory().unwrap();
    for hidden in ["release\u{202e}evil", "a\u{200b}b", "x\u{e0041}"] {
        let tags = [hidden.to_owned()];
        for new in [
            NewEntry {
                title: Some(hidden),
                ..NewEntry::new(Kind::Semantic, "text")
            },
            NewEntry {
                project: Some(hidden),
                ..NewEntry::new(Kind::Semantic, "text")
            },
            NewEntry {
                tags: &tags,
                ..NewEntry::new(Kind::Semantic, "text")
            },
        ] {
            is_invalid(db.memory().create(&new), "contains hidden characters");
        }
        is_invalid(
            db.memory().save_checkpoint(hidden, "state", None, None),
            "contains hidden characters",
        );
    }
    assert_eq!(
        db.memory().list(&Filter::default(), Order::Newest, 10).unwrap(),
        []
    );
    // Joiners of emoji and of words are not hidden, and a content is kept as it is.
    let new = NewEntry {
        title: Some("👩\u{200d}💻 می\u{200c}خواهم"),
        ..NewEntry::new(Kind::Semantic, "a\u{200b}b")
    };
    assert_eq!(db.memory().create(&new).unwrap().entry.content, "a\u{200b}b");
}

#[test]
fn what_somebody_confirms_is_as_important_as_what_they_create() {
    let mut db = Db::in_memory().unwrap();
    let hook = NewEntry {
        source: Source::Hook,
        ..NewEntry::new(Kind::Semantic, "needs redis")
    };
    assert_eq!(db.memory().create(&hook).unwrap().entry.importance, 0.3);
    let new = NewEntry::new(Kind::Semantic, "needs redis");
    assert_eq!(db.memory().create(&new).unwrap().entry.importance, 0.5);
}
