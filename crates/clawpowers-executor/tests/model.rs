//! Compares the store and the ledger with simple models, after random sequences of operations.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

use clawpowers_executor::histogram::bucket;
use clawpowers_executor::ledger::{
    Execution, ExecutionFields, Filter, NewExecution, Order, Outcome, SkillStats, Sum, TokenSum, jsonl,
};
use clawpowers_executor::{CompareAndSet, Db, ErrorKind, Home, Key, Pattern, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Similar keys, and some that 1.x confused.
const KEYS: [&str; 12] = [
    "a",
    "a:b",
    "a__b",
    "a_b",
    "a:b:c",
    "ab",
    "a*",
    "a[b]",
    "b",
    "ключ",
    "\u{d7ff}",
    "\u{10ffff}",
];

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(KEYS.as_slice())
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<i64>().prop_map(|n| n.to_string().into_bytes()),
        (-3..3_i64).prop_map(|n| format!(" {n}\n").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..6),
        Just(b"text".to_vec()),
        Just(i64::MAX.to_string().into_bytes()),
        Just(b"-9223372036854775809".to_vec()),
    ]
}

/// A part of a pattern: its text, and what it matches.
#[derive(Debug, Clone)]
enum Part {
    Any,
    One,
    Char(char),
    Set(bool, &'static [char]),
}

const SETS: [&[char]; 3] = [&['a', 'b'], &[':'], &['к']];

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        Just(Part::Any),
        Just(Part::One),
        prop::sample::select(&['a', 'b', ':', '_', '*', 'к', '\u{10ffff}'][..]).prop_map(Part::Char),
        (any::<bool>(), prop::sample::select(SETS.as_slice())).prop_map(|(not, set)| Part::Set(not, set)),
    ]
}

fn text(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Any => "*".to_owned(),
        Part::One => "?".to_owned(),
        Part::Char(c) => c.to_string(),
        Part::Set(not, set) => format!(
            "[{}{}]",
            if *not { "!" } else { "" },
            set.iter().collect::<String>()
        ),
    };
    parts.iter().map(one).collect()
}

/// Matches by trying every way; text after the pattern also matches.
fn matches(parts: &[Part], key: &[char]) -> bool {
    let Some((part, after)) = parts.split_first() else {
        return true;
    };
    let fits = |c: char| match part {
        // An escaped star matches a star.
        Part::Any | Part::Char('*') => false,
        Part::One => true,
        Part::Char(own) => *own == c,
        Part::Set(not, set) => set.contains(&c) != *not,
    };
    if matches!(part, Part::Any | Part::Char('*')) {
        return (0..=key.len()).any(|from| matches(after, &key[from..]));
    }
    key.split_first()
        .is_some_and(|(c, rest)| fits(*c) && matches(after, rest))
}

