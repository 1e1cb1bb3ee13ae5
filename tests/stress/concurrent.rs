//! Many concurrent processes.

use crate::started::started;
use crate::{STARTS, done, program, rounds, sound};
use clawpowers_executor::memory::{Filter, Order};
use clawpowers_executor::{Db, Home};
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use tempfile::TempDir;

/// Runs `loops` loops of `times` processes each in parallel, and returns all lines that they printed.
pub(crate) fn concurrently(
    home: &Path,
    loops: usize,
    times: usize,
    words: impl Fn(usize, usize) -> Vec<String> + Sync,
) -> Vec<String> {
    let one = |own: usize| {
        let mut printed = Vec::new();
        for time in 0..times {
            let words = words(own, time);
            let ran = started(|| program(home).args(&words).output());
            assert!(ran.status.success(), "{words:?}: {ran:?}");
            let text = String::from_utf8(ran.stdout).unwrap();
            printed.extend(text.lines().map(str::to_owned));
        }
        printed
    };
    let one = &one;
    thread::scope(|scope| {
        let loops: Vec<_> = (0..loops).map(|own| scope.spawn(move || one(own))).collect();
        loops.into_iter().flat_map(|one| one.join().unwrap()).collect()
    })
}

fn sizes() -> (usize, usize) {
    (rounds(16, 64), rounds(12 / STARTS, 100))
}

#[test]
fn no_increment_is_lost() {
    let home = TempDir::new().unwrap();
    let (loops, times) = sizes();
    // The home does not exist yet, so the first processes create it concurrently.
    let home = home.path().join("new");
    let printed = concurrently(&home, loops, times, |_, _| {
        ["store", "incr", "count"].map(str::to_owned).to_vec()
    });
    let distinct: BTreeSet<u64> = printed.iter().map(|line| line.parse().unwrap()).collect();
    let all: BTreeSet<u64> = (1..=(loops * times) as u64).collect();
    assert_eq!(distinct, all, "each sum is printed once");
    assert_eq!(
        done(&home, &["store", "get", "count"]),
        format!("{}\n", loops * times)
    );
    println!(
        "{loops} processes x {times} increments: {} distinct values",
        distinct.len()
    );
    sound(&home);
}

#[test]
fn no_entry_is_lost_and_none_is_there_twice() {
    let home = TempDir::new().unwrap();
    let (loops, times) = sizes();
    // Digits are values, so that entries which differ only in them would be merged.
    let letters = |number: usize| -> String {
        let digits = number.to_string();
        digits
            .chars()
            .map(|digit| char::from(b'a' + digit as u8 - b'0'))
            .collect()
    };
    let own = |own: usize, time: usize| format!("process {} wrote {} here", letters(own), letters(time));
    concurrently(home.path(), loops, times, |process, time| {
        let content = match time % 2 {
            0 => own(process, time),
            _ => format!("timeout after {process} requests in {time} ms"),
        };
        vec!["memory".into(), "create".into(), content]
    });
    let mut db = Db::open(&Home::new(home.path())).unwrap().unwrap();
    let entries = db
        .memory()
        .list(&Filter::default(), Order::Newest, usize::MAX)
        .unwrap();
    let contents: BTreeSet<&str> = entries.iter().map(|entry| entry.content.as_str()).collect();
    let (even, odd) = (times.div_ceil(2), times / 2);
    for process in 0..loops {
        for time in (0..times).step_by(2) {
            assert!(contents.contains(own(process, time).as_str()), "{process} {time}");
        }
    }
    assert_eq!(entries.len(), loops * even + 1);
    let merged = entries.iter().find(|entry| entry.content.starts_with("timeout"));
    assert_eq!(merged.map(|entry| entry.uses), Some((loops * odd) as u64));
    println!(
        "{loops} processes x {times} entries: {} entries, one of them created {} times",
        entries.len(),
        loops * odd
    );
    sound(home.path());
}

