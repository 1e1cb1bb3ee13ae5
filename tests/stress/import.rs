//! Imports with concurrent processes, and imports that are killed.

use crate::started::Start as _;
use crate::started::started;
use crate::{done, program, rounds, run, sound};
use clawpowers_executor::{Db, FileLock, Home, Leftovers};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// After this time a process is considered to hang; no test depends on its exact value.
const HANGS: Duration = Duration::from_secs(600);
/// More lines than the first transaction of an import writes.
const SEVERAL: usize = 12_000;

/// Executions of 50 skills as lines.
fn lines(from: usize, to: usize) -> String {
    let line = |number: usize| {
        let (skill, day, second) = (number % 50, 1 + number / 50_000 % 28, number % 60);
        format!(
            "{{\"ts\":\"2026-01-{day:02}T00:00:{second:02}Z\",\"skill\":\"s-{skill}\",\"outcome\":\"success\",\
             \"duration_s\":{second},\"notes\":\"{number}\"}}\n"
        )
    };
    (from..to).map(line).collect()
}

fn file_of(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("lines.jsonl");
    fs::write(&path, lines(0, count)).unwrap();
    path
}

/// An import that waits for more lines, after it has committed some that are still staged.
struct Waiting {
    process: Child,
    input: ChildStdin,
}

impl Waiting {
    fn new(home: &Path, text: &str) -> Self {
        let mut process = program(home)
            .args(["metrics", "import", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .start();
        let mut input = process.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
        // The size of its lock file is the number of transactions.
        let lock = home.join("import.lock");
        let since = Instant::now();
        while fs::metadata(&lock).map_or(0, |lock| lock.len()) == 0 {
            assert!(since.elapsed() < HANGS, "nothing was committed");
            assert_eq!(process.try_wait().unwrap(), None);
            thread::sleep(Duration::from_millis(10));
        }
        Self { process, input }
    }

    fn finish(mut self, text: &str) -> Output {
        assert_eq!(self.process.try_wait().unwrap(), None, "it waits for lines");
        self.input.write_all(text.as_bytes()).unwrap();
        drop(self.input);
        self.process.wait_with_output().unwrap()
    }
}

fn total(home: &Path) -> i64 {
    let figures = sound(home).ledger().stats(&Default::default()).unwrap();
    figures.iter().map(|figures| figures.total()).sum()
}

#[test]
fn writers_commit_between_the_transactions_of_an_import() {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    done(home, &["store", "set", "a", "1"]);
    let import = Waiting::new(home, &lines(0, SEVERAL));
    assert_eq!(done(home, &["store", "incr", "a"]), "2\n");
    done(
        home,
        &["metrics", "record", "--skill", "own", "--outcome", "failure"],
    );
    assert_eq!(
        total(home),
        1,
        "what is imported does not count before all of it is there"
    );
    let ended = import.finish(&lines(SEVERAL, SEVERAL + 10));
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(total(home), SEVERAL as i64 + 11);
    assert_eq!(done(home, &["store", "incr", "a"]), "3\n");
}

#[test]
fn a_killed_import_leaves_nothing_and_can_be_repeated() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    done(&home, &["store", "set", "a", "1"]);
    for _ in 0..rounds(2, 20) {
        let mut import = Waiting::new(&home, &lines(0, SEVERAL));
        import.process.kill().unwrap();
        import.process.wait().unwrap();
        assert_eq!(total(&home), 0);
        // The next import deletes what this one staged; the lock file says how much that was.
        fs::remove_file(home.join("import.lock")).unwrap();
    }
    let path = file_of(folder.path(), SEVERAL);
    let path = path.to_str().unwrap();
    done(&home, &["metrics", "import", path]);
    assert_eq!(total(&home), SEVERAL as i64);
    done(&home, &["metrics", "import", path]);
    assert_eq!(total(&home), SEVERAL as i64);
}

/// Runs an import concurrently with increments, each in its own process; `each` runs after each of them.
fn beside_writers(home: &Path, import: &[&str], mut each: impl FnMut()) {
    let ended = AtomicBool::new(false);
    let (longest, writes) = thread::scope(|scope| {
        let import = scope.spawn(|| {
            let ran = run(home, import);
            ended.store(true, Ordering::Release);
            ran
        });
        let (mut longest, mut writes) = (Duration::ZERO, 0);
        while !ended.load(Ordering::Acquire) {
            let started = Instant::now();
            writes += 1;
            assert_eq!(done(home, &["store", "incr", "a"]), format!("{writes}\n"));
            longest = longest.max(started.elapsed());
            each();
        }
        let ran = import.join().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        (longest, writes)
    });
    println!(
        "{} beside {writes} increments, each a process: the longest took {:.2} s",
        import.join(" "),
        longest.as_secs_f64()
    );
}

#[test]
fn a_long_import_does_not_block_others() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    done(&home, &["store", "set", "a", "0"]);
    let count = rounds(SEVERAL, 1_000_000);
    let path = file_of(folder.path(), count);
    beside_writers(&home, &["metrics", "import", path.to_str().unwrap()], || {});
    assert_eq!(total(&home), count as i64);
}

