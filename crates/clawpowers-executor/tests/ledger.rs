//! Stored executions can be exported and imported, and deletions apply in every home.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_executor::ledger::{ExecutionFields, Filter, NewExecution, Order, Outcome, jsonl};
use clawpowers_executor::{Db, ErrorKind, Home, Timestamp};
use tempfile::TempDir;

fn home() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::create(&Home::new(folder.path())).unwrap();
    (folder, db)
}

/// Exports a home.
fn export(db: &mut Db) -> String {
    let home = db.home_id().unwrap();
    let mut lines = String::new();
    db.ledger()
        .each(&Filter::default(), Order::OldestFirst, |execution| {
            lines.push_str(&(jsonl(&execution, &home) + "\n"));
            true
        })
        .unwrap();
    db.ledger()
        .each_deletion(&Filter::default(), |deletion| {
            lines.push_str(&(deletion.jsonl() + "\n"));
            true
        })
        .unwrap();
    lines
}

fn import(db: &mut Db, lines: &str) -> (u64, u64, u64) {
    let report = db.ledger().import(lines.as_bytes(), "test").unwrap();
    assert_eq!(report.skipped, vec![]);
    assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
    (report.imported, report.known, report.deleted)
}

#[test]
fn durations_are_clamped_to_the_maximum() {
    let (_folder, mut db) = home();
    let began = NewExecution {
        skill: "s",
        at: Some(Timestamp::parse("1971-01-01").unwrap()),
        ..NewExecution::default()
    };
    let id = db.ledger().start(&began).unwrap().id;
    let ended = db
        .ledger()
        .finish(id, Outcome::Success, &ExecutionFields::default())
        .unwrap();
    assert_eq!(ended.fields.duration, Some(100_000_000_000_000));
    let (_other, mut other) = home();
    assert_eq!(import(&mut other, &export(&mut db)), (1, 0, 0));
}

#[test]
fn a_clock_beyond_the_year_9999_stores_nothing() {
    let (_folder, mut db) = home();
    for micros in [253_402_207_200_000_001, i64::MAX, -62_135_596_800_000_001] {
        let new = NewExecution {
            skill: "s",
            at: Some(Timestamp::from_micros(micros)),
            ..NewExecution::default()
        };
        for refused in [
            db.ledger().record(&new, Outcome::Success),
            db.ledger().start(&new),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
            assert!(
                error.to_string().contains("outside the years 1 to 9999"),
                "{error}"
            );
        }
    }
    let last = NewExecution {
        skill: "s",
        at: Some(Timestamp::parse("9999-12-30T22:00:00Z").unwrap()),
        ..NewExecution::default()
    };
    db.ledger().record(&last, Outcome::Success).unwrap();
    let (_other, mut other) = home();
    assert_eq!(import(&mut other, &export(&mut db)), (1, 0, 0));
}

#[test]
fn amounts_above_the_limits_are_rejected() {
    let (_folder, mut db) = home();
    let id = db
        .ledger()
        .start(&NewExecution {
            skill: "s",
            ..NewExecution::default()
        })
        .unwrap()
        .id;
    for (duration, cost) in [
        (Some(100_000_000_000_001), None),
        (Some(-1), None),
        (None, Some(1_000_000_000_000_001)),
        (None, Some(-1)),
    ] {
        let new = NewExecution {
            skill: "s",
            fields: ExecutionFields {
                duration,
                cost,
                ..ExecutionFields::default()
            },
            ..NewExecution::default()
        };
        assert!(db.ledger().record(&new, Outcome::Success).is_err());
        assert!(db.ledger().finish(id, Outcome::Success, &new.fields).is_err());
    }
}

/// In an export, a control character takes six bytes.
#[test]
fn the_longest_notes_can_be_imported() {
    let (_folder, mut db) = home();
    let notes = "\u{1}".repeat(1024 * 1024);
    let text = "\"".repeat(1024);
    let new = NewExecution {
        skill: &text,
        fields: ExecutionFields {
            notes: Some(&notes),
            session: Some(&text),
            agent: Some(&text),
            model: Some(&text),
            tier: Some(&text),
            project: Some(&text),
            skill_version: Some(&text),
            skill_digest: Some(&text),
            source: Some("run"),
            ..ExecutionFields::default()
        },
        ..NewExecution::default()
    };
    db.ledger().record(&new, Outcome::Success).unwrap();
    let written = export(&mut db);
    let (_other, mut other) = home();
    assert_eq!(import(&mut other, &written), (1, 0, 0));
    assert_eq!(export(&mut other), written);
}

/// A line that an export would write with more bytes than an import reads.
#[test]
fn a_line_that_would_exceed_the_limit_when_exported_is_not_imported() {
    let (_folder, mut db) = home();
    let line = |size: usize| {
        let raw = "\u{1}".repeat(size);
        format!(
            "{{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"other\":\"{raw}\"}}\n"
        )
    };
    let report = db.ledger().import(line(2_000_000).as_bytes(), "test").unwrap();
    assert_eq!(report.imported, 0);
    assert_eq!(report.reasons.get("too-long"), Some(&1));
    let report = db.ledger().import(line(1_300_000).as_bytes(), "test").unwrap();
    assert_eq!(report.imported, 1);
    let (_other, mut other) = home();
    assert_eq!(import(&mut other, &export(&mut db)), (1, 0, 0));
}

