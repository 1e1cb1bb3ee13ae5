//! Vectors of entries.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::memory::import::{Origin, Report};
use clawpowers_executor::memory::{Change, Filter, Found, Kind, ModelVector, NewEntry, Source};
use clawpowers_executor::{Checked, Db, Error, ErrorKind, Home, Timestamp, recover};
use clawpowers_text::{Reason, Weights};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

const MODEL: &str = "all-MiniLM-L6-v2";

/// Numbers that look random, always the same for a seed.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count + 8).map(next).skip(8).collect()
}

fn vector(seed: u64, count: usize) -> ModelVector {
    ModelVector::new(MODEL, &numbers(seed, count)).unwrap()
}

fn create(db: &mut Db, content: &str, vector: &ModelVector) -> i64 {
    let new = NewEntry {
        vector: Some(vector),
        ..NewEntry::new(Kind::Semantic, content)
    };
    db.memory().create(&new).unwrap().entry.id
}

fn search(db: &mut Db, query: &str, vector: &ModelVector, filter: &Filter) -> Vec<Found> {
    db.memory()
        .search(query, Some(vector), filter, &Weights::default(), 10)
        .unwrap()
}

fn ids(found: &[Found]) -> Vec<i64> {
    found.iter().map(|found| found.entry.id).collect()
}

fn similarity(found: &Found) -> f64 {
    let reasons = found.reasons.iter();
    let mut similarities = reasons.filter_map(|reason| match reason {
        Reason::Vector(_, similarity) => Some(*similarity),
        _ => None,
    });
    similarities.next().unwrap()
}

fn is_invalid<T: std::fmt::Debug>(result: Result<T, Error>, message: &str, hint: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert_eq!((error.message.as_str(), error.hint.as_str()), (message, hint));
}

#[test]
fn the_nearest_vector_is_found_without_a_word() {
    let mut db = Db::in_memory().unwrap();
    for seed in 0..30 {
        create(
            &mut db,
            &format!("{} is a name", char::from(b'a' + seed)),
            &vector(seed.into(), 100),
        );
    }
    let found = search(&mut db, "", &vector(7, 100), &Filter::default());
    assert_eq!(found.len(), 10);
    let first = found.first().unwrap();
    assert_eq!(
        (first.entry.id, first.entry.vector_model.as_deref()),
        (8, Some(MODEL))
    );
    assert!(similarity(first) > 0.999_999);
    assert!(found.is_sorted_by(|a, b| similarity(a) >= similarity(b)));
    // The word and the vector are in two lists, and the entry in both is the best.
    let found = search(&mut db, "k", &vector(10, 100), &Filter::default());
    assert_eq!(ids(&found).first(), Some(&11));
    let reasons = &found.first().unwrap().reasons;
    assert!(
        matches!(reasons.as_slice(), [Reason::Words(1), Reason::Vector(1, _)]),
        "{reasons:?}"
    );
}

#[test]
fn filters_and_operators_hold_for_vectors() {
    let mut db = Db::in_memory().unwrap();
    let near = vector(1, 16);
    let tags = ["ops".to_owned()];
    for count in 0..1050 {
        let content = format!("{} alpha beta", "x".repeat(count + 1));
        create(&mut db, &content, &near);
    }
    let far = ModelVector::new(
        MODEL,
        &numbers(1, 16).iter().map(|number| -number).collect::<Vec<_>>(),
    )
    .unwrap();
    let mut one = |new: NewEntry<'_>| {
        let new = NewEntry {
            vector: Some(&far),
            ..new
        };
        db.memory().create(&new).unwrap().entry.id
    };
    let plain = |content| NewEntry::new(Kind::Working, content);
    let tagged = one(NewEntry {
        tags: &tags,
        ..plain("gamma")
    });
    let of_project = one(NewEntry {
        project: Some("shop"),
        ..plain("delta")
    });
    let expired = one(NewEntry {
        expires_at: Some(Timestamp::from_micros(1)),
        ..plain("epsilon")
    });
    let wrong = one(plain("zeta"));
    let right = db.memory().correct(wrong, "eta", Source::User).unwrap().id;
    let kinds = vec![Kind::Working];
    let of_kind = Filter {
        kinds,
        ..Filter::default()
    };
    let mut found = |query: &str, filter: &Filter| {
        let mut ids = ids(&search(&mut db, query, &near, filter));
        ids.sort_unstable();
        ids
    };
    // A corrected entry has no vector until it gets one.
    assert_eq!(found("", &of_kind), [tagged, of_project]);
    assert_eq!(
        found(
            "kind:working",
            &Filter {
                all: true,
                ..of_kind.clone()
            }
        ),
        [tagged, of_project, expired, wrong]
    );
    assert_eq!(found("tag:OPS", &Filter::default()), [tagged]);
    let other = Filter {
        project: Some("other".to_owned()),
        ..of_kind.clone()
    };
    assert_eq!(found("", &other), [tagged]);
    assert_eq!(found("-gamma", &of_kind), [of_project]);
    assert_eq!(found("\"gamma\"", &of_kind), [tagged]);
    assert_eq!(found("\"alpha gamma\"", &of_kind), [0; 0]);
    db.memory().delete(right).unwrap();
    let mut found = |query: &str, filter: &Filter| ids(&search(&mut db, query, &near, filter)).len();
    assert_eq!(found("", &of_kind), 3, "the entry that was wrong is valid again");
    assert_eq!(found("\"alpha beta\"", &Filter::default()), 10);
}

