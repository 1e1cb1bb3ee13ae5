//! The three commands of the reference validator: every recorded case, byte for byte.

use crate::harness::{Sandbox, write};
use crate::system::shown;
use std::fs;
use std::path::Path;

#[test]
fn every_recorded_case_matches() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/reference");
    let cases = cases.canonicalize().unwrap();
    let sandbox = Sandbox::new();
    let mut failed = Vec::new();
    let mut count = 0;
    for case in fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()) {
        if !case.is_dir() {
            continue;
        }
        count += 1;
        let below = fs::read_dir(case.join("skill")).unwrap();
        let folders: Vec<String> = below
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(folders.len(), 1, "{} holds one folder", case.display());
        let path = format!("skill/{}", folders[0]);
        for (verb, recorded) in [
            ("validate", "validate"),
            ("read-properties", "properties"),
            ("to-prompt", "prompt"),
        ] {
            let read = |kind: &str| {
                let text = fs::read_to_string(case.join(format!("{recorded}.{kind}"))).unwrap();
                text.replace("[CASE]", &shown(&case))
            };
            let ran = sandbox.run_in(&case, &["skill", verb, &path]);
            let wanted = (
                read("stdout"),
                read("stderr"),
                read("exit").trim().parse().unwrap(),
            );
            if (&ran.out, &ran.err, ran.code) != (&wanted.0, &wanted.1, wanted.2) {
                failed.push(format!(
                    "{} {verb}:\n got {ran:?}\nwant {wanted:?}",
                    case.display()
                ));
            }
        }
    }
    // COMPATIBILITY.md and SECURITY.md state this number.
    assert_eq!(count, 68);
    assert!(
        failed.is_empty(),
        "{} differ:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn a_path_of_a_skill_file_selects_its_folder() {
    let sandbox = Sandbox::new();
    sandbox.skill("tea-log", "Keeps a log of teas.");
    for verb in ["validate", "read-properties", "to-prompt"] {
        let folder = sandbox.run(&["skill", verb, "tea-log"]);
        let file = sandbox.run(&["skill", verb, "tea-log/SKILL.md"]);
        let slashes = sandbox.run(&["skill", verb, "./tea-log//"]);
        assert_eq!(folder.code, 0);
        assert_eq!((&folder.out, folder.code), (&file.out, file.code), "{verb}");
        assert_eq!((&folder.out, folder.code), (&slashes.out, slashes.code), "{verb}");
    }
}

#[test]
fn to_prompt_takes_several_folders_and_stops_at_the_first_invalid_one() {
    let sandbox = Sandbox::new();
    sandbox.skill("one", "Does one.");
    sandbox.skill("two", "Does two.");
    sandbox.file("bad/SKILL.md", "no frontmatter\n");
    let both = sandbox.run(&["skill", "to-prompt", "one", "two"]);
    assert_eq!(both.out.matches("<skill>").count(), 2);
    assert!(both.out.find("one").unwrap() < both.out.find("two").unwrap());
    let ran = sandbox.run(&["skill", "to-prompt", "one", "bad", "two"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(
        ran.err,
        "Error: SKILL.md must start with YAML frontmatter (---)\n"
    );
}

#[test]
fn a_missing_path_is_a_storage_error() {
    let sandbox = Sandbox::new();
    for verb in ["validate", "read-properties", "to-prompt"] {
        let ran = sandbox.refused(4, &["skill", verb, "nowhere"]);
        assert!(ran.err.contains("`nowhere`"), "{ran:?}");
        sandbox.refused(3, &["skill", verb, ""]);
    }
}

#[test]
fn paths_are_relative_to_the_working_directory_of_the_runtime() {
    use clawpowers_api::{Options, Runtime};
    let sandbox = Sandbox::new();
    sandbox.skill("tea-log", "Keeps a log of teas.");
    write(
        &sandbox.work().join("claw/config.json"),
        r#"{"profiles": {"dev": {"skills": ["tea-log"]}}}"#,
    );
    let runtime = Runtime::open(Options {
        home: Some("claw".into()),
        cwd: Some(sandbox.work()),
        user_home: Some(sandbox.user_home()),
    });
    let call = |operation: &str, request: &str| -> serde_json::Value {
        serde_json::from_str(&runtime.call(operation, request)).unwrap()
    };
    for (operation, path) in [
        ("skill_read_properties", "tea-log"),
        ("skill_read_properties", "tea-log/SKILL.md"),
    ] {
        let reply = call(operation, &format!(r#"{{"path": "{path}"}}"#));
        let printed = sandbox.run(&["skill", "read-properties", path]).out;
        assert_eq!(
            format!("{}\n", reply["ok"]["text"].as_str().unwrap()),
            printed,
            "{reply}"
        );
    }
    let reply = call("skill_to_prompt", r#"{"paths": ["tea-log"]}"#);
    let printed = sandbox.run(&["skill", "to-prompt", "tea-log"]).out;
    assert_eq!(
        format!("{}\n", reply["ok"]["text"].as_str().unwrap()),
        printed,
        "{reply}"
    );
    let reply = call("skill_reference_validate", r#"{"path": "tea-log"}"#);
    assert_eq!(reply["ok"]["valid"], true, "{reply}");
    let reply = call("skill_list", r#"{"roots": ["."], "profile": "dev"}"#);
    assert_eq!(reply["ok"]["skills"][0]["name"], "tea-log", "{reply}");
}
