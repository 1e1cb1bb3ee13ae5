//! Many writers of entries that are killed at random moments.

use crate::started::Start as _;
use crate::{rounds, sound};
use clawpowers_api::operations::memory::create;
use clawpowers_api::{Options, Runtime};
use clawpowers_executor::memory::{Filter, Order};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// The variable that makes a process of this file the writer.
const WRITER: &str = "CLAWPOWERS_STRESS_MEMORY";
/// The number of the writer.
const OWN: &str = "CLAWPOWERS_STRESS_OWN";
/// The projects that all writers create the same entries in.
const PROJECTS: [&str; 3] = ["a", "b", "c"];

/// Digits are values, so that entries which differ only in them would be merged.
fn letters(number: usize) -> String {
    let digits = number.to_string();
    digits.bytes().map(|digit| char::from(digit + 49)).collect()
}

fn own_text(own: usize, time: usize) -> String {
    format!("writer {} wrote {} here", letters(own), letters(time))
}

/// Not a test: the process that is killed. It creates entries in an endless loop and acknowledges each: one of its own, then
/// one that only differs in values from those of all others.
#[test]
fn creator() {
    let Some(home) = std::env::var_os(WRITER) else {
        return;
    };
    let own: usize = std::env::var(OWN).unwrap().parse().unwrap();
    let runtime = Runtime::open(Options {
        home: Some(home.into()),
        ..Options::default()
    });
    let mut out = std::io::stdout();
    for time in 0_usize.. {
        let project = PROJECTS.get((own + time) % PROJECTS.len()).unwrap();
        for (content, project) in [
            (own_text(own, time), None),
            (
                format!("timeout after {time} ms in request {own}"),
                Some(*project),
            ),
        ] {
            let request = create::Request {
                content,
                project: project.map(str::to_owned),
                ..Default::default()
            };
            create::run(&runtime, &request).unwrap();
            let line = format!("\ncreated {}\n", project.unwrap_or("own"));
            out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
        }
    }
}

/// Starts a writer, kills it after some acknowledgements, and returns the names of all that it printed.
fn killed(home: &Path, own: usize, awaited: usize, pause: u64) -> Vec<String> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["memory::creator", "--exact", "--nocapture", "--test-threads=1"])
        .env(WRITER, home)
        .env(OWN, own.to_string())
        .stdout(Stdio::piped())
        .start();
    let mut out = BufReader::new(writer.stdout.take().unwrap());
    let created = |line: &str| {
        let name = line.strip_prefix("created ")?.strip_suffix('\n')?;
        Some(name.to_owned())
    };
    let mut names = Vec::new();
    let mut line = String::new();
    // The kill waits for acknowledgements, so that it does not depend on the speed of the machine.
    while names.len() < awaited {
        line.clear();
        assert!(
            out.read_line(&mut line).unwrap() > 0,
            "the writer ended by itself"
        );
        names.extend(created(&line));
    }
    // The moment between two acknowledgements is random.
    thread::sleep(Duration::from_micros(pause));
    writer.kill().unwrap();
    writer.wait().unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    names.extend(rest.split_inclusive('\n').filter_map(created));
    names
}

#[test]
fn no_acknowledged_entry_is_lost_and_none_is_there_twice() {
    let writers = rounds(16, 64);
    let random = RandomState::new();
    let folder = TempDir::new().unwrap();
    // The home does not exist yet, so the first writers create it concurrently.
    let home = folder.path().join("home");
    let all: Vec<Vec<String>> = thread::scope(|scope| {
        let start = |own: usize| {
            let dice = random.hash_one(own);
            let (awaited, pause) = (1 + dice as usize % 40, (dice >> 32) % 1_000);
            let home = &home;
            scope.spawn(move || killed(home, own, awaited, pause))
        };
        let started: Vec<_> = (0..writers).map(start).collect();
        started.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut db = sound(&home);
    let entries = db
        .memory()
        .list(&Filter::default(), Order::Newest, usize::MAX)
        .unwrap();
    let contents: BTreeSet<&str> = entries.iter().map(|entry| entry.content.as_str()).collect();
    assert_eq!(contents.len(), entries.len(), "no entry is there twice");
    let mut shared: BTreeMap<&str, u64> = BTreeMap::new();
    for (own, names) in all.iter().enumerate() {
        let own_ones = names.iter().filter(|name| *name == "own").count();
        for time in 0..own_ones {
            assert!(contents.contains(own_text(own, time).as_str()), "{own} {time}");
        }
        for name in names.iter().filter(|name| *name != "own") {
            *shared.entry(name).or_default() += 1;
        }
    }
    for (project, acknowledged) in &shared {
        let of: Vec<_> = entries
            .iter()
            .filter(|entry| entry.project.as_deref() == Some(*project))
            .collect();
        let [entry] = of.as_slice() else {
            panic!("{} entries of {project}", of.len());
        };
        // A writer can be killed between a write and its acknowledgement.
        let most = acknowledged + writers as u64;
        assert!(
            (*acknowledged..=most).contains(&entry.uses),
            "{project}: {} of {acknowledged}",
            entry.uses
        );
    }
    println!(
        "{writers} killed writers: {} acknowledged entries, {} entries",
        all.iter().map(Vec::len).sum::<usize>(),
        entries.len()
    );
}
