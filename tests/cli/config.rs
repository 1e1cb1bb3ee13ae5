//! `config get`, `config set`, `config list`.

use crate::harness::{Sandbox, finish, unsafe_characters, wait, write};
use crate::started::Start as _;
use crate::system::{mode, set_mode, shown, symlink};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

const OLD: &str = r#"{
  "version": "1.1.1",
  "payments": {
    "enabled": false,
    "mode": "dry_run",
    "per_tx_limit_usd": 0,
    "daily_limit_usd": 0.10,
    "weekly_limit_usd": 0,
    "allowlist": [],
    "require_approval_above_usd": 0
  },
  "telemetry": {
    "enabled": false
  },
  "skills": {
    "auto_load": true
  }
}
"#;
const NEW: &str = r#"{
  "version": "2.2.7",
  "profile": "dev",
  "rsi": { "enabled": true, "tiers": { "t1": "auto", "t2": "auto", "t3": "ask", "t4": "ask" } },
  "payments": { "mode": "human-first", "dailyLimitUsd": 25, "weeklyLimitUsd": 100, "allowedDomains": [] },
  "logging": { "level": "info", "retentionDays": 30 },
  "skillsDir": "~/.clawpowers/skills"
}
"#;

fn sandbox(config: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox.runtime_home().join("config.json"), config);
    sandbox
}

impl Sandbox {
    fn config(&self) -> String {
        fs::read_to_string(self.runtime_home().join("config.json")).unwrap()
    }

