//! Role profiles of `config.json`.

use crate::harness::{Sandbox, finish, good_error, write};
use std::fs;

const CONFIG: &str = r#"{
  "profile": "dev",
  "profiles": {
    "dev": { "skills": ["tea", "gone"] },
    "baker": ["bread"]
  }
}
"#;

fn sandbox(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox.runtime_home().join("config.json"), config);
    for name in ["tea", "bread"] {
        sandbox.skill(&format!("s/{name}"), &format!("Makes {name}."));
    }
    sandbox
}

#[test]
fn list_marks_active_skills() {
    let sandbox = sandbox(CONFIG);
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let row = |name: &str| {
        let line = ran.out.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("NAME"), "NAME SCOPE ACTIVE DESCRIPTION");
    assert_eq!(row("tea"), "tea extra yes Makes tea.");
    assert_eq!(row("bread"), "bread extra no Makes bread.");
    assert_eq!(
        row("missing"),
        "missing gone is in the profile, but was not found"
    );
}

#[test]
fn profile_selects_its_skills() {
    let sandbox = sandbox(CONFIG);
    for (profile, name) in [("dev", "tea"), ("baker", "bread")] {
        let (code, reply) = sandbox.json(&["skill", "list", "--root", "s", "--profile", profile]);
        assert_eq!(code, 0);
        let skills = reply["ok"]["skills"].as_array().unwrap();
        assert_eq!(skills.len(), 1, "{reply}");
        assert_eq!(
            (&skills[0]["name"], &skills[0]["active"]),
            (&name.into(), &true.into())
        );
        assert_eq!(reply["ok"]["profile"], profile);
    }
    let prompt = sandbox.run(&["skill", "prompt", "--root", "s", "--profile", "baker"]);
    assert!(
        prompt.out.contains("bread") && !prompt.out.contains("tea"),
        "{prompt:?}"
    );
    let found = sandbox.run(&["skill", "search", "makes", "--root", "s", "--profile", "baker"]);
    assert_eq!(found.out.lines().count(), 2, "{found:?}");
}

