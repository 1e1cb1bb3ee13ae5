//! Writers that are killed at random moments.

use crate::started::Start as _;
use crate::{done, rounds, sound, without_wal};
use clawpowers_api::operations::{metrics, store};
use clawpowers_api::{Options, Runtime};
use clawpowers_executor::{Db, Key};
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// The variable that makes a process of this file the writer.
const WRITER: &str = "CLAWPOWERS_STRESS_WRITER";
/// The number of the run, which is part of every key. A process id is not unique: Wine reuses ids within a few runs of a
/// home.
const RUN: &str = "CLAWPOWERS_STRESS_RUN";
/// How often a home is used before a new one is created, so that the creation is killed as well.
const ROUNDS_A_HOME: usize = 40;
/// How many writes of a killed writer are checked one by one.
const LOOKED_AT: usize = 400;

/// Not a test: the process that is killed. It writes in an endless loop and acknowledges each write.
#[test]
fn writer() {
    let Some(home) = std::env::var_os(WRITER) else {
        return;
    };
    let runtime = Runtime::open(Options {
        home: Some(home.into()),
        ..Options::default()
    });
    let mut out = std::io::stdout();
    let mut said = |line: String| out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
    let run = std::env::var(RUN).unwrap();
    for number in 0_u64.. {
        let key = format!("{run}:{number}");
        let value = Some("v".repeat(1 + (number as usize * 37) % 3000));
        let request = store::set::Request {
            key,
            value,
            value_base64: None,
        };
        store::set::run(&runtime, &request).unwrap();
        said(format!("\nset {number}\n"));
        let request = store::incr::Request {
            key: format!("{run}:count"),
            by: None,
        };
        store::incr::run(&runtime, &request).unwrap();
        said(format!("\nincr {number}\n"));
        let request = store::append::Request {
            key: format!("{run}:log"),
            value: Some(number.to_string()),
            value_base64: None,
        };
        store::append::run(&runtime, &request).unwrap();
        said(format!("\nappend {number}\n"));
        let request = metrics::record::Request {
            skill: format!("run-{run}"),
            outcome: "success".into(),
            ..Default::default()
        };
        metrics::record::run(&runtime, &request).unwrap();
        said(format!("\nrecord {number}\n"));
        let request = metrics::start::Request {
            skill: format!("run-{run}"),
            ..Default::default()
        };
        let started = metrics::start::run(&runtime, &request).unwrap();
        let request = metrics::finish::Request {
            id: started.id,
            outcome: "failure".into(),
            ..Default::default()
        };
        metrics::finish::run(&runtime, &request).unwrap();
        said(format!("\nfinish {number}\n"));
    }
}

/// How many writes of each kind were acknowledged.
fn acknowledged(text: &str, kind: &str) -> usize {
    let count = |line: &&str| line.strip_prefix(kind).is_some_and(|rest| rest.starts_with(' '));
    // The last line may be truncated by the kill; a complete one ends with a newline.
    let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap());
    whole.lines().filter(count).count()
}

#[test]
fn acknowledged_writes_survive_a_kill() {
    let rounds = rounds(60, 1000);
    let random = RandomState::new();
    let mut home = TempDir::new().unwrap();
    let (mut writes, mut wanted) = (0, 0);
    for round in 0..rounds {
        if round % ROUNDS_A_HOME == 0 {
            home = TempDir::new().unwrap();
        }
        if round % ROUNDS_A_HOME == ROUNDS_A_HOME / 2 {
            // The other half of its writers use a rollback journal.
            let path = home.path().join("home");
            done(&path, &["store", "incr", "homes"]);
            without_wal(&path);
        }
        let path = home.path().join("home");
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["kill::writer", "--exact", "--nocapture", "--test-threads=1"])
            .env(WRITER, &path)
            .env(RUN, round.to_string())
            .stdout(Stdio::piped())
            .start();
        let mut out = BufReader::new(writer.stdout.take().unwrap());
        // The kill waits for a number of acknowledgements, so that it does not depend on the speed of the machine. One in eight
        // comes at a random moment after the start, to hit the creation as well.
        let dice = random.hash_one(round);
        let awaited = if dice % 8 == 0 {
            0
        } else {
            1 + (dice >> 8) as usize % 60
        };
        let mut text = String::new();
        let mut seen = 0;
        while seen < awaited {
            let start = text.len();
            assert!(
                out.read_line(&mut text).unwrap() > 0,
                "the writer ended by itself: {text}"
            );
            seen += usize::from(is_acknowledgement(text.get(start..).unwrap()));
        }
        // The moment between two acknowledgements is random.
        thread::sleep(Duration::from_micros(
            (dice >> 32) % if awaited == 0 { 40_000 } else { 1_000 },
        ));
        writer.kill().unwrap();
        writer.wait().unwrap();
        out.read_to_string(&mut text).unwrap();
        wanted += awaited;
        writes += check(&path, round, &text);
    }
    println!("{rounds} kills, {writes} acknowledged writes, every one there; the database sound after each");
    assert!(writes >= wanted, "{writes} of {wanted}");
}

fn is_acknowledgement(line: &str) -> bool {
    let kind = line.split(' ').next().unwrap_or_default();
    line.ends_with('\n') && ["set", "incr", "append", "record", "finish"].contains(&kind)
}

/// Checks a home after a kill and returns how many acknowledged writes there were.
fn check(home: &Path, run: usize, text: &str) -> usize {
    let [set, incr, append, record, finish] =
        ["set", "incr", "append", "record", "finish"].map(|kind| acknowledged(text, kind));
    let all = set + incr + append + record + finish;
    if all == 0 && !home.join("clawpowers.db").exists() {
        return 0;
    }
    let mut db = sound(home);
    for number in (0..set).rev().take(LOOKED_AT) {
        let value =
            value(&mut db, &format!("{run}:{number}")).unwrap_or_else(|| panic!("{number} of {set} is gone"));
        assert_eq!(value.len(), 1 + (number * 37) % 3000);
    }
    // The last write may be done but not acknowledged.
    let count = |db: &mut Db, key: &str, of: fn(&str) -> usize| value(db, key).map_or(0, |text| of(&text));
    let sum = count(&mut db, &format!("{run}:count"), |text| text.parse().unwrap());
    assert!(sum == incr || sum == incr + 1, "{sum} of {incr}");
    let lines = count(&mut db, &format!("{run}:log"), |text| text.lines().count());
    assert!(lines == append || lines == append + 1, "{lines} of {append}");
    let figures = db.ledger().stats(&clawpowers_executor::ledger::Filter {
        skill: Some(format!("run-{run}")),
        ..Default::default()
    });
    let figures = figures.unwrap().pop().unwrap_or_default();
    let [success, failure, ..] = figures.outcomes.map(|count| usize::try_from(count).unwrap());
    assert!(
        success == record || success == record + 1,
        "{success} of {record}"
    );
    assert!(
        failure == finish || failure == finish + 1,
        "{failure} of {finish}"
    );
    assert!(figures.open <= 1);
    let drafts = fs::read_dir(home).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains(".new-")
    });
    // A process that is killed while it creates the database leaves a temporary file, which a later one deletes.
    assert!(drafts.count() <= 4 * ROUNDS_A_HOME);
    all
}

fn value(db: &mut Db, key: &str) -> Option<String> {
    let key = Key::new(key).unwrap();
    let value = db.store().get(&key).unwrap()?;
    Some(String::from_utf8(value).unwrap())
}