#[test]
fn no_line_is_lost() {
    let home = TempDir::new().unwrap();
    let (loops, times) = sizes();
    let line = |own: usize, time: usize| format!("line {own} {time}");
    concurrently(home.path(), loops, times, |own, time| {
        vec!["store".into(), "append".into(), "log".into(), line(own, time)]
    });
    let text = done(home.path(), &["store", "get", "log"]);
    let found: BTreeSet<&str> = text.lines().collect();
    assert_eq!(text.lines().count(), loops * times);
    for own in 0..loops {
        for time in 0..times {
            assert!(found.contains(line(own, time).as_str()), "{own} {time}");
        }
    }
    println!(
        "{loops} processes x {times} lines: {} lines",
        text.lines().count()
    );
    sound(home.path());
}

#[test]
fn no_execution_is_lost() {
    let home = TempDir::new().unwrap();
    let (loops, times) = sizes();
    let outcomes = ["success", "failure", "partial", "skipped"];
    concurrently(home.path(), loops, times, |own, time| {
        let outcome = outcomes.iter().cycle().nth(own + time).unwrap();
        let skill = format!("skill-{}", own % 5);
        let seconds = format!("0.{:03}", time + 1);
        [
            "metrics",
            "record",
            "--skill",
            &skill,
            "--outcome",
            outcome,
            "--duration",
            &seconds,
        ]
        .map(str::to_owned)
        .to_vec()
    });
    let mut db = sound(home.path());
    let figures = db.ledger().stats(&Default::default()).unwrap();
    let total: i64 = figures.iter().map(|figures| figures.total()).sum();
    assert_eq!(total, (loops * times) as i64);
    let micros: i64 = figures.iter().map(|figures| figures.duration.total).sum();
    let expected: usize = (1..=times).map(|time| time * 1000).sum::<usize>() * loops;
    assert_eq!(micros, expected as i64);
    println!("{loops} processes x {times} executions: {total} recorded, figures equal a recount");
}

#[test]
fn one_of_many_swaps_succeeds() {
    let home = TempDir::new().unwrap();
    done(home.path(), &["store", "set", "lock", "free"]);
    let swap = |own: usize| {
        let words = ["store", "cas", "lock", "free", &own.to_string()].map(str::to_owned);
        started(|| program(home.path()).args(&words).output())
            .status
            .code()
    };
    let swap = &swap;
    let codes: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..16).map(|own| scope.spawn(move || swap(own))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1);
}

#[test]
fn the_wal_stays_short_with_short_processes() {
    let place = TempDir::new().unwrap();
    let (real, linked) = (place.path().join("real"), place.path().join("linked"));
    done(&real, &["store", "set", "k", "v"]);
    std::fs::create_dir(&linked).unwrap();
    let homes = if link(&real.join("clawpowers.db"), &linked.join("clawpowers.db")) {
        vec![&real, &linked]
    } else {
        println!("skipped: no link to the database can be made here");
        vec![&real]
    };
    let value = "x".repeat(20_000);
    for home in homes {
        for _ in 0..40 {
            done(home, &["store", "set", "k", &value]);
        }
        let log = std::fs::metadata(real.join("clawpowers.db-wal")).unwrap().len();
        // Without it, there would be 40 x 20 KB.
        assert!(log < 400_000, "{log}");
    }
    sound(&real);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has names that are not UTF-8")]
fn the_wal_stays_short_in_a_home_whose_path_is_not_utf8() {
    let place = TempDir::new().unwrap();
    let home = place.path().join(not_utf8());
    let value = "x".repeat(20_000);
    for _ in 0..40 {
        done(&home, &["store", "set", "k", &value]);
    }
    let wal = std::fs::metadata(home.join("clawpowers.db-wal")).unwrap().len();
    assert!(wal < 400_000, "{wal}");
    sound(&home);
}

fn not_utf8() -> std::ffi::OsString {
    #[cfg(unix)]
    let name = std::os::unix::ffi::OsStringExt::from_vec(b"not \xff UTF-8".to_vec());
    #[cfg(windows)]
    let name = std::os::windows::ffi::OsStringExt::from_wide(&[0xd800]);
    name
}

/// Creates a symlink to a file, and returns whether it exists; Wine does not create it.
fn link(original: &Path, link: &Path) -> bool {
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(original, link);
    #[cfg(windows)]
    let made = std::os::windows::fs::symlink_file(original, link);
    made.is_ok() && link.exists()
}