#[test]
fn vectors_follow_their_entries() {
    let mut db = Db::in_memory().unwrap();
    let id = create(&mut db, "timeout after 50 requests", &vector(1, 8));
    // A merged entry keeps its vector, as it keeps its content.
    assert_eq!(create(&mut db, "timeout after 73 requests", &vector(2, 8)), id);
    assert_eq!(db.memory().vector(id).unwrap(), Some(vector(1, 8)));
    // The same content again, with the vector of another model.
    let other = ModelVector::new("other", &numbers(3, 4)).unwrap();
    assert_eq!(create(&mut db, "timeout after 50 requests", &other), id);
    assert_eq!(db.memory().vector(id).unwrap(), Some(other.clone()));
    // What a hook writes does not change what is confirmed.
    let hook = NewEntry {
        source: Source::Hook,
        vector: Some(&other),
        ..NewEntry::new(Kind::Semantic, "checked")
    };
    let checked = create(&mut db, "checked", &vector(4, 8));
    assert_eq!(
        db.memory().create(&hook).unwrap().entry.vector_model.as_deref(),
        Some(MODEL)
    );
    assert_eq!(db.memory().vector(checked).unwrap(), Some(vector(4, 8)));
    // The entries that splitting creates have none.
    let split = db.memory().split(id).unwrap();
    assert_eq!(
        split.iter().map(|entry| &entry.vector_model).collect::<Vec<_>>(),
        [&None]
    );
    assert_eq!(db.memory().vector(id).unwrap(), Some(other.clone()));
    let mut update = |change: &Change<'_>| {
        let entry = db.memory().update(checked, change).unwrap();
        (
            entry.vector_model,
            entry.revision,
            db.memory().vector(checked).unwrap(),
        )
    };
    let (model, five) = (Some(MODEL.to_owned()), vector(5, 8));
    let set = Change {
        vector: Some(Some(&five)),
        ..Change::default()
    };
    assert_eq!(update(&set), (model.clone(), 3, Some(five.clone())));
    let title = Change {
        title: Some("title"),
        ..Change::default()
    };
    assert_eq!(update(&title), (model.clone(), 4, Some(five.clone())));
    // It does not describe another content.
    let content = Change {
        content: Some("not checked"),
        ..Change::default()
    };
    assert_eq!(update(&content), (None, 5, None));
    assert_eq!(
        update(&Change {
            content: Some("checked"),
            ..set.clone()
        }),
        (model, 6, Some(five))
    );
    assert_eq!(
        update(&Change {
            vector: Some(None),
            ..Change::default()
        }),
        (None, 7, None)
    );
    let merged = NewEntry {
        vector: Some(&vector(6, 8)),
        ..hook.clone()
    };
    db.memory()
        .create(&NewEntry {
            source: Source::User,
            ..merged
        })
        .unwrap();
    assert_eq!(db.memory().vector(checked).unwrap(), Some(vector(6, 8)));
}

