//! `import --from` of an untrusted folder: its symlinks are not followed out of it, and it may have no data.

use crate::harness::{Sandbox, good_error, write};
use crate::system::symlink;
use serde_json::json;
use std::fs;

const LINE: &str = r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"success"}"#;

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn symlinks_out_of_an_imported_folder_are_not_followed() {
    let sandbox = Sandbox::new();
    let secret = write(&sandbox.user_home().join(".ssh/id"), "private\n");
    let lines = write(&sandbox.user_home().join("lines.jsonl"), format!("{LINE}\n"));
    let from = sandbox.work().join("stranger");
    write(&from.join("state/plain"), "1\n");
    write(&from.join("metrics/2026-11.jsonl"), format!("{LINE}\n"));
    // Symlinks that stay inside the folder are followed.
    symlink("plain", from.join("state/near")).unwrap();
    symlink("../../stranger/state/plain", from.join("state/round")).unwrap();
    symlink(&secret, from.join("state/absolute")).unwrap();
    symlink("../../../home/.ssh/id", from.join("state/relative")).unwrap();
    symlink(secret.parent().unwrap(), from.join("state/folder")).unwrap();
    symlink(lines, from.join("metrics/2026-10.jsonl")).unwrap();
    let (code, reply) = sandbox.json(&["import", "--from", from.to_str().unwrap()]);
    assert_eq!(code, 0, "{reply}");
    let imported = &reply["ok"];
    assert_eq!(
        (&imported["keys"], &imported["executions"]["taken"]),
        (&json!(3), &json!(1))
    );
    let mut escaped: Vec<&str> = imported["executions"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["reason"] == "symlink-escape")
        .map(|row| row["source"].as_str().unwrap())
        .collect();
    escaped.sort_unstable();
    assert_eq!(
        escaped,
        [
            "metrics/2026-10.jsonl",
            "state/absolute",
            "state/folder",
            "state/relative"
        ]
    );
    assert_eq!(sandbox.good(&["store", "list"]), "near\nplain\nround\n");
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_folder_that_is_a_symlink_out_is_one_skipped_row() {
    let sandbox = Sandbox::new();
    write(&sandbox.user_home().join("state/secret"), "private\n");
    let from = sandbox.work().join("stranger");
    fs::create_dir(&from).unwrap();
    symlink(sandbox.user_home().join("state"), from.join("state")).unwrap();
    let (code, reply) = sandbox.json(&["import", "--from", from.to_str().unwrap()]);
    assert_eq!((code, &reply["ok"]["keys"]), (3, &json!(0)), "{reply}");
    assert_eq!(reply["ok"]["executions"]["reasons"], json!({"symlink-escape": 1}));
    assert_eq!(sandbox.good(&["store", "list"]), "");
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn symlinks_in_the_user_s_own_home_may_point_anywhere() {
    let sandbox = Sandbox::new();
    write(&sandbox.user_home().join("dotfiles/state/key"), "1\n");
    symlink(
        sandbox.user_home().join("dotfiles/state"),
        sandbox.runtime_home().join("state"),
    )
    .unwrap();
    let (code, reply) = sandbox.json(&["import"]);
    assert_eq!((code, &reply["ok"]["keys"]), (0, &json!(1)), "{reply}");
}

#[test]
fn a_folder_without_usable_data_is_rejected() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.work().join("bare/state")).unwrap();
    write(&sandbox.work().join("odd/state/k.tmp.1"), "half");
    write(&sandbox.work().join("odd/metrics/2026-11.jsonl"), "garbage\n");
    let odd = "error: nothing was imported: 2 files or lines could not be used\n";
    for (folder, said) in [("bare", "error: no data of ClawPowers 1.x in `"), ("odd", odd)] {
        let ran = sandbox.run(&["import", "--from", folder]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.starts_with(said), "{ran:?}");
        good_error(&ran.err);
        assert!(
            ran.out.starts_with("keys: 0 imported, 0 already imported\n"),
            "{ran:?}"
        );
        // With `--json`, the reply and the exit code say so.
        let (code, reply) = sandbox.json(&["import", "--from", folder]);
        assert_eq!(
            (code, &reply["ok"]["keys"], &reply["ok"]["executions"]["taken"]),
            (3, &json!(0), &json!(0))
        );
    }
    // Without `--from`, a home without 1.x data is not an error.
    assert_eq!(sandbox.run(&["import"]).code, 0);
    // Known data was usable, and so was a key that was changed in this home.
    write(&sandbox.work().join("old/state/k"), "theirs\n");
    assert_eq!(sandbox.run(&["import", "--from", "old"]).code, 0);
    assert_eq!(sandbox.run(&["import", "--from", "old"]).code, 0);
    assert_eq!(sandbox.run(&["store", "set", "k", "ours"]).code, 0);
    write(&sandbox.work().join("old/state/k"), "theirs again\n");
    let ran = sandbox.run(&["import", "--from", "old"]);
    assert!(ran.code == 0 && ran.out.contains("\nconflict: 1\n"), "{ran:?}");
    // Even in the home itself, if it has unusable data.
    write(&sandbox.runtime_home().join("state/k.tmp.1"), "half");
    assert_eq!(sandbox.run(&["import"]).code, 3);
}
