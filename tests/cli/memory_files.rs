//! The files that `memory export` writes and the notes that `memory import` reads.

use crate::harness::Sandbox;
use crate::system::symlink;
use std::fs;

#[test]
fn an_export_replaces_neither_the_database_nor_a_device() {
    let sandbox = Sandbox::new();
    sandbox.good(&["memory", "create", "the only copy"]);
    let home = sandbox.runtime_home();
    for file in ["clawpowers.db", "clawpowers.db-wal"] {
        let path = home.join(file);
        let ran = sandbox.run(&["memory", "export", "--output", path.to_str().unwrap()]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("is a file of the database"), "{ran:?}");
    }
    let ran = sandbox.run(&["memory", "export", "--output", home.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("is not a file"), "{ran:?}");
    assert!(sandbox.good(&["memory", "list"]).contains("the only copy"));
}

#[test]
#[cfg_attr(windows, ignore = "needs symlinks")]
fn an_export_writes_the_file_that_a_symlink_leads_to() {
    let sandbox = Sandbox::new();
    sandbox.good(&["memory", "create", "kept"]);
    let file = sandbox.file("target.jsonl", "old");
    let link = sandbox.work().join("link.jsonl");
    symlink(&file, &link).unwrap();
    let ran = sandbox.run(&["memory", "export", "--output", "link.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("kept"));
}

#[test]
fn notes_that_only_differ_in_values_stay_notes() {
    let sandbox = Sandbox::new();
    for day in 0..8 {
        let note = format!("# Journal\n\nweight 8{day}.5 kg at 07:0{day}\n");
        sandbox.file(&format!("notes/{day}.md"), &note);
    }
    sandbox.good(&["memory", "import", "notes"]);
    assert!(
        sandbox
            .good(&["memory", "search", "86.5"])
            .contains("weight 86.5 kg")
    );
    sandbox.file("notes/0.md", "# Journal\n\nnothing left to do\n");
    sandbox.good(&["memory", "import", "notes"]);
    assert!(
        sandbox
            .good(&["memory", "search", "87.5"])
            .contains("weight 87.5 kg")
    );
    assert_eq!(
        sandbox.ok(&["memory", "list"])["entries"]
            .as_array()
            .unwrap()
            .len(),
        8
    );
}