/// Deleting gives the last vector the slot that is free.
#[test]
fn no_gap_is_left() {
    let mut db = Db::in_memory().unwrap();
    let mut kept = BTreeMap::new();
    for seed in 0..560 {
        kept.insert(
            create(&mut db, &"x".repeat(seed + 1), &vector(seed as u64, 8)),
            seed as u64,
        );
    }
    let is_found = |db: &mut Db, seed: u64| {
        let found = search(db, "", &vector(seed, 8), &Filter::default());
        let first = found.first().unwrap();
        (first.entry.id, similarity(first) > 0.999_999)
    };
    let mut state = 1_u64;
    while let Some(count) = kept.len().checked_sub(1) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(3);
        let (&id, &seed) = kept.iter().nth((state >> 40) as usize % (count + 1)).unwrap();
        if count.is_multiple_of(100) || count < 4 {
            assert_eq!(is_found(&mut db, seed), (id, true));
        }
        db.memory().delete(id).unwrap();
        kept.remove(&id);
    }
    let found = search(&mut db, "", &vector(1, 8), &Filter::default());
    assert!(found.is_empty());
    // No vector of the model is left, so it may have another dimension.
    create(&mut db, "new", &vector(1, 9));
}

#[test]
fn vectors_of_other_models_and_dimensions_are_refused() {
    let mut db = Db::in_memory().unwrap();
    let search = |db: &mut Db, vector| {
        db.memory()
            .search("", Some(vector), &Filter::default(), &Weights::default(), 10)
    };
    let (three, four) = (vector(1, 3), vector(1, 4));
    let other = ModelVector::new("o`ther", &numbers(1, 5)).unwrap();
    // Nothing to find is no error, so that a new home can be searched.
    assert_eq!(search(&mut db, &three).unwrap(), []);
    let id = create(&mut db, "three", &three);
    assert_eq!(search(&mut db, &three).unwrap().len(), 1);
    let wrong = "the vectors of the model `all-MiniLM-L6-v2` have 3 numbers, not 4";
    let hint = "compute it with this model, or name the model that computed it";
    is_invalid(search(&mut db, &four), wrong, hint);
    let new = NewEntry {
        vector: Some(&four),
        ..NewEntry::new(Kind::Semantic, "four")
    };
    is_invalid(db.memory().create(&new), wrong, hint);
    assert_eq!(db.memory().get(id + 1).unwrap_err().kind, ErrorKind::NotFound);
    create(&mut db, "five", &other);
    is_invalid(
        search(&mut db, &ModelVector::new("none", &[1.0]).unwrap()),
        "no entry has a vector of the model `none`",
        "the entries have vectors of `all-MiniLM-L6-v2` (3 numbers), `o`ther` (5 numbers)",
    );
    // The only vector of a model may be replaced by one of another dimension.
    let change = Change {
        vector: Some(Some(&four)),
        ..Change::default()
    };
    assert_eq!(db.memory().update(id, &change).unwrap().revision, 2);
    for (model, numbers, message) in [
        ("", &[1.0][..], "the model is empty"),
        ("a\nb", &[1.0], "the model `a\\nb` contains control characters"),
        (MODEL, &[], "the vector is empty"),
        (MODEL, &[0.0, 0.0], "all numbers of the vector are 0"),
        (
            MODEL,
            &[1.0, f64::NAN],
            "the number at index 1 of the vector is not finite",
        ),
        (
            MODEL,
            &[f64::INFINITY],
            "the number at index 0 of the vector is not finite",
        ),
        (MODEL, &[1.0; 5000], "the vector has 5000 numbers, more than 4096"),
    ] {
        let error = ModelVector::new(model, numbers).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::Invalid, message)
        );
    }
}

