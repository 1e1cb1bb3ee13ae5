//! Full and read-only disks.

use crate::{done, run, sound};
use clawpowers_executor::Key;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A small file system, if this user can create one.
pub(crate) struct Disk {
    pub(crate) place: TempDir,
}

impl Disk {
    pub(crate) fn new(kilobytes: usize) -> Option<Self> {
        let place = TempDir::new().unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(place.path())
            .output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self { place });
        }
        println!("skipped: this user may not mount a small disk");
        None
    }

    fn home(&self) -> PathBuf {
        self.place.path().join("home")
    }

    pub(crate) fn remount(&self, how: &str) {
        let how = format!("remount,{how}");
        let done = Command::new("mount")
            .args(["-o", &how])
            .arg(self.place.path())
            .status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.place.path()).status();
    }
}

/// Checks that a command failed with a storage error, and returns its kind.
fn storage_error(ran: &Output) -> String {
    let err = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(4), "{ran:?}");
    assert!(err.contains("error: ") && err.contains("hint: "), "{err}");
    err.into_owned()
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_full_disk_loses_nothing() {
    let Some(disk) = Disk::new(900) else { return };
    let home = disk.home();
    let value = "x".repeat(20_000);
    let mut kept = 0;
    let full = loop {
        let ran = run(&home, &["store", "set", &format!("key:{kept}"), &value]);
        if !ran.status.success() {
            break ran;
        }
        kept += 1;
        assert!(kept < 1000, "the disk does not fill up");
    };
    assert!(storage_error(&full).contains("full"), "{full:?}");
    assert!(kept > 5, "{kept}");
    // No other command is done partially.
    fs::write(disk.place.path().join("rest"), vec![0; 1 << 20]).unwrap_err();
    for words in [
        &["store", "append", "key:0", &value][..],
        &["store", "set", "key:1", &value.repeat(5)],
        &[
            "metrics",
            "record",
            "--skill",
            "s",
            "--outcome",
            "success",
            "--notes",
            &value,
        ],
    ] {
        storage_error(&run(&home, words));
    }
    // Existing data can be read, at the latest when there is space again.
    fs::remove_file(disk.place.path().join("rest")).unwrap();
    for key in 0..kept {
        assert_eq!(
            done(&home, &["store", "get", &format!("key:{key}")]),
            format!("{value}\n"),
            "{key}"
        );
    }
    assert_eq!(
        run(&home, &["store", "exists", &format!("key:{kept}")])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(done(&home, &["metrics", "summary"]), "No metrics recorded\n");
    sound(&home);
    println!("full disk: {kept} acknowledged values, every one there");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn keys_can_be_deleted_on_a_full_disk() {
    let Some(disk) = Disk::new(3000) else { return };
    let home = disk.home();
    let value = "x".repeat(20_000);
    let mut kept = 0;
    while run(&home, &["store", "set", &format!("key:{kept}"), &value])
        .status
        .success()
    {
        kept += 1;
        assert!(kept < 1000, "the disk does not fill up");
    }
    done(&home, &["store", "list"]);
    // No byte is free.
    fs::write(disk.place.path().join("rest"), vec![0; 4 << 20]).unwrap_err();
    storage_error(&run(&home, &["store", "set", "key:0", &value.repeat(5)]));
    for key in 0..kept {
        assert_eq!(
            done(&home, &["store", "delete", &format!("key:{key}")]),
            format!("Deleted: key:{key}\n"),
            "{key} of {kept}"
        );
    }
    // The pages in the database are free now.
    done(&home, &["store", "set", "small", "v"]);
    assert_eq!(done(&home, &["store", "list"]), "small\n");
    fs::remove_file(disk.place.path().join("rest")).unwrap();
    done(&home, &["store", "set", "large", &value]);
    sound(&home);
    println!("full disk: {kept} keys deleted, every one of them");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_long_wal_leaves_space_for_a_deletion() {
    let Some(disk) = Disk::new(5000) else { return };
    let home = disk.home();
    done(&home, &["store", "set", "small", "v"]);
    // The value is in the WAL, and there is no space for it in the database.
    let entry = format!("{{\"key\":\"large\",\"value\":\"{}\"}}\n", "x".repeat(2_000_000));
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("entry.jsonl");
    fs::write(&file, entry).unwrap();
    done(&home, &["store", "import", file.to_str().unwrap()]);
    fs::write(disk.place.path().join("rest"), vec![0; 5 << 20]).unwrap_err();
    storage_error(&run(&home, &["store", "set", "more", &"x".repeat(20_000)]));
    done(&home, &["store", "delete", "small"]);
    assert_eq!(done(&home, &["store", "list"]), "large\n");
    sound(&home);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_long_import_leaves_free_space() {
    let Some(disk) = Disk::new(8000) else { return };
    let home = disk.home();
    done(&home, &["store", "set", "a", "1"]);
    let lines: String = (0..100_000)
        .map(|number| {
            format!(
                "{{\"ts\":\"2026-01-01T00:00:00Z\",\"skill\":\"s\",\"outcome\":\"success\",\"notes\":\"{number}\"}}\n"
            )
        })
        .collect();
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("lines.jsonl");
    fs::write(&file, lines).unwrap();
    let ran = run(&home, &["metrics", "import", file.to_str().unwrap()]);
    assert!(
        storage_error(&ran).contains("MiB are left on the disk"),
        "{ran:?}"
    );
    // It leaves nothing on the disk.
    done(&home, &["store", "set", "b", &"x".repeat(100_000)]);
    done(&home, &["store", "delete", "a"]);
    assert_eq!(done(&home, &["metrics", "summary"]), "No metrics recorded\n");
    sound(&home);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_full_disk_leaves_no_partial_home() {
    let Some(disk) = Disk::new(100) else { return };
    fs::write(disk.place.path().join("rest"), vec![0; 1 << 20]).unwrap_err();
    for words in [
        &["store", "set", "a", "1"][..],
        &["init"],
        &["store", "incr", "a"],
    ] {
        let ran = run(&disk.home(), words);
        assert!(storage_error(&ran).contains("full"), "{ran:?}");
        assert!(!disk.home().join("clawpowers.db").exists());
    }
    fs::remove_file(disk.place.path().join("rest")).unwrap();
    let left = fs::read_dir(disk.home()).map_or(0, |entries| {
        entries.filter(|e| e.as_ref().unwrap().path().is_file()).count()
    });
    assert_eq!(left, 0, "a temporary file remains");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_full_disk_imports_all_or_nothing() {
    let Some(disk) = Disk::new(1500) else { return };
    let old = TempDir::new().unwrap();
    fs::create_dir(old.path().join("state")).unwrap();
    for key in 0..60 {
        fs::write(
            old.path().join("state").join(format!("k__{key}")),
            "y".repeat(40_000),
        )
        .unwrap();
    }
    done(&disk.home(), &["store", "set", "mine", "1"]);
    let from = old.path().to_str().unwrap();
    storage_error(&run(&disk.home(), &["import", "--from", from]));
    assert_eq!(done(&disk.home(), &["store", "list"]), "mine\n");
    sound(&disk.home());
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_read_only_home_is_read_and_not_written() {
    let Some(disk) = Disk::new(4000) else { return };
    let home = disk.home();
    done(&home, &["store", "set", "a", "1"]);
    done(
        &home,
        &["metrics", "record", "--skill", "s", "--outcome", "success"],
    );
    let files = |home: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let entries = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries
            .filter(|path| path.is_file())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let before = files(&home);
    disk.remount("ro");
    assert_eq!(done(&home, &["store", "get", "a"]), "1\n");
    assert!(done(&home, &["metrics", "summary"]).starts_with("Total executions: 1\n"));
    assert!(done(&home, &["status"]).contains("keys        1\n"));
    for words in [
        &["store", "set", "a", "2"][..],
        &["store", "incr", "a"],
        &["store", "delete", "a"],
        &["metrics", "record", "--skill", "s", "--outcome", "failure"],
    ] {
        let ran = run(&home, words);
        assert!(storage_error(&ran).contains("cannot be written to"), "{ran:?}");
    }
    let new = disk.place.path().join("other");
    storage_error(&run(&new, &["store", "set", "a", "2"]));
    assert_eq!(files(&home), before);
    disk.remount("rw");
    done(&home, &["store", "incr", "a"]);
    let mut db = sound(&home);
    assert_eq!(db.store().get(&Key::new("a").unwrap()).unwrap().unwrap(), b"2");
}

#[test]
fn a_damaged_file_is_reported_and_not_changed() {
    let home = TempDir::new().unwrap();
    done(home.path(), &["store", "set", "a", "1"]);
    let file = home.path().join("clawpowers.db");
    let whole = fs::read(&file).unwrap();
    for name in ["clawpowers.db-wal", "clawpowers.db-shm"] {
        fs::remove_file(home.path().join(name)).unwrap();
    }
    let cut = whole.get(..whole.len() / 3).unwrap().to_vec();
    let mut scrambled = whole.clone();
    scrambled.iter_mut().skip(100).for_each(|byte| *byte ^= 0x5a);
    for bytes in [
        b"".to_vec(),
        b"not a database at all, but long enough to be looked at".repeat(20),
        cut,
        scrambled,
    ] {
        fs::write(&file, &bytes).unwrap();
        for words in [
            &["store", "set", "a", "2"][..],
            &["store", "get", "a"],
            &["metrics", "summary"],
            &["init"],
        ] {
            let err = storage_error(&run(home.path(), words));
            assert!(err.contains("clawpowers.db") && err.contains("doctor"), "{err}");
        }
        assert_eq!(fs::read(&file).unwrap(), bytes, "the file was left as it was");
        for name in ["clawpowers.db-wal", "clawpowers.db-shm"] {
            let _ = fs::remove_file(home.path().join(name));
        }
    }
}
