//! Processes that are suspended while they hold a lock.

use crate::started::Start as _;
use crate::{done, program, sound};
use clawpowers_executor::{Db, FileLock, Home, Key};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The variable with the home of a helper process.
const HOME: &str = "CLAWPOWERS_STRESS_HELD";
/// How long a command waits for another process, as documented.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Not a test: prints that it holds a lock, and releases it at the end of stdin.
fn hold() {
    println!("\nheld");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Not a test: the process that holds the write lock of the database.
#[test]
fn writer() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let mut db = Db::create(&Home::new(home)).unwrap();
    let entries = ["a", "b"].map(|key| (Key::new(key).unwrap(), b"held".as_slice()));
    // The second value is read in the middle of the transaction.
    let entries = entries.into_iter().enumerate().map(|(number, entry)| {
        if number == 1 {
            hold();
        }
        entry
    });
    db.store().set_all(entries, true).unwrap();
}

/// Not a test: the process that holds the lock of config.json.
#[test]
fn config() {
    lock("config.lock");
}

/// Not a test: the process that imports and makes no progress.
#[test]
fn import() {
    lock("import.lock");
}

fn lock(name: &str) {
    if let Some(home) = std::env::var_os(HOME) {
        let _lock = FileLock::acquire(&Path::new(&home).join(name)).unwrap();
        hold();
    }
}

/// A process that was suspended while it holds a lock.
struct Stopped {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Stopped {
    fn new(home: &Path, role: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([role, "--exact", "--nocapture", "--test-threads=1"])
            .env(HOME, home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .start();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut stopped = Self { process, output };
        let mut lines = stopped.output.by_ref().lines().map_while(Result::ok);
        assert!(lines.any(|line| line == "held"), "{role}");
        stopped.signal("-STOP");
        stopped
    }

    fn signal(&self, signal: &str) {
        if cfg!(windows) {
            // Processes cannot be suspended there; it waits for stdin and holds the lock.
            return;
        }
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Resumes the process, and waits for it to exit.
    fn go_on(mut self) {
        self.signal("-CONT");
        drop(self.process.stdin.take());
        self.output.read_to_end(&mut Vec::new()).unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn waiting_processes_time_out_and_lose_nothing() {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    done(home, &["store", "set", "a", "old"]);
    done(home, &["config", "set", "logging.level", "info"]);
    let holders =
        ["suspended::writer", "suspended::config", "suspended::import"].map(|role| Stopped::new(home, role));
    // Readers need no lock, and neither does a change to the same value.
    assert_eq!(done(home, &["store", "get", "a"]), "old\n");
    done(home, &["metrics", "summary"]);
    done(home, &["config", "get", "logging.level"]);
    done(home, &["config", "set", "logging.level", "info"]);
    let started = Instant::now();
    let start = |words: &[&'static str]| {
        let mut command = program(home);
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        (words.join(" "), command.start())
    };
    let waiting = [
        start(&["store", "set", "a", "new"]),
        start(&["store", "incr", "count"]),
        start(&["store", "delete", "a"]),
        start(&["metrics", "record", "--skill", "s", "--outcome", "success"]),
        start(&["config", "set", "logging.level", "debug"]),
        start(&["metrics", "import", "-"]),
        start(&["import"]),
    ];
    for (words, child) in waiting {
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(4), "{words}: {err}");
        let held = match words.as_str() {
            words if words.starts_with("config") => "config.lock",
            words if words.contains("import") => "import.lock",
            _ => "clawpowers.db",
        };
        for part in [
            held,
            "has been locked by another process for longer than the timeout",
            "hint: wait",
        ] {
            assert!(err.contains(part), "{words}: {err}");
        }
        assert!(started.elapsed() >= TIMEOUT, "{words} gave up too early");
    }
    for holder in holders {
        holder.go_on();
    }
    assert_eq!(done(home, &["store", "list-values"]), "a=held\nb=held\n");
    assert_eq!(done(home, &["config", "get", "logging.level"]), "info\n");
    assert_eq!(done(home, &["store", "incr", "count"]), "1\n");
    done(home, &["config", "set", "logging.level", "debug"]);
    assert_eq!(done(home, &["config", "get", "logging.level"]), "debug\n");
    let mut db = sound(home);
    assert_eq!(db.ledger().stats(&Default::default()).unwrap(), []);
}
