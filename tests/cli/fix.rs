//! `skill fix`: repairs are shown or written, and nothing else changes.

use crate::harness::{Sandbox, text_of};
use crate::system::{self, set_mode, symlink};
use std::fs;

const COLON: &str = "---\nname: colon\ndescription: Use when: there is a colon\n---\n\n# Colon\n";
const MENDED: &str = "---\nname: colon\ndescription: 'Use when: there is a colon'\n---\n\n# Colon\n";

#[test]
fn without_write_only_a_diff_is_shown() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("colon/SKILL.md", COLON);
    let ran = sandbox.run(&["skill", "fix", "colon"]);
    assert_eq!(ran.code, 1);
    for line in [
        "--- colon/SKILL.md",
        "+++ colon/SKILL.md",
        "-description: Use when: there is a colon",
        "+description: 'Use when: there is a colon'",
    ] {
        assert!(ran.out.lines().any(|l| l == line), "{line}: {ran:?}");
    }
    assert_eq!(
        ran.err,
        "1 file, 1 can be repaired\nhint: run again with `--write` to apply the repairs\n"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), COLON);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn the_diff_is_a_valid_patch() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("colon/SKILL.md", COLON);
    let diff = sandbox.run(&["skill", "fix", "colon"]).out;
    sandbox.file("fix.patch", diff);
    let mut patch = sandbox.command("patch");
    if std::process::Command::new("patch")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("skipped: there is no `patch`");
        return;
    }
    let ran = crate::harness::finish(patch.args(["-p0", "-i", "fix.patch"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs::read_to_string(file).unwrap(), MENDED);
}

#[test]
fn fixing_twice_changes_nothing_more() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("s/colon/SKILL.md", COLON);
    let good = sandbox.skill("s/good", "Is good.");
    // A hard link to the old file, which is replaced and not written to.
    let before = sandbox.work().join("before");
    fs::hard_link(&file, &before).unwrap();
    let ran = sandbox.run(&["skill", "fix", "s", "--write"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "2 files, 1 repaired\n"));
    assert_eq!(fs::read_to_string(&file).unwrap(), MENDED);
    assert_eq!(fs::read_to_string(before).unwrap(), COLON);
    assert_eq!(fs::read_to_string(&good).unwrap(), text_of("good", "Is good."));
    assert_eq!(
        fs::read_dir(file.parent().unwrap()).unwrap().count(),
        1,
        "no other file is left behind"
    );
    let again = sandbox.run(&["skill", "fix", "s", "--write"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert_eq!(again.err, "2 files, nothing to repair\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), MENDED);
    let valid = sandbox.run(&["skill", "validate", "s/colon"]);
    assert_eq!(valid.code, 0, "{valid:?}");
}

#[test]
fn the_reply_names_what_was_repaired_and_what_remains() {
    let sandbox = Sandbox::new();
    sandbox.file("colon/SKILL.md", COLON);
    let (code, reply) = sandbox.json(&["skill", "fix", "colon", "--write"]);
    assert_eq!(code, 0);
    let row = &reply["ok"]["files"][0];
    assert_eq!((&row["changed"], &row["written"]), (&true.into(), &true.into()));
    assert_eq!(row["applied"][0]["rule"], "yaml-repaired-colon");
    assert_eq!(row["remaining"], serde_json::json!([]));
    sandbox.file("none/SKILL.md", "---\nname: none\n---\nBody.\n");
    let (code, reply) = sandbox.json(&["skill", "fix", "none", "--write"]);
    assert_eq!(code, 1);
    assert_eq!(reply["ok"]["broken"], 1);
    assert_eq!(reply["ok"]["files"][0]["reason"], "description-missing");
}

#[test]
fn line_ends_and_the_body_are_kept() {
    let sandbox = Sandbox::new();
    let text = "---\r\nname: colon\r\ndescription: Use when: now\r\n---\r\n\r\n# Body \t\r\n\r\nEnd without a line end";
    let file = sandbox.file("colon/SKILL.md", text);
    assert_eq!(sandbox.run(&["skill", "fix", "colon", "--write"]).code, 0);
    let after = fs::read_to_string(file).unwrap();
    assert_eq!(after, text.replace("Use when: now", "'Use when: now'"));
}

#[test]
fn only_the_byte_order_mark_is_removed() {
    let sandbox = Sandbox::new();
    let plain = text_of("bom", "Has a mark.");
    let file = sandbox.file("bom/SKILL.md", format!("\u{feff}{plain}"));
    let shown = sandbox.run(&["skill", "fix", "bom"]);
    assert_eq!(shown.code, 1, "{shown:?}");
    assert_eq!(sandbox.run(&["skill", "fix", "bom", "--write"]).code, 0);
    assert_eq!(fs::read_to_string(file).unwrap(), plain);
}

#[test]
fn utf16_becomes_utf8() {
    let sandbox = Sandbox::new();
    let plain = text_of("wide", "Was wide ä.");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(plain.encode_utf16().flat_map(u16::to_le_bytes));
    let file = sandbox.file("wide/SKILL.md", bytes);
    assert_eq!(sandbox.run(&["skill", "fix", "wide", "--write"]).code, 0);
    assert_eq!(fs::read_to_string(file).unwrap(), plain);
}

#[test]
fn files_that_are_not_utf8_are_not_changed() {
    let sandbox = Sandbox::new();
    let bytes = b"---\nname: raw\ndescription: Use when: \xff\n---\nBody.\n";
    let file = sandbox.file("raw/SKILL.md", bytes);
    sandbox.run(&["skill", "fix", "raw", "--write"]);
    assert_eq!(fs::read(file).unwrap(), bytes);
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn permissions_are_kept() {
    let sandbox = Sandbox::new();
    for mode in [0o600, 0o640, 0o755] {
        let file = sandbox.file("colon/SKILL.md", COLON);
        set_mode(&file, mode).unwrap();
        assert_eq!(sandbox.run(&["skill", "fix", "colon", "--write"]).code, 0);
        assert_eq!(system::mode(&file), mode);
        assert_eq!(fs::read_to_string(&file).unwrap(), MENDED);
        fs::remove_file(file).unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_symlink_is_kept_and_its_target_repaired() {
    let sandbox = Sandbox::new();
    let target = sandbox.file("colon/text.md", COLON);
    let link = sandbox.work().join("colon/SKILL.md");
    symlink("text.md", &link).unwrap();
    assert_eq!(sandbox.run(&["skill", "fix", "colon", "--write"]).code, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(target).unwrap(), MENDED);
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn an_unwritable_file_does_not_prevent_other_repairs() {
    let sandbox = Sandbox::new();
    let first = sandbox.file("s/a/SKILL.md", COLON);
    let outside = sandbox.file("elsewhere/text.md", COLON);
    fs::create_dir_all(sandbox.work().join("s/link")).unwrap();
    let link = sandbox.work().join("s/link/SKILL.md");
    symlink("../../elsewhere/text.md", &link).unwrap();
    let closed = sandbox.file("s/closed/SKILL.md", COLON);
    set_mode(&closed, 0o444).unwrap();
    let last = sandbox.file("s/z/SKILL.md", COLON);
    // The symlink is named directly, because a walk of the folder rejects it.
    let paths = ["s", "s/link"];
    let shown = sandbox.run(&[&["skill", "fix"][..], &paths].concat());
    assert_eq!(shown.code, 4, "{shown:?}");
    crate::harness::good_error(&shown.err);
    assert!(
        !shown.out.contains("s/link") && shown.out.contains("+++ s/a/SKILL.md"),
        "{shown:?}"
    );
    assert_eq!(fs::read_to_string(&first).unwrap(), COLON);
    let ran = sandbox.run(&[&["skill", "fix", "--write"][..], &paths].concat());
    assert_eq!((ran.code, &ran.out), (4, &shown.out), "{ran:?}");
    for line in [
        "error: `s/closed/SKILL.md` cannot be written: it is read-only\n",
        "error: `s/link/SKILL.md` cannot be written: it is a symlink out of its folder, to `",
        "\nhint: ",
        ", 2 repaired, 2 cannot be written",
    ] {
        assert!(ran.err.contains(line), "{line}: {ran:?}");
    }
    for file in [&first, &last] {
        assert_eq!(fs::read_to_string(file).unwrap(), MENDED);
    }
    for file in [&outside, &closed] {
        assert_eq!(fs::read_to_string(file).unwrap(), COLON);
    }
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let (code, reply) = sandbox.json(&["skill", "fix", "s/link", "s/closed", "s/a", "--write"]);
    let ok = &reply["ok"];
    assert_eq!(
        (code, &ok["failed"], &ok["written"]),
        (4, &2.into(), &0.into()),
        "{reply}"
    );
    assert_eq!(ok["files"][1]["failure"], "it is read-only");
    assert_eq!(
        (&ok["files"][1]["changed"], &ok["files"][1]["written"]),
        (&true.into(), &false.into())
    );
    assert_eq!(ok["files"][2]["failure"], serde_json::Value::Null);
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn a_file_in_a_read_only_folder_is_not_changed() {
    let sandbox = Sandbox::new();
    sandbox.file("s/a/SKILL.md", COLON);
    let file = sandbox.file("s/b/SKILL.md", COLON);
    let last = sandbox.file("s/c/SKILL.md", COLON);
    let folder = file.parent().unwrap();
    set_mode(folder, 0o555).unwrap();
    let writable = fs::write(folder.join("probe"), "").is_ok();
    if writable {
        println!("skipped: this user may write everywhere");
    } else {
        let ran = sandbox.run(&["skill", "fix", "s", "--write"]);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(
            ran.err.contains("error: `s/b/SKILL.md` cannot be written: "),
            "{ran:?}"
        );
        assert!(
            ran.err.ends_with("3 files, 2 repaired, 1 cannot be written\n"),
            "{ran:?}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), COLON);
        assert_eq!(fs::read_to_string(&last).unwrap(), MENDED);
    }
    set_mode(folder, 0o755).unwrap();
}

#[test]
fn an_unreadable_file_does_not_prevent_other_repairs() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.work().join("s/a/SKILL.md")).unwrap();
    let huge = sandbox.file("s/huge/SKILL.md", "");
    fs::File::options()
        .write(true)
        .open(huge)
        .unwrap()
        .set_len(300 << 20)
        .unwrap();
    let file = sandbox.file("s/z/SKILL.md", COLON);
    let ran = sandbox.run(&["skill", "fix", "s", "--write"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(fs::read_to_string(file).unwrap(), MENDED);
    assert!(
        ran.err
            .contains("s/a/SKILL.md still does not load: file-not-regular\n"),
        "{ran:?}"
    );
    assert!(
        ran.err
            .contains("s/huge/SKILL.md still does not load: file-too-large\n"),
        "{ran:?}"
    );
    assert!(
        ran.err.ends_with("3 files, 1 repaired, 2 still do not load\n"),
        "{ran:?}"
    );
}

#[test]
fn an_empty_path_is_not_the_working_directory() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("colon/SKILL.md", COLON);
    sandbox.refused(3, &["skill", "fix", "--write", ""]);
    sandbox.refused(3, &["skill", "validate", "", "--target", "spec"]);
    assert_eq!(fs::read_to_string(file).unwrap(), COLON);
}

#[test]
fn a_missing_path_is_rejected_before_any_write() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("colon/SKILL.md", COLON);
    sandbox.refused(4, &["skill", "fix", "--write", "colon", "nowhere"]);
    assert_eq!(fs::read_to_string(file).unwrap(), COLON);
}
