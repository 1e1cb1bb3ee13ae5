//! Homes on read-only media.

use crate::disk::Disk;
use crate::{done, reply, run, sound, without_wal};
use clawpowers_executor::{Db, ErrorKind, Home, Key, Storage};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Creates a home whose last write is in the WAL only.
fn home(disk: &Disk, name: &str) -> PathBuf {
    let home = disk.place.path().join(name);
    done(&home, &["store", "set", "a", "1"]);
    done(&home, &["store", "set", "b", "2"]);
    home
}

fn remove(home: &Path, suffixes: &[&str]) {
    for suffix in suffixes {
        fs::remove_file(home.join(format!("clawpowers.db{suffix}"))).unwrap();
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn copies_on_read_only_media_are_read() {
    let Some(disk) = Disk::new(16_000) else { return };
    let whole = home(&disk, "whole");
    let wal = home(&disk, "wal");
    remove(&wal, &["-shm"]);
    // As a copy by SQLite's tools: the header says that there is a WAL, and there is none.
    let copy = home(&disk, "copy");
    let mut bytes = sound(&copy).serialize().unwrap();
    bytes[18..20].fill(2);
    remove(&copy, &["-wal", "-shm"]);
    fs::write(copy.join("clawpowers.db"), bytes).unwrap();
    let rollback = home(&disk, "roll back?#%&é");
    without_wal(&rollback);
    let odd = disk.place.path().join("copy?#%&é");
    fs::rename(&copy, &odd).unwrap();
    disk.remount("ro");
    for home in [&whole, &wal, &odd, &rollback] {
        assert_eq!(done(home, &["store", "list-values"]), "a=1\nb=2\n", "{home:?}");
        let status = reply(home, &["status"]);
        assert_eq!(status["read_only"], true, "{status}");
        let doctor = done(home, &["doctor", "--root", home.to_str().unwrap()]);
        assert!(doctor.contains("can read the database but not write"), "{doctor}");
        for words in [
            &["store", "set", "a", "3"][..],
            &["metrics", "record", "--skill", "s", "--outcome", "success"],
        ] {
            let ran = run(home, words);
            let err = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(ran.status.code(), Some(4), "{home:?}");
            assert!(
                err.contains("cannot be written to") && err.contains("hint: "),
                "{err}"
            );
        }
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn an_interrupted_write_on_read_only_media_is_not_ignored() {
    let Some(disk) = Disk::new(8_000) else { return };
    let home = home(&disk, "home");
    without_wal(&home);
    // The start of a journal of one page.
    let journal = [
        b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\0\0\0\x01".to_vec(),
        vec![0; 20_000],
    ]
    .concat();
    fs::write(home.join("clawpowers.db-journal"), journal).unwrap();
    disk.remount("ro");
    let ran = run(&home, &["store", "get", "a"]);
    let err = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(4));
    assert!(err.contains("its last write was interrupted"), "{err}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "mounts a small disk as Linux does")]
fn a_write_elsewhere_is_noticed() {
    let Some(disk) = Disk::new(8_000) else { return };
    let home = home(&disk, "home");
    let mut bytes = sound(&home).serialize().unwrap();
    bytes[18..20].fill(2);
    remove(&home, &["-wal", "-shm"]);
    fs::write(home.join("clawpowers.db"), bytes).unwrap();
    // A folder that is read-only here and not there.
    let view = disk.place.path().join("view");
    fs::create_dir(&view).unwrap();
    let mount = |words: &[&str]| {
        let mounted = Command::new("mount").args(words).status();
        assert!(mounted.unwrap().success(), "{words:?}");
    };
    let (from, to) = (home.to_str().unwrap(), view.to_str().unwrap());
    mount(&["--bind", from, to]);
    mount(&["-o", "remount,ro,bind", to]);
    let mut db = Db::open(&Home::new(&view)).unwrap().unwrap();
    let key = Key::new("a").unwrap();
    assert_eq!(db.store().get(&key).unwrap().unwrap(), b"1");
    assert!(db.is_read_only() && db.is_in_place());
    db.check_unchanged().unwrap();
    done(&home, &["store", "set", "a", "3"]);
    let changed = db.check_unchanged().unwrap_err();
    assert_eq!(changed.kind, ErrorKind::Storage(Storage::Busy), "{changed}");
    assert!(!db.is_in_place(), "it is opened again");
    assert_eq!(done(&view, &["store", "get", "a"]), "3\n");
    drop(db);
    let _ = Command::new("umount").arg(&view).status();
}
