//! Unknown settings, and `config unset`.

use crate::harness::{Sandbox, write};
use std::fs;

const CONFIG: &str = r#"{
  "profile": "dev",
  "profiles": { "dev": ["a"], "ops": ["b"] },
  "payments": { "mode": "auto", "dailyLimitUsd": 25 },
  "own": { "deep": [1] }
}
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox.runtime_home().join("config.json"), CONFIG);
    sandbox
}

impl Sandbox {
    fn config_file(&self) -> String {
        fs::read_to_string(self.runtime_home().join("config.json")).unwrap()
    }
}

#[test]
fn an_unknown_setting_is_rejected_with_the_known_ones() {
    for sandbox in [Sandbox::new(), sandbox()] {
        let before = fs::read(sandbox.runtime_home().join("config.json")).ok();
        let ran = sandbox.refused(3, &["config", "set", "loging.level", "debug"]);
        assert!(
            ran.err.starts_with("error: there is no setting `loging.level`\n"),
            "{ran:?}"
        );
        let hint = ran.err.lines().last().unwrap();
        assert!(
            hint.starts_with("hint: did you mean `logging.level`? the settings are "),
            "{ran:?}"
        );
        for known in [
            "profile",
            "payments.daily_limit_usd",
            "logging.retentionDays",
            "`profiles`",
        ] {
            assert!(hint.contains(known), "{known}: {ran:?}");
        }
        for (key, value) in [
            ("Profile", "dev"),
            ("own.other", "1"),
            ("rsi", r#"{"tiers": {"t9": "ask"}}"#),
            ("completely.else", "1"),
        ] {
            sandbox.refused(3, &["config", "set", key, value]);
        }
        assert_eq!(fs::read(sandbox.runtime_home().join("config.json")).ok(), before);
        assert!(
            !sandbox.runtime_home().join("config.lock").exists(),
            "a rejected change creates nothing"
        );
    }
    // A setting that the file already has may be changed, and below `profiles` any name is allowed.
    let sandbox = sandbox();
    sandbox.good(&["config", "set", "own.deep", "[2]"]);
    sandbox.good(&["config", "set", "profiles.my own", "[\"tea\"]"]);
    assert!(
        sandbox
            .config_file()
            .contains(r#""ops": ["b"], "my own": ["tea"] }"#)
    );
}

#[test]
fn the_skills_of_a_profile_are_a_list() {
    let sandbox = Sandbox::new();
    let set = |value: &str| sandbox.run(&["config", "set", "profiles.dev.skills", value]);
    for wrong in ["a,b", "a", "3"] {
        let ran = set(wrong);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("`profiles.dev.skills`"), "{ran:?}");
        assert!(ran.err.contains("expected a list"), "{ran:?}");
    }
    assert_eq!(set(r#"["a", "b"]"#).code, 0);
    // A profile as a whole is an object or a plain list.
    let before = fs::read(sandbox.runtime_home().join("config.json")).unwrap();
    for wrong in ["a", "3", "true", "null", r#""a""#] {
        let ran = sandbox.run(&["config", "set", "profiles.dev", wrong]);
        assert_eq!(ran.code, 3, "{wrong}: {ran:?}");
        assert!(ran.err.contains("`profiles.dev`"), "{ran:?}");
    }
    for (key, wrong) in [
        ("profiles", "null"),
        ("profiles", "5"),
        ("profiles", r#"{"ops": 5}"#),
    ] {
        let ran = sandbox.refused(3, &["config", "set", key, wrong, "--json-value"]);
        assert!(
            ran.err
                .contains("hint: expected an object with `skills`, or a list of skills"),
            "{ran:?}"
        );
    }
    assert_eq!(
        fs::read(sandbox.runtime_home().join("config.json")).unwrap(),
        before
    );
    sandbox.good(&["config", "set", "profiles.dev", r#"{"skills": ["a"]}"#]);
    sandbox.good(&["config", "set", "profiles.ops", r#"["a", "b"]"#]);
    sandbox.good(&["config", "set", "profiles.dev.skills", r#"["a", "b"]"#]);
    let (_, reply) = sandbox.json(&["config", "get", "profiles.dev.skills"]);
    assert_eq!(reply["ok"]["value"], serde_json::json!(["a", "b"]));
}

#[test]
fn unset_removes_one_setting_and_changes_nothing_else() {
    let cases = [
        ("profile", "\"dev\"", "  \"profile\": \"dev\",\n", ""),
        ("profiles.dev", "[\"a\"]", "\"dev\": [\"a\"], ", ""),
        ("profiles.ops", "[\"b\"]", ", \"ops\": [\"b\"]", ""),
        ("payments.daily_limit_usd", "25", ", \"dailyLimitUsd\": 25", ""),
        ("own.deep", "[1]", "{ \"deep\": [1] }", "{}"),
        ("own", "{\"deep\":[1]}", ",\n  \"own\": { \"deep\": [1] }", ""),
    ];
    for (key, was, gone, left) in cases {
        let sandbox = sandbox();
        let out = sandbox.good(&["config", "unset", key]);
        assert!(
            out.starts_with("Unset ") && out.ends_with(&format!(" (was {was})\n")),
            "{out}"
        );
        assert_eq!(sandbox.config_file(), CONFIG.replace(gone, left), "{key}");
        sandbox.refused(1, &["config", "get", key]);
        // The second time there is nothing to unset.
        sandbox.refused(1, &["config", "unset", key]);
    }
}

#[test]
fn a_failed_unset_changes_nothing() {
    let sandbox = sandbox();
    let ran = sandbox.refused(1, &["config", "unset", "PROFILE"]);
    assert!(ran.err.ends_with("hint: did you mean `profile`?\n"), "{ran:?}");
    sandbox.refused(3, &["config", "unset", "a..b"]);
    assert_eq!(sandbox.config_file(), CONFIG);
    let none = Sandbox::new();
    none.refused(1, &["config", "unset", "profile"]);
    assert_eq!(fs::read_dir(none.runtime_home()).unwrap().count(), 0);
}

#[test]
fn an_empty_profile_name_means_no_profile() {
    let sandbox = sandbox();
    for name in ["a", "b"] {
        sandbox.skill(&format!("s/{name}"), &format!("Makes {name}."));
    }
    let list = ["skill", "list", "--root", "s"];
    assert!(sandbox.good(&list).contains("ACTIVE"));
    // An empty name turns the active profile off.
    let prompt = sandbox.good(&["skill", "prompt", "--root", "s", "--profile", ""]);
    assert!(
        prompt.contains("Makes a.") && prompt.contains("Makes b."),
        "{prompt}"
    );
    sandbox.good(&["config", "set", "profile", ""]);
    assert!(!sandbox.good(&list).contains("ACTIVE"));
    assert!(
        sandbox
            .good(&["skill", "prompt", "--root", "s"])
            .contains("Makes b.")
    );
    assert_eq!(
        sandbox.ok(&["doctor", "--root", "s"])["unknown_profile"],
        serde_json::Value::Null
    );
}