#[test]
fn a_forgotten_vector_is_in_no_file() {
    let folder = TempDir::new().unwrap();
    let mut db = Db::create(&Home::new(folder.path())).unwrap();
    // The vector of the last entry moves to the slot of the forgotten one.
    let vectors: Vec<ModelVector> = (0..5).map(|seed| vector(seed, 384)).collect();
    let ids: Vec<i64> = vectors
        .iter()
        .zip(["a", "b", "c", "d", "e"])
        .map(|(vector, text)| create(&mut db, text, vector))
        .collect();
    let mut parts = BTreeSet::new();
    let forgotten = vectors.get(2).unwrap();
    let bytes: Vec<u8> = forgotten
        .numbers()
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    parts.extend(bytes.chunks(12).map(<[u8]>::to_vec));
    let numbers: Vec<f64> = forgotten
        .numbers()
        .iter()
        .map(|number| f64::from(*number))
        .collect();
    let bits = clawpowers_text::vector::UnitVector::new(&numbers).unwrap().bits();
    parts.extend(bits.chunks(12).map(<[u8]>::to_vec));
    let left = || {
        let files = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| fs::read(entry.unwrap().path()).unwrap());
        let files: Vec<Vec<u8>> = files.collect();
        let is_in = |part: &Vec<u8>| {
            files
                .iter()
                .any(|file| file.windows(12).any(|window| window == part))
        };
        parts.iter().filter(|part| is_in(part)).count()
    };
    assert_eq!(left(), parts.len());
    assert!(db.memory().forget(*ids.get(2).unwrap()).unwrap().erased);
    assert_eq!(left(), 0);
    assert_eq!(db.check(true).unwrap(), Checked::default());
    let found = search(&mut db, "", vectors.get(4).unwrap(), &Filter::default());
    assert_eq!(found.first().map(|found| found.entry.id), ids.get(4).copied());
}

#[test]
fn vectors_are_recovered() {
    let folder = TempDir::new().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let mut db = Db::create(&Home::new(&from)).unwrap();
    let without = db
        .memory()
        .create(&NewEntry::new(Kind::Semantic, "zero"))
        .unwrap()
        .entry
        .id;
    let ids: Vec<i64> = (0..600)
        .map(|seed| create(&mut db, &"x".repeat(seed + 1), &vector(seed as u64, 16)))
        .collect();
    db.memory().delete(*ids.get(3).unwrap()).unwrap();
    drop(db);
    let recovered = recover(&Home::new(&from), &Home::new(&to)).unwrap();
    assert_eq!((recovered.entries, recovered.exact), (600, true));
    let mut db = Db::create(&Home::new(&to)).unwrap();
    assert_eq!(db.memory().vector(without).unwrap(), None);
    for seed in [0, 1, 599] {
        let wanted = vector(seed, 16);
        let id = *ids.get(seed as usize).unwrap();
        assert_eq!(db.memory().vector(id).unwrap().as_ref(), Some(&wanted));
        let found = search(&mut db, "", &wanted, &Filter::default());
        assert_eq!(found.first().map(|found| found.entry.id), Some(id));
    }
    assert_eq!(db.check(true).unwrap(), Checked::default());
}

#[test]
fn vectors_are_exported_and_imported() {
    fn export(db: &mut Db) -> String {
        let mut lines = Vec::new();
        let write = |line: &str| {
            lines.push(line.to_owned());
            true
        };
        db.memory().export(false, write).unwrap();
        lines.join("\n")
    }
    fn import(db: &mut Db, text: &str) -> Report {
        let origin = Origin {
            name: "lines",
            place: None,
        };
        db.memory()
            .import(|importer| importer.file(text.as_bytes(), origin, None))
            .unwrap()
    }
    let (mut from, mut to, mut other) = (
        Db::in_memory().unwrap(),
        Db::in_memory().unwrap(),
        Db::in_memory().unwrap(),
    );
    let vectors = [vector(1, 50), vector(2, 50)];
    from.memory()
        .create(&NewEntry::new(Kind::Semantic, "without"))
        .unwrap();
    let late = from
        .memory()
        .create(&NewEntry::new(Kind::Semantic, "late"))
        .unwrap()
        .entry
        .id;
    create(&mut from, "early", &vectors[0]);
    let first = export(&mut from);
    import(&mut to, &first);
    assert_eq!(export(&mut to), first);
    assert_eq!(to.memory().vector(3).unwrap().as_ref(), Some(&vectors[0]));
    // What is known already gets the vector that it lacks.
    let change = Change {
        vector: Some(Some(&vectors[1])),
        ..Change::default()
    };
    from.memory().update(late, &change).unwrap();
    let report = import(&mut to, &export(&mut from));
    assert_eq!((report.known, report.created), (3, 0));
    assert_eq!(to.memory().vector(late).unwrap().as_ref(), Some(&vectors[1]));
    // Another home has shorter vectors of a model with this name.
    create(&mut other, "short", &vector(1, 2));
    let report = import(&mut other, &first);
    assert_eq!(
        (report.created, report.notes.reasons.get("vector")),
        (3, Some(&1))
    );
    assert_eq!(search(&mut other, "", &vector(1, 2), &Filter::default()).len(), 1);
}