    /// Sets a value and returns the new content of the file.
    fn set(&self, key: &str, value: &str) -> String {
        let ran = self.run(&["config", "set", key, value]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{key} {value}: {ran:?}");
        assert!(ran.out.starts_with("Set ") && ran.out.ends_with('\n'), "{ran:?}");
        self.config()
    }

    /// Checks that a change is rejected and that the folder is unchanged.
    fn not_set(&self, code: i32, args: &[&str]) -> String {
        let file = self.runtime_home().join("config.json");
        let before = (
            fs::read(&file).ok(),
            fs::read_dir(self.runtime_home()).unwrap().count(),
        );
        let ran = self.refused(code, &[&["config", "set"], args].concat());
        let after = (
            fs::read(&file).ok(),
            fs::read_dir(self.runtime_home()).unwrap().count(),
        );
        assert_eq!(before, after, "{args:?}: {ran:?}");
        ran.err
    }
}

#[test]
fn both_formats_are_read_and_keep_their_names() {
    for (config, dialect, values) in [
        (
            OLD,
            "1.x",
            [
                ("payments.dailyLimitUsd", "0.1"),
                ("payments.per_tx_limit_usd", "0"),
                ("telemetry.enabled", "false"),
                ("skills.auto_load", "true"),
                ("version", "1.1.1"),
            ],
        ),
        (
            NEW,
            "2.x",
            [
                ("payments.daily_limit_usd", "25"),
                ("payments.weekly_limit_usd", "100"),
                ("profile", "dev"),
                ("rsi.tiers.t1", "auto"),
                ("logging.level", "info"),
            ],
        ),
    ] {
        let sandbox = sandbox(config);
        for (key, value) in values {
            let ran = sandbox.run(&["config", "get", key]);
            assert_eq!(
                (ran.code, ran.out, ran.err),
                (0, format!("{value}\n"), String::new()),
                "{key}"
            );
        }
        let (code, reply) = sandbox.json(&["config", "list"]);
        assert_eq!((code, &reply["ok"]["dialect"]), (0, &dialect.into()));
        sandbox.refused(1, &["config", "get", "constructor"]);
        assert_eq!(sandbox.config(), config);
    }
    let old = sandbox(OLD);
    let after = old.set("payments.dailyLimitUsd", "5");
    assert_eq!(
        after,
        OLD.replace("\"daily_limit_usd\": 0.10", "\"daily_limit_usd\": 5")
    );
    let new = sandbox(NEW);
    let after = new.set("payments.daily_limit_usd", "5");
    assert_eq!(
        after,
        NEW.replace("\"dailyLimitUsd\": 25", "\"dailyLimitUsd\": 5")
    );
    // The two lists have different meanings, so they are not synonyms.
    new.refused(1, &["config", "get", "payments.allowlist"]);
    let after = new.set("payments.allowlist", "[\"0x1\"]");
    assert!(
        after.contains(r#""allowedDomains": [], "allowlist": ["0x1"] },"#),
        "{after}"
    );
}

#[test]
fn the_text_around_a_value_is_unchanged() {
    let cases = [
        (
            "{\r\n\t\"a\": 1.10,\r\n\t\"b\" : 1e2\r\n}\r\n",
            "b",
            "3",
            "{\r\n\t\"a\": 1.10,\r\n\t\"b\" : 3\r\n}\r\n",
        ),
        (
            "{\r\n\t\"a\": 1.10\r\n}",
            "logging.level",
            "info",
            "{\r\n\t\"a\": 1.10,\r\n\t\"logging\": {\r\n\t\t\"level\": \"info\"\r\n\t}\r\n}",
        ),
        (
            r#"{"z":1,"a":[1,  2]}"#,
            "telemetry.enabled",
            "true",
            r#"{"z":1,"a":[1,  2],"telemetry":{"enabled":true}}"#,
        ),
        (
            r#"{ "a.b": { "c": "x" }, "a": {} }"#,
            "a.b.c",
            "y",
            r#"{ "a.b": { "c": "y" }, "a": {} }"#,
        ),
        (
            "\u{feff}{\n    \"payments\": {}\n}\n\n",
            "payments.mode",
            "live",
            "\u{feff}{\n    \"payments\": {\n        \"mode\": \"live\"\n    }\n}\n\n",
        ),
        (
            "{\n  \"\\u0061\": \"\\/\",\n  \"b\": \"\\u00e9\"\n}",
            "a",
            "é\n",
            "{\n  \"\\u0061\": \"é\\n\",\n  \"b\": \"\\u00e9\"\n}",
        ),
        (
            "{\n  \"n\": 12345678901234567890123,\n  \"a\": null\n}",
            "a",
            "[1, {}]",
            "{\n  \"n\": 12345678901234567890123,\n  \"a\": [\n    1,\n    {}\n  ]\n}",
        ),
    ];
    for (before, key, value, after) in cases {
        assert_eq!(sandbox(before).set(key, value), after, "{before:?}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no permission bits")]
fn a_new_home_and_file_are_private() {
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    let ran = sandbox.refused(1, &["config", "get", "profile"]);
    assert!(
        ran.err.contains("config.json") && ran.err.contains("config set"),
        "{ran:?}"
    );
    let ran = sandbox.run(&["config", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.ends_with("config.json` does not exist\n"), "{ran:?}");
    sandbox.refused(3, &["config", "set", "rsi.tiers.t4", "auto"]);
    assert!(
        !sandbox.runtime_home().exists(),
        "reading and rejected commands create nothing"
    );
    let after = sandbox.set("logging.retentionDays", "7");
    assert_eq!(after, "{\n  \"logging\": {\n    \"retentionDays\": 7\n  }\n}\n");
    let mode = |name: &str| mode(sandbox.runtime_home().join(name));
    assert_eq!(
        (mode(""), mode("config.json"), mode("config.lock")),
        (0o700, 0o600, 0o600)
    );
    assert_eq!(fs::read_dir(sandbox.runtime_home()).unwrap().count(), 2);
    set_mode(sandbox.runtime_home().join("config.json"), 0o640).unwrap();
    sandbox.set("profile", "dev");
    assert_eq!(mode("config.json"), 0o640);
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_symlink_is_kept_and_its_target_written() {
    let sandbox = Sandbox::new();
    let target = sandbox.file("dotfiles/claw.json", "{}");
    symlink(
        "../work/dotfiles/claw.json",
        sandbox.runtime_home().join("step.json"),
    )
    .unwrap();
    symlink("step.json", sandbox.runtime_home().join("config.json")).unwrap();
    for before in [Some("{\"a\": 1}"), None] {
        match before {
            Some(text) => fs::write(&target, text).unwrap(),
            None => fs::remove_file(&target).unwrap(),
        }
        let after = sandbox.set("profile", "dev");
        assert!(after.contains("\"profile\": \"dev\""), "{after}");
        assert_eq!(fs::read_to_string(&target).unwrap(), after);
        assert!(sandbox.runtime_home().join("config.json").is_symlink());
        assert!(sandbox.runtime_home().join("step.json").is_symlink());
    }
    assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn replies_have_the_previous_and_the_new_value() {
    let sandbox = sandbox(r#"{"profiles": {"x": {"b": [1, 2]}}, "profile": "x"}"#);
    let file = sandbox.runtime_home().join("config.json");
    let (code, reply) = sandbox.json(&["config", "get", "profiles.x"]);
    assert_eq!(
        (code, reply),
        (
            0,
            json!({"ok": {"key": "profiles.x", "value": {"b": [1, 2]}, "source": "file"}})
        )
    );
    let (code, reply) = sandbox.json(&["config", "set", "profiles.x.b", "null"]);
    let wanted = json!({"key": "profiles.x.b", "value": null, "previous": [1, 2], "changed": true, "path": shown(&file)});
    assert_eq!((code, &reply["ok"]), (0, &wanted));
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    let ran = sandbox.run(&["config", "set", "profiles.x.b", "null"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Set profiles.x.b = null\n"));
    assert!(ran.err.contains("already"), "{ran:?}");
    let (_, reply) = sandbox.json(&["config", "set", "profiles.x.b", "null", "--json-value"]);
    assert_eq!(reply["ok"]["changed"], false, "{reply}");
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
    let (_, reply) = sandbox.json(&["config", "set", "--json-value", "profiles.x.c", "{\"x\": -1}"]);
    assert_eq!(reply["ok"]["previous"], Value::Null);
    assert_eq!(
        sandbox.run(&["config", "get", "profiles.x"]).out,
        "{\n  \"b\": null,\n  \"c\": {\n    \"x\": -1\n  }\n}\n"
    );
    let listed = sandbox.run(&["config", "list"]);
    assert_eq!(
        listed.out, "profiles.x.b = null\nprofiles.x.c.x = -1\nprofile = \"x\"\n",
        "{listed:?}"
    );
    let (_, reply) = sandbox.json(&["config", "list"]);
    assert_eq!(
        reply["ok"]["entries"][1],
        json!({"key": "profiles.x.c.x", "value": -1})
    );
    assert_eq!(
        (&reply["ok"]["exists"], &reply["ok"]["path"]),
        (&true.into(), &json!(shown(&file)))
    );
}

#[test]
fn a_text_is_converted_to_the_type_of_the_current_value() {
    let sandbox = sandbox(r#"{"on": true, "n": 1, "s": "x", "l": [], "z": null}"#);
    for (key, value, stored) in [
        ("on", "false", json!(false)),
        ("n", "-2.5", json!(-2.5)),
        ("s", "12", json!("12")),
        ("s", "", json!("")),
        ("l", "[true]", json!([true])),
        ("z", "\"t\"", json!("t")),
        ("profiles.dev.number", "12", json!(12)),
        ("profiles.dev.version", "1.2.3", json!("1.2.3")),
        ("profiles.dev.text", "yes", json!("yes")),
        ("profiles.dev.object", "{\"a\": 1}", json!({"a": 1})),
    ] {
        sandbox.set(key, value);
        let (_, reply) = sandbox.json(&["config", "get", key]);
        assert_eq!(reply["ok"]["value"], stored, "{key}");
    }
    for (key, value) in [
        ("on", "yes"),
        ("on", "TRUE"),
        ("n", ""),
        ("n", "NaN"),
        ("n", "Infinity"),
        ("n", "1x"),
        ("n", "9007199254740993"),
        ("l", "x"),
        ("n.deeper", "1"),
        ("l.0", "1"),
    ] {
        sandbox.not_set(3, &[key, value]);
    }
    sandbox.not_set(3, &["s", "x", "--json-value"]);
    // Only JSON changes the type.
    let ran = sandbox.run(&["config", "set", "s", "7", "--json-value"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Set s = 7\n"), "{ran:?}");
}

#[test]
fn known_settings_reject_other_values() {
    for sandbox in [sandbox(OLD), sandbox(NEW), sandbox("{}")] {
        for (key, value) in [
            ("payments.mode", "maybe"),
            ("payments.enabled", "0"),
            ("payments.per_tx_limit_usd", "-0.01"),
            ("payments.daily_limit_usd", ""),
            ("payments.weeklyLimitUsd", "1e999"),
            ("payments", "5"),
            ("rsi.tiers.t1", "sometimes"),
            ("rsi.tiers", "{\"t4\": \"auto\"}"),
            ("logging.level", "loud"),
            ("logging.retentionDays", "0"),
            ("logging.retentionDays", "366"),
            ("telemetry.enabled", "\"true\""),
            ("skills.auto_load", "on"),
        ] {
            sandbox.not_set(3, &[key, value]);
        }
        sandbox.not_set(3, &["profile", "7", "--json-value"]);
        let err = sandbox.not_set(3, &["rsi.tiers.t4", "auto"]);
        assert!(err.contains("T4 cannot be set to \"auto\""), "{err}");
        for (key, value) in [
            ("payments.mode", "live"),
            ("payments.mode", "human-first"),
            ("rsi.tiers.t4", "off"),
            ("profile", "7"),
            ("logging.retentionDays", "365"),
        ] {
            sandbox.set(key, value);
            assert_eq!(sandbox.run(&["config", "get", key]).out, format!("{value}\n"));
        }
    }
}

#[test]
fn an_invalid_file_is_reported_and_not_changed() {
    for (text, place) in [
        (&b"{\n  \"a\": 1,\n}\n"[..], "line 3 column 1"),
        (b"{\n  // why\n}", "line 2 column 3"),
        (b"", "line 1 column 0"),
        (b"[]", "line 1 column 1"),
        (b"{\"a\": \"\xff\"}", "line 1 column 8"),
        (b"{\"a\": 1} x", "line 1 column 10"),
    ] {
        let sandbox = sandbox(text);
        for args in [
            &["config", "get", "a"][..],
            &["config", "list"],
            &["skill", "list"],
        ] {
            let ran = sandbox.refused(3, args);
            assert!(
                ran.err.contains("config.json") && ran.err.contains(place),
                "{args:?}: {ran:?}"
            );
        }
        assert!(sandbox.not_set(3, &["a", "2"]).contains(place), "{text:?}");
        let (_, reply) = sandbox.json(&["config", "get", "a"]);
        assert_eq!(reply["error"]["code"], "invalid_config");
        assert!(reply["error"]["details"]["line"].is_u64(), "{reply}");
    }
    let twice = sandbox("{\n  \"a\": {\"é\": 1, \"\\u00e9\": 2}\n}");
    let err = twice.not_set(3, &["profile", "1"]);
    assert!(err.contains("`é`") && err.contains("line 2 column 17"), "{err}");
    assert_eq!(twice.run(&["config", "get", "a.é"]).out, "2\n");
    let wide = sandbox(b"\xff\xfe{\0}\0");
    assert_eq!(wide.run(&["config", "list"]).code, 0);
    assert!(wide.not_set(3, &["profile", "1"]).contains("UTF-16"));
    let large = sandbox(format!("{{\"a\": \"{}\"}}", "x".repeat(1 << 20)));
    large.refused(4, &["config", "list"]);
    large.not_set(4, &["b", "1"]);
    let full = sandbox(format!("{{\"a\": \"{}\"}}", "x".repeat((1 << 20) - 16)));
    assert!(
        full.not_set(3, &["profile", "1234567890"])
            .contains("more than 1048576")
    );
}

#[test]
fn strange_keys_are_rejected_or_work() {
    let sandbox = sandbox(OLD);
    let deep = vec!["a"; 33].join(".");
    let long = "a".repeat(1025);
    for key in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a\nb",
        "a\u{1b}[2Jb",
        "a\u{9b}b",
        deep.as_str(),
        &long,
    ] {
        sandbox.not_set(3, &[key, "1"]);
        let ran = sandbox.refused(3, &["config", "get", key]);
        assert_eq!(unsafe_characters(&ran.err), [], "{key:?}");
    }
    let ran = sandbox.refused(1, &["config", "get", "payments.mod"]);
    assert!(
        ran.err.contains("hint: did you mean `payments.mode`?\n"),
        "{ran:?}"
    );
    let ran = sandbox.refused(1, &["config", "get", "zzz\u{202e}"]);
    assert!(
        ran.err.contains("config list") && unsafe_characters(&ran.err).is_empty(),
        "{ran:?}"
    );
    for key in [
        "__proto__.polluted",
        "constructor",
        "a b.\"c\"",
        "é.\\",
        &vec!["d"; 30].join("."),
    ] {
        let key = &format!("profiles.dev.{key}");
        sandbox.set(key, "x");
        assert_eq!(sandbox.run(&["config", "get", key]).out, "x\n", "{key}");
    }
    let deepest = "[".repeat(127) + &"]".repeat(127);
    let err = sandbox.not_set(3, &["profiles.deep", &deepest, "--json-value"]);
    assert!(err.contains("does not fit"), "{err}");
}

#[test]
fn control_characters_are_escaped() {
    let sandbox =
        sandbox("{\"k\\u001b[2J\\u202e\": \"red \\u001b[31m\\u009b \\n\", \"s\": \"\\u001b]0;x\\u0007\"}");
    let listed = sandbox.run(&["config", "list"]).out;
    assert_eq!(unsafe_characters(&listed), []);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert_eq!(
        sandbox.run(&["config", "get", "s"]).out,
        "\u{1b}]0;x\u{7}\n",
        "a pipe gets the value itself"
    );
    if let Some(shown) = sandbox.on_terminal(&["config", "get", "s"], &[]) {
        assert_eq!(shown, "\\u{1b}]0;x\\u{7}\n");
    }
    let set = sandbox.run(&["config", "set", "s", "\u{1b}[31m\n"]);
    assert_eq!(set.out, "Set s = \\u{1b}[31m\\u{a}\n");
}

#[test]
fn unreadable_and_unwritable_files_are_storage_errors() {
    let folder = Sandbox::new();
    fs::create_dir(folder.runtime_home().join("config.json")).unwrap();
    folder.not_set(4, &["a", "1"]);
    let file = Sandbox::new();
    fs::remove_dir(file.runtime_home()).unwrap();
    fs::write(file.runtime_home(), "").unwrap();
    file.refused(4, &["config", "set", "a", "1"]);
    let kept = sandbox("{\"a\": 1}");
    let path = kept.runtime_home().join("config.json");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let ran = kept.refused(4, &["config", "set", "a", "2"]);
    assert!(ran.err.contains("it is read-only"), "{ran:?}");
    assert_eq!(kept.config(), "{\"a\": 1}");
    let lock = Sandbox::new();
    fs::create_dir(lock.runtime_home().join("config.lock")).unwrap();
    lock.not_set(4, &["profile", "1"]);
}

#[test]
#[cfg_attr(windows, ignore = "Windows has no named pipes in a folder")]
fn a_pipe_or_symlink_loop_is_rejected_at_once() {
    let pipe = Sandbox::new();
    let made = finish(
        pipe.command("mkfifo")
            .arg(pipe.runtime_home().join("config.json")),
    );
    assert_eq!(made.code, 0, "{made:?}");
    pipe.refused(4, &["config", "get", "a"]);
    pipe.refused(4, &["config", "set", "a", "1"]);
    let round = Sandbox::new();
    symlink("config.json", round.runtime_home().join("config.json")).unwrap();
    round.refused(4, &["config", "set", "a", "1"]);
}

#[test]
fn concurrent_changes_are_all_kept() {
    let sandbox = Sandbox::new();
    fs::remove_dir(sandbox.runtime_home()).unwrap();
    let start = |n: usize| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_clawpowers"));
        command.args(["config", "set", &format!("profiles.dev.k{n}"), &n.to_string()]);
        command.stdout(Stdio::null()).start()
    };
    let mut children: Vec<_> = (0..16).map(start).collect();
    for child in &mut children {
        assert_eq!(wait(child), 0);
    }
    let file: Value = serde_json::from_str(&sandbox.config()).unwrap();
    for n in 0..16 {
        assert_eq!(file["profiles"]["dev"][format!("k{n}")], n, "{file}");
    }
    assert_eq!(
        fs::read_dir(sandbox.runtime_home()).unwrap().count(),
        2,
        "no temporary file stays"
    );
}