#[derive(Debug, Clone)]
enum StoreOp {
    Set(&'static str, Vec<u8>),
    Delete(&'static str),
    Append(&'static str, Vec<u8>),
    Incr(&'static str, i64),
    CompareAndSet(&'static str, Option<Vec<u8>>, Vec<u8>),
    /// Compare with the current value, so that it succeeds.
    CompareAndSetNow(&'static str, Vec<u8>),
    SetAll(Vec<(&'static str, Vec<u8>)>, bool),
    List(Vec<Part>),
    Reopen,
}

fn store_op() -> impl Strategy<Value = StoreOp> {
    let by = prop_oneof![-2..3_i64, Just(i64::MAX), Just(i64::MIN), any::<i64>()];
    prop_oneof![
        4 => (key(), value()).prop_map(|(k, v)| StoreOp::Set(k, v)),
        2 => key().prop_map(StoreOp::Delete),
        3 => (key(), value()).prop_map(|(k, v)| StoreOp::Append(k, v)),
        4 => (key(), by).prop_map(|(k, by)| StoreOp::Incr(k, by)),
        2 => (key(), prop::option::of(value()), value()).prop_map(|(k, old, new)| StoreOp::CompareAndSet(k, old, new)),
        2 => (key(), value()).prop_map(|(k, new)| StoreOp::CompareAndSetNow(k, new)),
        1 => (prop::collection::vec((key(), value()), 0..5), any::<bool>()).prop_map(|(all, replace)| StoreOp::SetAll(all, replace)),
        4 => prop::collection::vec(part(), 0..5).prop_map(StoreOp::List),
        1 => Just(StoreOp::Reopen),
    ]
}

type Model = BTreeMap<&'static str, Vec<u8>>;

/// Returns the result of an increment; `None` if it is rejected.
fn sum(old: Option<&Vec<u8>>, by: i64) -> Option<i64> {
    let Some(old) = old else { return Some(by) };
    let text = std::str::from_utf8(old).ok()?.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    // A number of more than 30 digits does not occur.
    let sum = text.parse::<i128>().ok()?;
    i64::try_from(i64::try_from(sum).ok()? as i128 + i128::from(by)).ok()
}

/// Applies one operation to both and compares the results.
fn both(db: &mut Db, model: &mut Model, op: &StoreOp) -> std::result::Result<(), TestCaseError> {
    let named = |key: &'static str| Key::new(key).unwrap();
    match op {
        StoreOp::Set(key, value) => {
            db.store().set(&named(key), value).unwrap();
            model.insert(key, value.clone());
        }
        StoreOp::Delete(key) => {
            let removed = db.store().delete(&named(key)).unwrap();
            prop_assert_eq!(removed, model.remove(key).is_some());
        }
        StoreOp::Append(key, value) => {
            db.store().append(&named(key), value).unwrap();
            match model.get_mut(key) {
                Some(old) => {
                    old.push(b'\n');
                    old.extend(value);
                }
                None => {
                    model.insert(key, value.clone());
                }
            }
        }
        StoreOp::Incr(key, by) => {
            let expected = sum(model.get(key), *by);
            match db.store().incr(&named(key), *by) {
                Ok(found) => prop_assert_eq!(Some(found), expected),
                Err(error) if error.kind == ErrorKind::Invalid => prop_assert_eq!(None, expected),
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
            if let Some(sum) = expected {
                model.insert(key, sum.to_string().into_bytes());
            }
        }
        StoreOp::CompareAndSet(key, old, new) => swap(db, model, key, old.as_deref(), new)?,
        StoreOp::CompareAndSetNow(key, new) => {
            let now = model.get(key).cloned();
            swap(db, model, key, now.as_deref(), new)?;
        }
        StoreOp::SetAll(all, replace) => {
            let entries = all.iter().map(|(key, value)| (named(key), value.as_slice()));
            let written = db.store().set_all(entries, *replace).unwrap();
            let mut expected = 0;
            for (key, value) in all {
                if *replace || !model.contains_key(key) {
                    model.insert(key, value.clone());
                    expected += 1;
                }
            }
            prop_assert_eq!(written, expected);
        }
        StoreOp::List(parts) => {
            let text = text(parts);
            let expected: Vec<&str> = model
                .keys()
                .filter(|key| key.starts_with(&text) || matches(parts, &key.chars().collect::<Vec<_>>()))
                .copied()
                .collect();
            prop_assert_eq!(
                db.store().list(&Pattern::new(&text)).unwrap(),
                expected,
                "{}",
                text
            );
        }
        StoreOp::Reopen => {}
    }
    Ok(())
}

fn swap(
    db: &mut Db,
    model: &mut Model,
    key: &'static str,
    old: Option<&[u8]>,
    new: &[u8],
) -> std::result::Result<(), TestCaseError> {
    let found = db
        .store()
        .compare_and_set(&Key::new(key).unwrap(), old, new)
        .unwrap();
    let now = model.get(key);
    if now.map(Vec::as_slice) == old {
        prop_assert_eq!(found, CompareAndSet::Done);
        model.insert(key, new.to_vec());
    } else {
        prop_assert_eq!(found, CompareAndSet::Differs(now.cloned()));
    }
    Ok(())
}

/// An execution of the model: its outcome and its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: i64,
    skill: &'static str,
    outcome: Option<Outcome>,
    at: i64,
    session: Option<&'static str>,
    duration: Option<i64>,
    cost: Option<i64>,
    tokens: (Option<i64>, Option<i64>),
}

impl Row {
    fn of(execution: &Execution) -> Self {
        let known = |text: &str, all: &[&'static str]| all.iter().find(|known| **known == text).copied();
        Self {
            id: execution.id,
            skill: known(&execution.skill, &SKILLS).unwrap(),
            outcome: execution.outcome,
            at: execution.at.micros(),
            session: execution
                .fields
                .session
                .as_deref()
                .and_then(|text| known(text, &SESSIONS)),
            duration: execution.fields.duration,
            cost: execution.fields.cost,
            tokens: (execution.fields.tokens_in, execution.fields.tokens_out),
        }
    }

    fn as_new(&self) -> NewExecution<'static> {
        NewExecution {
            skill: self.skill,
            at: Some(Timestamp::from_micros(self.at)),
            fields: ExecutionFields {
                duration: self.duration,
                cost: self.cost,
                tokens_in: self.tokens.0,
                tokens_out: self.tokens.1,
                session: self.session,
                ..ExecutionFields::default()
            },
        }
    }
}

const SKILLS: [&str; 4] = ["b.c", "bxc", "B.C", "'"];
const SESSIONS: [&str; 2] = ["s", "s1"];

fn row() -> impl Strategy<Value = Row> {
    let amount = || prop::option::of(prop_oneof![0..100_i64, 0..100_000_000_000_i64]);
    (
        prop::sample::select(SKILLS.as_slice()),
        prop::option::of(prop::sample::select(&Outcome::ALL[..])),
        // Few times, so that some are the same.
        (0..20_i64).prop_map(|n| 1_700_000_000_000_000 + n * 1_000_001),
        prop::option::of(prop::sample::select(SESSIONS.as_slice())),
        amount(),
        amount(),
        (amount(), amount()),
    )
        .prop_map(|(skill, outcome, at, session, duration, cost, tokens)| Row {
            id: 0,
            skill,
            outcome,
            at,
            session,
            duration,
            cost,
            tokens,
        })
}

#[derive(Debug, Clone)]
enum LedgerOp {
    /// Record an execution if it has an outcome, else start it.
    Add(Row),
    /// Finish the execution with this number, if it exists, with the outcome of the row.
    Finish(usize, Row),
    Abandon(usize),
    Delete(usize),
    /// Import the lines twice; each may occur twice.
    Import(Vec<Row>, bool),
    /// Import the export of this home.
    ImportOwn,
    Reopen,
}

fn ledger_op() -> impl Strategy<Value = LedgerOp> {
    prop_oneof![
        6 => row().prop_map(LedgerOp::Add),
        5 => (0..20_usize, row()).prop_map(|(index, row)| LedgerOp::Finish(index, row)),
        2 => (0..20_usize).prop_map(LedgerOp::Abandon),
        3 => (0..20_usize).prop_map(LedgerOp::Delete),
        2 => (prop::collection::vec(row(), 0..4), any::<bool>()).prop_map(|(rows, twice)| LedgerOp::Import(rows, twice)),
        1 => Just(LedgerOp::ImportOwn),
        1 => Just(LedgerOp::Reopen),
    ]
}

/// All executions as rows of the model, sorted by time and id.
fn rows(db: &mut Db, filter: &Filter) -> Vec<Row> {
    let mut rows = Vec::new();
    db.ledger()
        .each(filter, Order::OldestFirst, |execution| {
            rows.push(Row::of(&execution));
            true
        })
        .unwrap();
    rows
}

/// Exports a home without open executions.
fn lines(db: &mut Db) -> String {
    let home = db.home_id().unwrap();
    let mut lines = String::new();
    db.ledger()
        .each_deletion(&Filter::default(), |deletion| {
            lines.push_str(&deletion.jsonl());
            lines.push('\n');
            true
        })
        .unwrap();
    db.ledger()
        .each(&Filter::default(), Order::OldestFirst, |execution| {
            if execution.outcome.is_some() {
                lines.push_str(&jsonl(&execution, &home));
                lines.push('\n');
            }
            true
        })
        .unwrap();
    lines
}

/// Returns whether a row is selected.
type Wanted = fn(&Row) -> bool;

/// Counts rows in the simplest way.
fn count<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<SkillStats> {
    let mut skills: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        skills.entry(row.skill).or_default().push(row);
    }
    let sum = |values: &[i64]| Sum {
        count: values.len() as i64,
        total: values.iter().sum(),
    };
    let stats = |(skill, rows): (&str, Vec<&Row>)| {
        let ended: Vec<&Row> = rows.iter().copied().filter(|row| row.outcome.is_some()).collect();
        let durations: Vec<i64> = ended.iter().filter_map(|row| row.duration).collect();
        let costs: Vec<i64> = ended.iter().filter_map(|row| row.cost).collect();
        let with_tokens: Vec<&&Row> = ended.iter().filter(|row| row.tokens != (None, None)).collect();
        let mut buckets: BTreeMap<u32, u64> = BTreeMap::new();
        for duration in &durations {
            *buckets.entry(bucket(duration.unsigned_abs())).or_default() += 1;
        }
        let times = || ended.iter().map(|row| Timestamp::from_micros(row.at));
        SkillStats {
            skill: skill.to_owned(),
            outcomes: Outcome::ALL
                .map(|outcome| ended.iter().filter(|row| row.outcome == Some(outcome)).count() as i64),
            open: (rows.len() - ended.len()) as i64,
            duration: sum(&durations),
            cost: sum(&costs),
            tokens: TokenSum {
                count: with_tokens.len() as i64,
                input: with_tokens.iter().filter_map(|row| row.tokens.0).sum(),
                output: with_tokens.iter().filter_map(|row| row.tokens.1).sum(),
            },
            period: times().min().zip(times().max()),
            durations: buckets.into_iter().collect(),
        }
    };
    skills.into_iter().map(stats).collect()
}

/// Applies one operation to both.
fn apply(
    db: &mut Db,
    model: &mut Vec<Row>,
    given: &mut BTreeSet<i64>,
    op: &LedgerOp,
    number: usize,
) -> std::result::Result<(), TestCaseError> {
    match op {
        LedgerOp::Add(row) => {
            let id = match row.outcome {
                Some(outcome) => db.ledger().record(&row.as_new(), outcome).unwrap(),
                None => db.ledger().start(&row.as_new()).unwrap(),
            };
            prop_assert_eq!(id.is_first, model.iter().all(|one| one.skill != row.skill));
            let id = id.id;
            prop_assert!(given.insert(id), "an id is used once");
            model.push(Row { id, ..row.clone() });
        }
        LedgerOp::Finish(index, row) => {
            let outcome = row.outcome.unwrap_or(Outcome::Partial);
            let fields = ExecutionFields {
                session: None,
                ..row.as_new().fields
            };
            let id = model.get(*index).map_or(i64::MAX, |row| row.id);
            let found = db.ledger().finish(id, outcome, &fields);
            let Some(own) = model.get_mut(*index) else {
                let missing = found
                    .as_ref()
                    .is_err_and(|error| error.kind == ErrorKind::NotFound);
                prop_assert!(missing);
                return Ok(());
            };
            if own.outcome.is_some() {
                let refused = found
                    .as_ref()
                    .is_err_and(|error| error.kind == ErrorKind::Invalid);
                prop_assert!(refused);
                return Ok(());
            }
            let ended = found.unwrap();
            own.outcome = Some(outcome);
            // By default it is the time since the start.
            own.duration = row.duration.or(own.duration).or(ended.fields.duration);
            own.cost = row.cost.or(own.cost);
            own.tokens = (row.tokens.0.or(own.tokens.0), row.tokens.1.or(own.tokens.1));
            prop_assert_eq!(&Row::of(&ended), &*own);
            prop_assert!(ended.fields.duration.is_some_and(|duration| duration >= 0));
        }
        LedgerOp::Abandon(index) => {
            let id = model.get(*index).map_or(i64::MAX, |row| row.id);
            db.ledger().abandon(id).unwrap();
            // Its id was not returned to anyone, so it is free.
            if model.get(*index).is_some_and(|row| row.outcome.is_none()) {
                given.remove(&id);
            }
            model.retain(|row| row.id != id || row.outcome.is_some());
        }
        LedgerOp::Delete(index) => {
            let id = model.get(*index).map_or(i64::MAX, |row| row.id);
            let found = db.ledger().delete(id);
            if model.get(*index).is_none() {
                let missing = found
                    .as_ref()
                    .is_err_and(|error| error.kind == ErrorKind::NotFound);
                prop_assert!(missing);
                return Ok(());
            }
            prop_assert_eq!(Row::of(&found.unwrap()), model.remove(*index));
            let again = db.ledger().delete(id).map_err(|error| error.to_string());
            prop_assert_eq!(again.unwrap_err(), format!("the execution `{id}` was deleted"));
        }
        LedgerOp::Import(new, twice) => {
            let mut text = String::new();
            let mut taken = Vec::new();
            for (index, row) in new.iter().enumerate() {
                let mut execution = blank(row);
                // A line that differs from those of other imports.
                execution.extra = Some(format!("{{\"n\":\"{number}-{index}\"}}"));
                execution.fields.source = Some("import".to_owned());
                for _ in 0..=usize::from(*twice) {
                    text.push_str(&jsonl(&execution, "other"));
                    text.push('\n');
                    taken.extend(row.outcome.map(|_| row.clone()));
                }
            }
            let open = text.lines().count() - taken.len();
            for expected in [(taken.len(), 0), (0, taken.len())] {
                let report = db.ledger().import(text.as_bytes(), "model").unwrap();
                prop_assert_eq!((report.imported as usize, report.known as usize), expected);
                prop_assert_eq!(report.skipped.len(), open);
            }
            // Ids are given in the order of the lines.
            let last = rows(db, &Filter::default())
                .iter()
                .map(|row| row.id)
                .max()
                .unwrap_or_default();
            let first = last + 1 - taken.len() as i64;
            given.extend(first..=last);
            model.extend((first..).zip(taken).map(|(id, row)| Row { id, ..row }));
        }
        LedgerOp::ImportOwn => {
            let own = lines(db);
            let report = db.ledger().import(own.as_bytes(), "model").unwrap();
            prop_assert_eq!((report.imported, report.deleted, report.skipped.len()), (0, 0, 0));
        }
        LedgerOp::Reopen => {}
    }
    Ok(())
}

/// An execution with only the fields of a row.
fn blank(row: &Row) -> Execution {
    Execution {
        id: 0,
        skill: row.skill.to_owned(),
        outcome: row.outcome,
        at: Timestamp::from_micros(row.at),
        fields: ExecutionFields {
            duration: row.duration,
            cost: row.cost,
            tokens_in: row.tokens.0,
            tokens_out: row.tokens.1,
            session: row.session.map(str::to_owned),
            ..ExecutionFields::default()
        },
        uid: None,
        extra: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_is_a_map(ops in prop::collection::vec(store_op(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let mut db = Db::create(&home).unwrap();
        let mut model = Model::new();
        for op in &ops {
            if matches!(op, StoreOp::Reopen) {
                drop(db);
                db = Db::open(&home).unwrap().unwrap();
            }
            both(&mut db, &mut model, op)?;
        }
        let mut found = Vec::new();
        db.store().each(&Pattern::new(""), |entry| {
            found.push((entry.key, entry.value));
            true
        }).unwrap();
        let expected: Vec<(String, Vec<u8>)> = model.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(db.store().count().unwrap(), model.len() as i64);
        for key in KEYS {
            let key = Key::new(key).unwrap();
            let found = db.store().get(&key).unwrap();
            prop_assert_eq!(found.as_ref(), model.get(key.as_str()));
            prop_assert_eq!(db.store().exists(&key).unwrap(), model.contains_key(key.as_str()));
        }
        prop_assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_statistics_match_the_executions(ops in prop::collection::vec(ledger_op(), 1..50)) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let mut db = Db::create(&home).unwrap();
        let (mut model, mut given) = (Vec::new(), BTreeSet::new());
        // A home that imports everything that this one writes, and the deletions later.
        let follower = tempfile::tempdir().unwrap();
        let mut follower = Db::create(&Home::new(follower.path())).unwrap();
        for (number, op) in ops.iter().enumerate() {
            if matches!(op, LedgerOp::Reopen) {
                drop(db);
                db = Db::open(&home).unwrap().unwrap();
            }
            apply(&mut db, &mut model, &mut given, op, number)?;
            if number % 8 == 0 {
                follower.ledger().import(lines(&mut db).as_bytes(), "model").unwrap();
            }
        }
        prop_assert_eq!(db.ledger().differing().unwrap(), Vec::<String>::new());
        model.sort_by_key(|row| (row.at, row.id));
        prop_assert_eq!(&rows(&mut db, &Filter::default()), &model);
        prop_assert_eq!(db.ledger().stats(&Filter::default()).unwrap(), count(model.iter()));
        let middle = Timestamp::from_micros(1_700_000_010_000_010);
        let filters: [(Filter, Wanted); 6] = [
            (Filter { skill: Some("b.c".into()), ..Filter::default() }, |row| row.skill == "b.c"),
            (Filter { session: Some("s".into()), ..Filter::default() }, |row| row.session == Some("s")),
            (Filter { outcome: Some(Some(Outcome::Failure)), ..Filter::default() }, |row| row.outcome == Some(Outcome::Failure)),
            (Filter { outcome: Some(None), ..Filter::default() }, |row| row.outcome.is_none()),
            (Filter { since: Some(middle), ..Filter::default() }, |row| row.at >= 1_700_000_010_000_010),
            (Filter { until: Some(middle), skill: Some("'".into()), ..Filter::default() }, |row| row.at < 1_700_000_010_000_010 && row.skill == "'"),
        ];
        for (filter, wanted) in filters {
            let expected: Vec<Row> = model.iter().filter(|row| wanted(row)).cloned().collect();
            prop_assert_eq!(&rows(&mut db, &filter), &expected, "{:?}", filter);
            prop_assert_eq!(db.ledger().stats(&filter).unwrap(), count(expected.iter()), "{:?}", filter);
            let last = db.ledger().last(&filter, 3).unwrap();
            let last: Vec<Row> = last.iter().map(Row::of).collect();
            prop_assert_eq!(&last[..], &expected[expected.len().saturating_sub(3)..]);
        }
        // Another home that imports the export of this one exports the same.
        let other = tempfile::tempdir().unwrap();
        let mut other = Db::create(&Home::new(other.path())).unwrap();
        let written = lines(&mut db);
        for taken in [true, false] {
            let report = other.ledger().import(written.as_bytes(), "model").unwrap();
            prop_assert_eq!(report.imported > 0, taken && written.lines().any(|line| !line.contains("\"deleted\"")));
            prop_assert_eq!(report.skipped, vec![]);
        }
        prop_assert_eq!(lines(&mut other), written.clone());
        follower.ledger().import(written.as_bytes(), "model").unwrap();
        // Executions with the same time are in the order of their ids, in which they were recorded.
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(sorted(&lines(&mut follower)), sorted(&written));
        prop_assert_eq!(follower.ledger().differing().unwrap(), Vec::<String>::new());
        prop_assert_eq!(other.ledger().differing().unwrap(), Vec::<String>::new());
        prop_assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    }
}
