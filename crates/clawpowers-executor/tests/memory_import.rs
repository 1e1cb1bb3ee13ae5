//! Imports of entries.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::memory::import::{Format, Origin, Report};
use clawpowers_executor::memory::{Kind, Link, NewEntry, Relation};
use clawpowers_executor::{Checked, Db, Home};
use proptest::prelude::*;
use std::fs;
use std::io::{self, BufReader, Read};

fn import(db: &mut Db, bytes: &[u8], format: Option<Format>) -> Report {
    let origin = Origin {
        name: "lines",
        place: Some("/lines"),
    };
    db.memory()
        .import(|importer| importer.file(bytes, origin, format))
        .unwrap()
}

fn export(db: &mut Db) -> String {
    let mut text = String::new();
    let write = |line: &str| {
        text.push_str(line);
        text.push('\n');
        true
    };
    db.memory().export(true, write).unwrap();
    text
}

/// An export of 2,500 entries, each of which supersedes the one before.
fn many() -> String {
    let mut db = Db::in_memory().unwrap();
    for number in 0..2500 {
        let content = format!("entry {}", "x".repeat(number % 50 + 1));
        let new = NewEntry {
            merge: false,
            ..NewEntry::new(Kind::Semantic, &content)
        };
        let id = db.memory().create(&new).unwrap().entry.id;
        if id > 1 {
            let link = Link {
                origin: id,
                target: id - 1,
                relation: Relation::Supersedes,
            };
            db.memory().link(&link).unwrap();
        }
    }
    export(&mut db)
}

#[test]
fn an_import_of_several_transactions_that_failed_is_completed_by_the_next() {
    /// A reader that fails at its end.
    struct Broken<R>(R);
    impl<R: Read> Read for Broken<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("unplugged")),
                read => Ok(read),
            }
        }
    }

    let text = many();
    let folder = tempfile::tempdir().unwrap();
    let mut db = Db::create(&Home::new(folder.path())).unwrap();
    let origin = Origin {
        name: "lines",
        place: None,
    };
    let failed = db
        .memory()
        .import(|importer| importer.file(BufReader::new(Broken(text.as_bytes())), origin, None));
    assert!(failed.unwrap_err().message.contains("unplugged"));
    let report = import(&mut db, text.as_bytes(), None);
    assert_eq!((report.created, report.known, report.links), (500, 2000, 2499));
    assert_eq!(export(&mut db), text);
    let report = import(&mut db, text.as_bytes(), None);
    assert_eq!((report.created, report.known, report.links), (0, 2500, 0));
    assert_eq!(db.check(true).unwrap(), Checked::default());
}

#[test]
fn a_link_of_a_copied_home_is_not_one_of_the_entry_with_the_same_id() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let create = |db: &mut Db, content: &str| {
        let new = NewEntry::new(Kind::Semantic, content);
        db.memory().create(&new).unwrap().entry.id
    };
    let mut db = Db::create(&Home::new(folder.path())).unwrap();
    create(&mut db, "common");
    drop(db);
    for name in ["clawpowers.db", "clawpowers.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut db = Db::create(&Home::new(folder.path())).unwrap();
    let own = create(&mut db, "a fact about the build of kernels");
    let mut other = Db::create(&Home::new(copy.path())).unwrap();
    let target = create(&mut other, "other text");
    assert_eq!(target, own);
    let link = Link {
        origin: 1,
        target,
        relation: Relation::Supersedes,
    };
    other.memory().link(&link).unwrap();
    let text = export(&mut other);
    for _ in 0..3 {
        import(&mut db, text.as_bytes(), None);
        assert_eq!(db.memory().get(own).unwrap().superseded_by, None);
    }
}

/// One line of each format.
const LINES: [&str; 6] = [
    r#"{"uid":"h-m1","kind":"semantic","content":"timeout after 50 requests","importance":0.5,"source":"agent","confirmed":true,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","used_at":"2026-01-01T00:00:00Z","uses":1,"revision":1,"merges":true,"examples":[{"content":"x","at":"2026-01-01T00:00:00Z"}],"links":[{"relation":"resolves","target":"h-m1"}]}"#,
    r#"{"checkpoint":{"task":"t","state":"{}","goal":"g","saved_at":"2026-01-01T00:00:00Z"}}"#,
    r#"{"pattern_id":"p","description":"d","solution":"s","tags":["a"],"success_count":2,"created_at":"2026-01-01T00:00:00Z"}"#,
    r#"{"taskId":"t","timestamp":"2026-01-01T00:00:00Z","description":"d","lessonsLearned":["l"],"skillsUsed":["s"]}"#,
    r#"{"skillName":"s","invocationCount":3,"successRate":0.5,"avgContribution":1e300,"mutations":[{"status":"active"}]}"#,
    r#"{"type":"entity","name":"n","entityType":"t","observations":["o"]}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a file has, an import ends, can be repeated without a change, and leaves a sound database.
    #[test]
    fn any_bytes_can_be_imported(
        lines in prop::collection::vec((0..LINES.len(), any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..4)), 0..6),
        format in 0..=Format::ALL.len(),
    ) {
        let mut bytes = Vec::new();
        for (number, at, inserted) in &lines {
            let mut line = LINES[*number].as_bytes().to_vec();
            let at = at.index(line.len());
            line.splice(at..at + inserted.len().min(line.len() - at), inserted.iter().copied());
            bytes.extend(line);
            bytes.push(b'\n');
        }
        let format = Format::ALL.get(format).copied();
        let mut db = Db::in_memory().unwrap();
        import(&mut db, &bytes, format);
        let first = export(&mut db);
        let report = import(&mut db, &bytes, format);
        prop_assert_eq!((report.created, report.merged, report.checkpoints, report.links), (0, 0, 0, 0));
        prop_assert_eq!(&export(&mut db), &first);
        // It may be noted that two entries with different uids only differ in values.
        prop_assert_eq!(db.check(true).unwrap().problems, Vec::<String>::new());
        // What was imported can be exported and imported again.
        let mut other = Db::in_memory().unwrap();
        import(&mut other, first.as_bytes(), None);
        prop_assert_eq!(export(&mut other), first);
    }
}
