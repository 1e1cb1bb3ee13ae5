//! `import --from` of a folder that somebody else made: its symlinks lead nowhere outside it, and it may hold nothing.

use crate::harness::{World, good_error, write};
use crate::system::symlink;
use serde_json::json;
use std::fs;

const LINE: &str = r#"{"ts":"2026-11-03T08:00:00Z","skill":"a","outcome":"success"}"#;

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn symlinks_out_of_an_imported_folder_are_not_followed() {
    let world = World::new();
    let secret = write(&world.home().join(".ssh/id"), "private\n");
    let lines = write(&world.home().join("lines.jsonl"), format!("{LINE}\n"));
    let from = world.work().join("stranger");
    write(&from.join("state/plain"), "1\n");
    write(&from.join("metrics/2026-11.jsonl"), format!("{LINE}\n"));
    // Links inside the folder are followed, by whichever way.
    symlink("plain", from.join("state/near")).unwrap();
    symlink("../../stranger/state/plain", from.join("state/round")).unwrap();
    symlink(&secret, from.join("state/absolute")).unwrap();
    symlink("../../../home/.ssh/id", from.join("state/relative")).unwrap();
    symlink(secret.parent().unwrap(), from.join("state/folder")).unwrap();
    symlink(lines, from.join("metrics/2026-10.jsonl")).unwrap();
    let (code, reply) = world.json(&["import", "--from", from.to_str().unwrap()]);
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
    assert_eq!(world.good(&["store", "list"]), "near\nplain\nround\n");
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_folder_that_is_itself_a_symlink_out_is_one_skipped_row() {
    let world = World::new();
    write(&world.home().join("state/secret"), "private\n");
    let from = world.work().join("stranger");
    fs::create_dir(&from).unwrap();
    symlink(world.home().join("state"), from.join("state")).unwrap();
    let (code, reply) = world.json(&["import", "--from", from.to_str().unwrap()]);
    assert_eq!((code, &reply["ok"]["keys"]), (3, &json!(0)), "{reply}");
    assert_eq!(reply["ok"]["executions"]["reasons"], json!({"symlink-escape": 1}));
    assert_eq!(world.good(&["store", "list"]), "");
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn the_user_s_own_home_may_link_anywhere() {
    let world = World::new();
    write(&world.home().join("dotfiles/state/key"), "1\n");
    symlink(world.home().join("dotfiles/state"), world.claw().join("state")).unwrap();
    let (code, reply) = world.json(&["import"]);
    assert_eq!((code, &reply["ok"]["keys"]), (0, &json!(1)), "{reply}");
}

#[test]
fn a_folder_in_which_nothing_is_usable_is_refused() {
    let world = World::new();
    fs::create_dir_all(world.work().join("bare/state")).unwrap();
    write(&world.work().join("odd/state/k.tmp.1"), "half");
    write(&world.work().join("odd/metrics/2026-11.jsonl"), "garbage\n");
    let odd = "error: nothing was imported: 2 of its files and lines could not be used\n";
    for (folder, said) in [
        ("bare", "error: there is nothing of ClawPowers 1.x in `"),
        ("odd", odd),
    ] {
        let ran = world.run(&["import", "--from", folder]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.starts_with(said), "{ran:?}");
        good_error(&ran.err);
        assert!(
            ran.out.starts_with("keys: 0 imported, 0 already known\n"),
            "{ran:?}"
        );
        // A program reads it in the reply, and by the exit code.
        let (code, reply) = world.json(&["import", "--from", folder]);
        assert_eq!(
            (code, &reply["ok"]["keys"], &reply["ok"]["executions"]["taken"]),
            (3, &json!(0), &json!(0))
        );
    }
    // A home without anything of 1.x is as good as any.
    assert_eq!(world.run(&["import"]).code, 0);
    // What is known was usable, and so was a key that was changed here.
    write(&world.work().join("old/state/k"), "theirs\n");
    assert_eq!(world.run(&["import", "--from", "old"]).code, 0);
    assert_eq!(world.run(&["import", "--from", "old"]).code, 0);
    assert_eq!(world.run(&["store", "set", "k", "ours"]).code, 0);
    write(&world.work().join("old/state/k"), "theirs again\n");
    let ran = world.run(&["import", "--from", "old"]);
    assert!(ran.code == 0 && ran.out.contains("\nconflict: 1\n"), "{ran:?}");
    // In the home itself too, where there was something.
    write(&world.claw().join("state/k.tmp.1"), "half");
    assert_eq!(world.run(&["import"]).code, 3);
}