/// Keys as lines.
fn keys_of(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("keys.jsonl");
    let line = |number: usize| format!("{{\"key\":\"plan:{number:07}\",\"value\":\"{number}\"}}\n");
    fs::write(&path, (0..count).map(line).collect::<String>()).unwrap();
    path
}

/// Returns the number of visible keys.
fn keys(home: &Path) -> usize {
    let db = Db::open(&Home::new(home)).unwrap();
    db.map_or(0, |mut db| usize::try_from(db.store().count().unwrap()).unwrap())
}

#[test]
fn a_long_import_of_keys_does_not_block_and_is_atomic() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    done(&home, &["store", "set", "a", "0"]);
    let count = rounds(SEVERAL, 1_000_000);
    let path = keys_of(folder.path(), count);
    beside_writers(&home, &["store", "import", path.to_str().unwrap()], || {
        let keys = keys(&home);
        assert!(keys == 1 || keys == count + 1, "{keys} of {count}");
    });
    assert_eq!(keys(&home), count + 1);
    sound(&home);
}

#[test]
fn a_long_import_of_a_1x_home_does_not_block() {
    let folder = TempDir::new().unwrap();
    let (home, old) = (folder.path().join("home"), folder.path().join("old"));
    done(&home, &["store", "set", "a", "0"]);
    let count = rounds(SEVERAL, 60_000);
    old_home(&old);
    for number in 0..count {
        fs::write(old.join(format!("state/plan__{number}")), "value\n").unwrap();
    }
    beside_writers(&home, &["import", "--from", old.to_str().unwrap()], || {
        let executions = total(&home);
        let keys = keys(&home);
        assert!(keys == 1 || keys == count + 2, "{keys} of {count}");
        assert!(keys > 1 || executions == 0, "executions before keys");
    });
    assert_eq!((keys(&home), total(&home)), (count + 2, 1000));
}

#[test]
fn a_killed_import_of_keys_is_atomic_and_can_be_repeated() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    done(&home, &["store", "set", "a", "1"]);
    let path = keys_of(folder.path(), 3 * SEVERAL);
    let import = ["store", "import", path.to_str().unwrap()];
    for round in 0..rounds(4, 40) {
        let mut process = started(|| program(&home).args(import).stderr(Stdio::null()).spawn());
        let lock = home.join("import.lock");
        let since = Instant::now();
        // Each time after a different number of transactions.
        let enough = || fs::metadata(&lock).map_or(0, |lock| lock.len()) > round as u64 % 5;
        while !enough() && process.try_wait().unwrap().is_none() {
            assert!(since.elapsed() < HANGS, "nothing was committed");
            thread::sleep(Duration::from_millis(1));
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let keys = keys(&home);
        assert!(keys == 1 || keys == 3 * SEVERAL + 1, "{keys}");
        let left = sound(&home).leftovers().unwrap();
        let said = String::from_utf8(run(&home, &["doctor"]).stdout).unwrap();
        assert_eq!(
            said.contains(&format!("note: {} keys of an interrupted import", left.keys)),
            left.keys > 1,
            "{said}"
        );
        // The next import deletes what this one staged; the lock file says how much that was.
        fs::remove_file(&lock).unwrap();
    }
    done(&home, &import);
    assert_eq!(keys(&home), 3 * SEVERAL + 1);
    assert_eq!(sound(&home).leftovers().unwrap(), Leftovers::default());
}

/// A 1.x home.
fn old_home(folder: &Path) {
    fs::create_dir_all(folder.join("state")).unwrap();
    fs::create_dir_all(folder.join("metrics")).unwrap();
    fs::write(folder.join("state/old__key"), "value\n").unwrap();
    fs::write(folder.join("metrics/2026-01.jsonl"), lines(0, 1000)).unwrap();
}

#[test]
fn one_of_many_first_commands_imports() {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    old_home(home);
    let first = |number: usize| {
        let key = format!("own:{number}");
        let ran = run(home, &["store", "set", &key, "1"]);
        assert!(ran.status.success(), "{ran:?}");
        String::from_utf8(ran.stderr).unwrap()
    };
    let first = &first;
    let told: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = (0..24).map(|number| scope.spawn(move || first(number))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let told: Vec<_> = told.iter().filter(|err| !err.is_empty()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(done(home, &["store", "get", "old:key"]), "value\n");
    assert_eq!(done(home, &["store", "list"]).lines().count(), 25);
    assert_eq!(total(home), 1000);
}

#[test]
fn a_first_command_waits_for_the_one_that_imports() {
    let folder = TempDir::new().unwrap();
    let (home, made) = (folder.path().join("home"), folder.path().join("made"));
    old_home(&home);
    done(&made, &["store", "set", "mine", "1"]);
    let lock = FileLock::acquire(&home.join("import.lock")).unwrap();
    let waiting = program(&home)
        .args(["store", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .start();
    // The database of the other process exists before it releases the lock.
    fs::hard_link(made.join("clawpowers.db"), home.join("clawpowers.db")).unwrap();
    drop(lock);
    let ran = waiting.wait_with_output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(String::from_utf8(ran.stderr).unwrap(), "", "it imported as well");
}
