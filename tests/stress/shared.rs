//! File systems that machines share, tested with FUSE, which can be mounted here with and without shared memory.

use crate::concurrent::concurrently;
use crate::{done, reply, sound, without_wal};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder that is also seen through a FUSE file system.
struct Shared {
    place: TempDir,
}

impl Shared {
    /// Mounts the folder; `None` if this user cannot, or there is no `bindfs`.
    fn new(options: &[&str]) -> Option<Self> {
        let shared = Self {
            place: TempDir::new().unwrap(),
        };
        let (disk, mount) = (shared.place.path().join("disk"), shared.place.path().join("fuse"));
        fs::create_dir(&disk).unwrap();
        fs::create_dir(&mount).unwrap();
        let mounted = Command::new("bindfs")
            .args(options)
            .args([&disk, &mount])
            .output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(shared);
        }
        println!("skipped: this user may not mount a FUSE file system, or there is no bindfs");
        None
    }

    /// The home as this machine has it on its disk.
    fn on_disk(&self) -> PathBuf {
        self.place.path().join("disk/home")
    }

    /// The same home on the FUSE file system.
    fn on_fuse(&self) -> PathBuf {
        self.place.path().join("fuse/home")
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg(self.place.path().join("fuse"))
            .status();
    }
}

fn has_wal(home: &Path) -> bool {
    home.join("clawpowers.db-wal").exists()
}

/// Checks that `loops` times `times` processes of each kind lose nothing, and that `status` says how they write.
fn many_processes(home: &Path, loops: usize, times: usize) {
    let before: usize = match crate::run(home, &["store", "exists", "count"]).status.success() {
        true => done(home, &["store", "get", "count"]).trim().parse().unwrap(),
        false => 0,
    };
    concurrently(home, loops, times, |own, time| {
        let words: &[&str] = match (own + time) % 3 {
            0 => &["store", "incr", "count"],
            1 => &["store", "append", "log", "line"],
            _ => &["metrics", "record", "--skill=s", "--outcome=success"],
        };
        words.iter().map(|&word| word.to_owned()).collect()
    });
    let kinds = |kind: usize| {
        let all = (0..loops).flat_map(|own| (0..times).map(move |time| own + time));
        all.filter(|number| number % 3 == kind).count()
    };
    assert_eq!(
        done(home, &["store", "get", "count"]),
        format!("{}\n", before + kinds(0))
    );
    let lines = done(home, &["store", "get", "log"]).lines().count();
    let status = reply(home, &["status"]);
    assert!(lines >= kinds(1), "{lines}");
    assert_eq!(
        (&status["file_system"], &status["journal"], &status["read_only"]),
        (&json!("fuse"), &json!("rollback"), &json!(false)),
        "{status}"
    );
    assert!(!has_wal(home));
    let doctor = done(home, &["doctor", "--root", home.to_str().unwrap()]);
    assert!(doctor.contains("a network or shared file system"), "{doctor}");
    let mut db = sound(home);
    let stats = db.ledger().stats(&Default::default()).unwrap();
    assert!(stats[0].total() >= kinds(2) as i64, "{}", stats[0].total());
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts as Linux does")]
fn processes_share_a_home_on_a_shared_file_system() {
    // Without the page cache there is no memory that processes could share.
    for options in [&[][..], &["-o", "direct_io"]] {
        let Some(shared) = Shared::new(options) else {
            return;
        };
        many_processes(&shared.on_fuse(), 12, 6);
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts as Linux does")]
fn a_home_leaves_wal_mode_on_a_shared_file_system_and_does_not_return_to_it() {
    for options in [&[][..], &["-o", "direct_io"]] {
        let Some(shared) = Shared::new(options) else {
            return;
        };
        done(&shared.on_disk(), &["store", "set", "count", "7"]);
        assert!(has_wal(&shared.on_disk()), "the value is in the WAL");
        // The first of them copy the WAL into the database, all at the same time.
        many_processes(&shared.on_fuse(), 12, 3);
        done(&shared.on_disk(), &["store", "set", "k", "v"]);
        assert!(!has_wal(&shared.on_disk()));
        let status = reply(&shared.on_disk(), &["status"]);
        assert_eq!(
            (&status["file_system"], &status["journal"]),
            (&json!(null), &json!("rollback"))
        );
        assert_eq!(done(&shared.on_fuse(), &["store", "get", "k"]), "v\n");
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts as Linux does")]
fn a_wal_that_is_in_use_is_kept_on_a_shared_file_system() {
    let Some(shared) = Shared::new(&["--enable-lock-forwarding", "--multithreaded"]) else {
        return;
    };
    done(&shared.on_disk(), &["store", "set", "k", "v"]);
    let mut held = sound(&shared.on_disk());
    assert_eq!(done(&shared.on_fuse(), &["store", "get", "k"]), "v\n");
    let status = reply(&shared.on_fuse(), &["status"]);
    assert_eq!(status["journal"], "wal", "{status}");
    assert!(
        status["notes"][0]
            .as_str()
            .unwrap()
            .contains("a WAL is safe only"),
        "{status}"
    );
    assert_eq!(held.store().count().unwrap(), 1);
    drop(held);
    assert_eq!(reply(&shared.on_fuse(), &["status"])["journal"], "rollback");
    assert!(!has_wal(&shared.on_disk()));
}

#[test]
fn processes_share_a_home_without_a_wal() {
    let home = TempDir::new().unwrap();
    done(home.path(), &["store", "set", "k", "v"]);
    without_wal(home.path());
    let (loops, times) = (16, 6);
    let printed = concurrently(home.path(), loops, times, |_, _| {
        ["store", "incr", "count"].map(str::to_owned).to_vec()
    });
    let mut sums: Vec<usize> = printed.iter().map(|line| line.parse().unwrap()).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=loops * times).collect::<Vec<_>>());
    assert!(!has_wal(home.path()));
    assert_eq!(reply(home.path(), &["status"])["journal"], "rollback");
    sound(home.path());
}