#[test]
fn a_list_of_profiles_is_read_too() {
    let sandbox = sandbox(r#"{"profiles": [{"name": "baker", "skills": ["bread"]}, {"skills": []}, 7]}"#);
    let (_, reply) = sandbox.json(&["skill", "list", "--root", "s", "--profile", "baker"]);
    assert_eq!(reply["ok"]["skills"].as_array().unwrap().len(), 1, "{reply}");
}

#[test]
fn without_an_active_profile_there_is_no_column() {
    for config in [
        "{}",
        r#"{"profile": "none"}"#,
        r#"{"profiles": {"dev": {"skills": []}}}"#,
    ] {
        let sandbox = sandbox(config);
        let ran = sandbox.run(&["skill", "list", "--root", "s"]);
        assert_eq!(
            ran.err.contains("warning: "),
            config.contains("none"),
            "{config}: {ran:?}"
        );
        assert!(!ran.out.contains("ACTIVE"), "{config}: {ran:?}");
        assert!(ran.out.starts_with("NAME"), "{config}: {ran:?}");
    }
}

#[test]
fn the_active_profile_affects_only_prompts() {
    let sandbox = sandbox(CONFIG);
    let prompt = sandbox.run(&["skill", "prompt", "--root", "s"]);
    assert_eq!(
        (prompt.code, prompt.err.as_str()),
        (0, "the profile `dev` has 1 of 2 skills\n")
    );
    assert!(
        prompt.out.contains("tea") && !prompt.out.contains("bread"),
        "{prompt:?}"
    );
    let (_, reply) = sandbox.json(&["skill", "prompt", "--root", "s"]);
    let ok = &reply["ok"];
    assert_eq!(
        (
            &ok["profile"],
            &ok["outside_profile"],
            &ok["shown"],
            &ok["unknown_profile"]
        ),
        (&"dev".into(), &1.into(), &1.into(), &serde_json::Value::Null)
    );
    let other = sandbox.run(&["skill", "prompt", "--root", "s", "--profile", "baker"]);
    assert!(
        other.out.contains("bread") && !other.out.contains("tea"),
        "{other:?}"
    );
    // Other clients do not have profiles.
    let client = sandbox.run(&["skill", "prompt", "--root", "s", "--as", "claude"]);
    assert_eq!(
        (client.out.matches("<skill>").count(), client.err.as_str()),
        (2, "")
    );
    for args in [
        &["skill", "search", "makes"][..],
        &["skill", "budget", "--json"],
        &["skill", "show", "bread"],
    ] {
        let ran = sandbox.run(&[args, &["--root", "s"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        assert!(ran.out.contains("bread"), "{args:?}: {ran:?}");
    }
}

#[test]
fn an_undefined_active_profile_is_reported() {
    for config in [
        r#"{"profile": "cook", "profiles": {"dev": {"skills": ["tea"]}}}"#,
        r#"{"profile": "cook"}"#,
        r#"{"profile": "cook", "profiles": {"cook": {"skills": "tea"}}}"#,
    ] {
        let sandbox = sandbox(config);
        for args in [&["skill", "list"][..], &["skill", "prompt"], &["doctor"]] {
            let ran = sandbox.run(&[args, &["--root", "s"]].concat());
            assert!(
                ran.err.starts_with("warning: ") && ran.err.contains("`cook`"),
                "{args:?}: {ran:?}"
            );
            assert!(ran.err.contains("\nhint: "), "{args:?}: {ran:?}");
            assert_eq!(ran.code, i32::from(args == ["doctor"]), "{args:?}: {ran:?}");
            let (_, reply) = sandbox.json(&[args, &["--root", "s"]].concat());
            assert_eq!(reply["ok"]["unknown_profile"], "cook", "{args:?}");
        }
        let prompt = sandbox.run(&["skill", "prompt", "--root", "s"]);
        assert_eq!(prompt.out.matches("<skill>").count(), 2, "{prompt:?}");
        for args in [
            &["skill", "search", "makes"][..],
            &["skill", "list", "--as", "claude"],
        ] {
            let ran = sandbox.run(&[args, &["--root", "s"]].concat());
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        }
    }
}

#[test]
fn an_unknown_profile_is_rejected_with_the_known_ones() {
    let known = sandbox(CONFIG);
    let ran = known.refused(1, &["skill", "list", "--profile", "cook"]);
    assert!(
        ran.err.contains("`cook`") && ran.err.contains("hint: the role profiles are baker, dev\n"),
        "{ran:?}"
    );
    let none = Sandbox::new();
    let ran = none.refused(1, &["skill", "list", "--profile", "cook"]);
    assert!(ran.err.contains("config set profiles.NAME.skills"), "{ran:?}");
}

#[test]
fn invalid_json_is_reported_with_line_and_column() {
    let text = "{\n  \"profiles\": {,}\n}\n";
    let sandbox = sandbox(text);
    for args in [
        &["skill", "list"][..],
        &["skill", "search", "tea"],
        &["skill", "prompt"],
    ] {
        let ran = sandbox.refused(3, args);
        assert!(
            ran.err.contains("config.json") && ran.err.contains("line 2 column 16"),
            "{ran:?}"
        );
    }
    let doctor = sandbox.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("line 2 column 16"), "{doctor:?}");
    let (code, reply) = sandbox.json(&["skill", "list"]);
    assert_eq!((code, &reply["error"]["code"]), (3, &"invalid_config".into()));
    assert_eq!(
        reply["error"]["details"],
        serde_json::json!({"line": 2, "column": 16})
    );
    assert_eq!(
        fs::read_to_string(sandbox.runtime_home().join("config.json")).unwrap(),
        text
    );
    assert_eq!(fs::read_dir(sandbox.runtime_home()).unwrap().count(), 1);
}

#[test]
fn an_unreadable_file_is_a_storage_error() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.runtime_home().join("config.json")).unwrap();
    let ran = sandbox.run(&["skill", "list"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    good_error(&ran.err);
    let without = sandbox.run(&["skill", "validate", "nowhere"]);
    assert!(!without.err.contains("config.json"), "{without:?}");
}

#[test]
fn other_encodings_are_rejected_and_a_byte_order_mark_is_accepted() {
    for (config, place) in [
        ("[]", "line 1 column 1"),
        ("7", "line 1 column 1"),
        ("", "line 1 column 0"),
    ] {
        let sandbox = sandbox(config);
        let ran = sandbox.refused(3, &["skill", "list"]);
        assert!(ran.err.contains(place), "{config}: {ran:?}");
    }
    let sandbox = sandbox(&format!("\u{feff}{CONFIG}"));
    let ran = sandbox.run(&["skill", "list", "--root", "s"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, ""),
        "an editor put a byte order mark there"
    );
    assert!(ran.out.contains("ACTIVE"), "{ran:?}");
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no named pipes in a folder")]
fn a_pipe_in_place_of_the_file_does_not_block() {
    let sandbox = Sandbox::new();
    let made = finish(
        sandbox
            .command("mkfifo")
            .arg(sandbox.runtime_home().join("config.json")),
    );
    assert_eq!(made.code, 0, "{made:?}");
    sandbox.refused(4, &["skill", "list"]);
}
