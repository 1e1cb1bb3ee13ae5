//! `skill validate`: results as text, JSON and SARIF.

use crate::harness::Sandbox;
use crate::system::{self, symlink};
use serde_json::Value;

const BAD: &str = "---\nname: Bad Name\ndescription: Does things.\nauthor: me\n---\nBody.\n";

#[test]
fn a_valid_skill_is_reported_on_stdout() {
    let sandbox = Sandbox::new();
    sandbox.skill("good", "Is good.");
    let ran = sandbox.run(&["skill", "validate", "good"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "Valid skill: good\n");
    let ran = sandbox.run(&["skill", "check", "good", "--target", "spec"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out, "1 file, 1 valid for spec, 0 errors, 0 warnings\n");
}

#[test]
fn a_diagnostic_has_position_severity_rule_and_hint() {
    let sandbox = Sandbox::new();
    sandbox.file("bad/SKILL.md", BAD);
    let ran = sandbox.run(&["skill", "validate", "bad", "--target", "spec"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for start in [
        "bad/SKILL.md:2:7: error[name-uppercase]: ",
        "bad/SKILL.md:2:7: error[name-charset]: ",
        "bad/SKILL.md:2:7: error[name-folder-mismatch]: ",
        "bad/SKILL.md:4:1: error[unknown-field]: ",
    ] {
        assert_eq!(
            ran.out.lines().filter(|line| line.starts_with(start)).count(),
            1,
            "{start}\n{}",
            ran.out
        );
    }
    assert!(ran.out.contains("\n  hint: "), "{}", ran.out);
    assert!(
        ran.out
            .ends_with("1 file, 0 valid for spec, 4 errors, 0 warnings\n"),
        "{}",
        ran.out
    );
}

#[test]
fn the_target_selects_the_rules() {
    let sandbox = Sandbox::new();
    sandbox.file("bad/SKILL.md", BAD);
    for (target, code) in [
        ("spec", 1),
        ("claude-code", 0),
        ("claude-upload", 1),
        ("codex", 0),
        ("openclaw", 0),
        ("vscode", 1),
        ("clawpowers", 0),
    ] {
        let ran = sandbox.run(&["skill", "validate", "bad", "--target", target]);
        assert_eq!(ran.code, code, "{target}: {ran:?}");
        assert!(ran.out.contains(&format!(" valid for {target}, ")), "{ran:?}");
    }
}

#[test]
fn json_is_the_reply_of_the_operation() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/good", "Is good.");
    sandbox.file("s/bad/SKILL.md", BAD);
    let by_option = sandbox.run(&["skill", "validate", "s", "--json"]);
    let by_format = sandbox.run(&["skill", "validate", "s", "--format", "json"]);
    assert_eq!((by_option.code, by_format.code), (1, 1));
    assert_eq!(by_option.out, by_format.out);
    let reply: Value = serde_json::from_str(&by_option.out).unwrap();
    let ok = &reply["ok"];
    assert_eq!(
        (&ok["target"], &ok["valid"], &ok["errors"]),
        (&"spec".into(), &1.into(), &4.into())
    );
    assert_eq!(ok["files"][0]["path"], "s/bad/SKILL.md");
    assert_eq!(ok["files"][0]["valid"], false);
    assert_eq!(ok["files"][1]["path"], "s/good/SKILL.md");
    assert_eq!(ok["files"][1]["diagnostics"].as_array().unwrap().len(), 0);
}

#[test]
fn an_explicit_format_overrides_the_json_option() {
    let sandbox = Sandbox::new();
    sandbox.skill("good", "Is good.");
    let ran = sandbox.run(&["skill", "validate", "good", "--json", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let ran = sandbox.run(&["skill", "validate", "good", "--json", "--format", "text"]);
    assert!(ran.out.starts_with("1 file, 1 valid"), "{ran:?}");
}

#[test]
fn sarif_has_rule_level_and_position() {
    let sandbox = Sandbox::new();
    sandbox.file("s/a b%/SKILL.md", BAD);
    sandbox.skill("s/good", "Is good.");
    let ran = sandbox.run(&["skill", "validate", "s", "--format", "sarif"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4, "{results:?}");
    for result in results {
        assert!(
            rules.iter().any(|rule| rule["id"] == result["ruleId"]),
            "{result}"
        );
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "s/a%20b%25/SKILL.md");
        let line = place["region"]["startLine"].as_u64().unwrap();
        assert!(matches!(line, 2 | 4), "{result}");
        assert!(place["region"]["startColumn"].as_u64().unwrap() >= 1);
    }
    let clean = sandbox.run(&["skill", "validate", "s/good", "--format", "sarif"]);
    assert_eq!(clean.code, 0);
    let log: Value = serde_json::from_str(&clean.out).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn several_paths_are_validated_in_order() {
    let sandbox = Sandbox::new();
    sandbox.file("bad/SKILL.md", BAD);
    sandbox.skill("good", "Is good.");
    let (code, reply) = sandbox.json(&["skill", "validate", "good", "bad/SKILL.md", "--target", "spec"]);
    assert_eq!(code, 1);
    assert_eq!(reply["ok"]["files"][0]["path"], "good/SKILL.md");
    assert_eq!(reply["ok"]["files"][1]["path"], "bad/SKILL.md");
    let ran = sandbox.run(&["skill", "validate", "good", "good"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "2 files, 2 valid for spec, 0 errors, 0 warnings\n")
    );
}

#[test]
fn diagnostics_name_files_as_the_caller_did() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("bad/SKILL.md", BAD);
    let folder = file.parent().unwrap();
    let absolute = folder.to_str().unwrap();
    for (cwd, given, shown) in [
        (sandbox.work(), "bad", "bad/SKILL.md:"),
        (sandbox.work(), "./bad/", "./bad/SKILL.md:"),
        (
            sandbox.work(),
            absolute,
            &format!("{}/SKILL.md:", system::shown(folder)),
        ),
        (folder.to_owned(), ".", "./SKILL.md:"),
        (folder.to_owned(), "SKILL.md", "SKILL.md:"),
        (folder.to_owned(), "../bad", "../bad/SKILL.md:"),
    ] {
        let ran = sandbox.run_in(&cwd, &["skill", "validate", given, "--target", "spec"]);
        assert!(ran.out.starts_with(shown), "{given}: {ran:?}");
        assert!(
            ran.out.contains("differs from its folder `bad`"),
            "{given}: {ran:?}"
        );
    }
}

#[test]
fn a_folder_without_any_skill_is_not_valid() {
    let sandbox = Sandbox::new();
    sandbox.file("empty/notes.txt", "x");
    let ran = sandbox.run(&["skill", "validate", "empty"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "Validation failed for empty:\n  - Missing required file: SKILL.md\n"
    );
    let ran = sandbox.run(&["skill", "validate", "empty", "--target", "spec"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_eq!(
        ran.out,
        "empty:1:1: error[file-missing]: missing required file: SKILL.md, in the folder or its subfolders\n  hint: \
         `clawpowers skill new NAME` creates one\n1 file, 0 valid for spec, 1 error, 0 warnings\n"
    );
    sandbox.skill("good", "Is good.");
    let (code, reply) = sandbox.json(&["skill", "validate", "good", "empty"]);
    assert_eq!((code, &reply["ok"]["valid"]), (1, &1.into()), "{reply}");
    assert_eq!(reply["ok"]["files"][1]["reason"], "file-missing");
    let ran = sandbox.run(&["skill", "fix", "empty", "--write"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.starts_with("empty still does not load: file-missing\n"),
        "{ran:?}"
    );
    sandbox.refused(4, &["skill", "validate", "nowhere", "--target", "spec"]);
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn every_skill_file_in_a_folder_is_validated() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/good", "Is good.");
    std::fs::create_dir_all(sandbox.work().join("s/folder/SKILL.md")).unwrap();
    std::fs::create_dir_all(sandbox.work().join("s/broken")).unwrap();
    symlink("nowhere", sandbox.work().join("s/broken/SKILL.md")).unwrap();
    let ran = sandbox.run(&["skill", "validate", "s"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("s/broken/SKILL.md:1:1: error[symlink-broken]: "),
        "{ran:?}"
    );
    assert!(
        ran.out
            .contains("s/folder/SKILL.md:1:1: error[file-not-regular]: "),
        "{ran:?}"
    );
    assert!(
        ran.out
            .ends_with("3 files, 1 valid for spec, 2 errors, 0 warnings\n"),
        "{ran:?}"
    );
}

#[test]
#[cfg_attr(windows, ignore = "one folder holds no two names that differ in case alone")]
fn a_second_file_is_reported_for_the_folder_and_for_the_one_above() {
    let sandbox = Sandbox::new();
    sandbox.file("a/b/SKILL.md", "---\nname: b\ndescription: Upper.\n---\n# A\n");
    sandbox.file("a/b/skill.md", "---\nname: b\ndescription: Lower.\n---\n# A\n");
    for (path, file) in [
        ("a/b", "a/b/skill.md"),
        ("a", "a/b/skill.md"),
        ("a/b/", "a/b/skill.md"),
    ] {
        let ran = sandbox.run(&["skill", "validate", path, "--target", "spec"]);
        let row = format!("{file}:1:1: warning[file-second]: another SKILL.md in the same folder is used\n");
        assert!(ran.out.contains(&row), "{path}: {}", ran.out);
        assert!(ran.out.contains("2 files, "), "{path}: {}", ran.out);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_broken_symlink_is_reported_once() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/good", "Is good.");
    symlink("nowhere", sandbox.work().join("s/good/notes.md")).unwrap();
    let ran = sandbox.run(&["skill", "validate", "s"]);
    assert_eq!(ran.out.matches("[symlink-broken]").count(), 1, "{ran:?}");
    assert_eq!(ran.code, 0, "a warning leaves a skill valid: {ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_second_path_to_a_file_is_validated_once() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/good", "Is good.");
    symlink("good", sandbox.work().join("s/alias")).unwrap();
    let ran = sandbox.run(&["skill", "validate", "s"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "1 file, 1 valid for spec, 0 errors, 0 warnings\n")
    );
}

#[test]
fn strict_fails_on_warnings() {
    let sandbox = Sandbox::new();
    sandbox.skill("good", "Is good.");
    let ran = sandbox.run(&["skill", "validate", "good", "--strict"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "1 file, 1 valid for clawpowers, 0 errors, 0 warnings\n")
    );
    sandbox.file(
        "warned/SKILL.md",
        "---\nname: warned\ndescription: Is good.\n---\nSee [x](x.md).\n",
    );
    for (args, code) in [
        (&["warned", "--target", "clawpowers"][..], 0),
        (&["warned", "--strict"], 1),
        (&["warned", "--strict", "--target", "spec"], 1),
        (&["good", "warned", "--strict", "--json"], 1),
        (&["warned", "--strict", "--format", "sarif"], 1),
    ] {
        let ran = sandbox.run(&[&["skill", "validate"], args].concat());
        assert_eq!(ran.code, code, "{args:?}: {ran:?}");
    }
}

#[test]
fn files_named_in_code_are_checked_like_links() {
    let sandbox = Sandbox::new();
    let body = "Run `bash ./scripts/x.sh`.\n\n```sh\npython3 {baseDir}/scripts/y.py\ncat ${CLAUDE_SKILL_DIR}/notes.md\n```\n";
    sandbox.file(
        "s/SKILL.md",
        format!("---\nname: s\ndescription: Is good.\n---\n{body}"),
    );
    let findings = |target: &str| {
        let ran = sandbox.run(&["skill", "validate", "s", "--target", target]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let lines = ran.out.lines().filter(|line| line.contains("[dangling-path]"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        findings("claude"),
        [
            "s/SKILL.md:5:11: warning[dangling-path]: the file `scripts/x.sh` named in code does not exist",
            "s/SKILL.md:8:9: warning[dangling-path]: the file `scripts/y.py` named in code does not exist",
            "s/SKILL.md:9:5: warning[dangling-path]: the file `notes.md` named in code does not exist",
        ]
    );
    assert_eq!(
        findings("spec"),
        [""; 0],
        "the specification says nothing of code"
    );
    // A path may also be relative to the project, but not after the variable.
    sandbox.file("scripts/x.sh", "");
    sandbox.file("scripts/y.py", "");
    sandbox.file("s/notes.md", "");
    let left = findings("clawpowers");
    assert!(left.len() == 1 && left[0].contains("`scripts/y.py`"), "{left:?}");
    sandbox.file("s/scripts/y.py", "");
    assert_eq!(findings("clawpowers"), [""; 0]);
}