const TWINS: &str = "{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"duration_s\":1}\n\
    {\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"duration_s\":1}\n";

#[test]
fn deleted_lines_of_1x_are_deleted_in_other_homes_in_any_order() {
    let (_a, mut a) = home();
    assert_eq!(import(&mut a, TWINS), (2, 0, 0));
    let (_b, mut b) = home();
    assert_eq!(import(&mut b, TWINS), (2, 0, 0));
    a.ledger().delete(1).unwrap();
    // The lines are imported first.
    let one_left = export(&mut a);
    assert_eq!(import(&mut b, &one_left), (0, 1, 1));
    assert_eq!(import(&mut b, &one_left), (0, 2, 0));
    assert_eq!(import(&mut b, TWINS), (0, 2, 0));
    assert_eq!(export(&mut b), one_left);
    // The tombstones are imported first.
    let (_c, mut c) = home();
    assert_eq!(import(&mut c, &one_left), (1, 1, 0));
    assert_eq!(import(&mut c, TWINS), (0, 2, 0));
    assert_eq!(export(&mut c), one_left);
    // Both are deleted in every home, and stay deleted.
    a.ledger().delete(2).unwrap();
    let none_left = export(&mut a);
    for db in [&mut b, &mut c] {
        assert_eq!(import(db, &none_left).2, 1);
        assert_eq!(import(db, TWINS).0, 0);
        assert_eq!(export(db), none_left);
    }
    let (_d, mut d) = home();
    assert_eq!(import(&mut d, &none_left), (0, 1, 0));
    assert_eq!(import(&mut d, TWINS), (0, 2, 0));
    assert_eq!(export(&mut d), none_left);
}

#[test]
fn a_backup_does_not_restore_deleted_executions() {
    let (_folder, mut db) = home();
    for skill in ["s", "t"] {
        let new = NewExecution {
            skill,
            ..NewExecution::default()
        };
        db.ledger().record(&new, Outcome::Failure).unwrap();
    }
    let backup = export(&mut db);
    db.ledger().delete(2).unwrap();
    assert_eq!(import(&mut db, &backup), (0, 2, 0));
    // Its id is not reused in any home.
    let new = NewExecution {
        skill: "t",
        ..NewExecution::default()
    };
    assert_eq!(db.ledger().record(&new, Outcome::Success).unwrap().id, 3);
    let (_other, mut other) = home();
    assert_eq!(import(&mut other, &backup), (2, 0, 0));
    assert_eq!(import(&mut other, &export(&mut db)), (1, 1, 1));
    let refused = db
        .ledger()
        .finish(2, Outcome::Success, &ExecutionFields::default())
        .unwrap_err();
    assert_eq!(refused.to_string(), "the execution `2` was deleted");
}

#[test]
fn changes_of_executions_that_a_destination_has_read_are_noted() {
    let (folder, mut db) = home();
    let tool = rusqlite::Connection::open(Home::new(folder.path()).database()).unwrap();
    let changes = || -> Vec<(i64, bool)> {
        let mut rows = tool
            .prepare("SELECT execution, deleted FROM outbox ORDER BY id")
            .unwrap();
        let rows = rows.query_map((), |row| row.try_into()).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let new = NewExecution {
        skill: "s",
        ..NewExecution::default()
    };
    let mut start = || db.ledger().start(&new).unwrap().id;
    let [ended, later, unread] = [start(), start(), start()];
    let fields = ExecutionFields::default();
    db.ledger().finish(ended, Outcome::Success, &fields).unwrap();
    assert_eq!(changes(), []);
    tool.execute("INSERT INTO destination VALUES ('team', ?, 0)", [later])
        .unwrap();
    for id in [later, unread] {
        db.ledger().finish(id, Outcome::Failure, &fields).unwrap();
    }
    for id in [unread, ended] {
        db.ledger().delete(id).unwrap();
    }
    assert_eq!(changes(), [(later, false), (ended, true)]);
}

#[test]
fn a_trace_context_that_is_not_valid_is_rejected() {
    let (_folder, mut db) = home();
    let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut record = |text: &str| {
        let new = NewExecution {
            skill: "s",
            fields: ExecutionFields {
                traceparent: Some(text),
                ..ExecutionFields::default()
            },
            ..NewExecution::default()
        };
        db.ledger().record(&new, Outcome::Success)
    };
    assert!(record(valid).is_ok());
    let zeros = "0".repeat(32);
    for invalid in [
        "x".to_owned(),
        valid.to_uppercase(),
        valid.replacen("00", "01", 1),
        valid.replace("4bf92f3577b34da6a3ce929d0e0e4736", &zeros),
        valid.replace("00f067aa0ba902b7", "0000000000000000"),
        format!("{valid}-00"),
        valid.replace("-01", "-é"),
    ] {
        let error = record(&invalid).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{invalid}");
        assert!(error.message.contains("is not a W3C traceparent"), "{error}");
    }
    // The line of another home keeps the rest.
    let home = db.home_id().unwrap();
    let lines = export(&mut db).replace(&home, "0123456789abcdef");
    assert!(lines.contains(valid));
    assert_eq!(import(&mut db, &lines.replace("-01\"", "-x\"")), (1, 0, 0));
}
