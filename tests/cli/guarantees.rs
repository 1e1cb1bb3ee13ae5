//! Statements of COMPATIBILITY.md and SECURITY.md that no other test covers.

use crate::harness::{Sandbox, finish, write};
use crate::system::{os_string, set_mode, shown, symlink};
use serde_json::{Value, json};
use std::fs;

#[test]
fn defects_of_the_reference_validator_are_not_copied() {
    let sandbox = Sandbox::new();
    // The text of the file; the properties; the rule that the specification reports.
    let long = format!("---\nname: x\ndescription: d\n---\n{}", "x".repeat(1 << 20));
    let deep = format!(
        "---\nname: x\ndescription: d\nmetadata:\n  a: {}{}\n---\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    let cases: [(&[u8], Option<Value>, &str); 13] = [
        (
            b"\xef\xbb\xbf---\nname: x\ndescription: d\n---\n",
            Some(json!("d")),
            "bom",
        ),
        (
            b"---\nname: x\ndescription: d\nmetadata: {a: b}\n---\n",
            Some(json!("d")),
            "yaml-flow-style",
        ),
        (
            b"---\nname: &n x\ndescription: *n\n---\n",
            Some(json!("x")),
            "yaml-anchor",
        ),
        (
            b"---\nname: !!str x\ndescription: d\n---\n",
            Some(json!("d")),
            "yaml-tag",
        ),
        (
            b"---\nname: x\ndescription: a --- b\n---\n",
            Some(json!("a --- b")),
            "frontmatter-dashes",
        ),
        (
            b"---\nname: x\ndescription: |\n  a\n  ---\n  b\n---\n",
            Some(json!("a\n---\nb")),
            "frontmatter-dashes",
        ),
        (
            b"---\nname: x\ndescription: d ---\nBody\n",
            None,
            "frontmatter-unclosed",
        ),
        (b"--- name: x\ndescription: d\n---\n", None, "frontmatter-opener"),
        (
            b"---\nname: x\ndescription: d\n---x\n",
            Some(json!("d")),
            "frontmatter-closer-glued",
        ),
        (
            b"---\nname: x\ndescription: a\x01b\n---\n",
            None,
            "yaml-repaired-control",
        ),
        (b"---\nname: x\ndescription: a\xe9\n---\n", None, "not-utf8"),
        (long.as_bytes(), None, "file-too-large"),
        (deep.as_bytes(), None, ""),
    ];
    for (text, description, rule) in cases {
        sandbox.file("x/SKILL.md", text);
        let (code, reply) = sandbox.json(&["skill", "validate", "x", "--target", "spec"]);
        let found = reply.to_string().contains(&format!("\"rule\":\"{rule}\"")) || rule.is_empty();
        assert!(found, "{rule}: {reply}");
        let valid = sandbox.run(&["skill", "validate", "x"]);
        let ran = sandbox.run(&["skill", "read-properties", "x"]);
        match description {
            Some(description) => {
                assert_eq!(
                    (code, valid.code, ran.code),
                    (0, 0, 0),
                    "{rule}: {valid:?} {ran:?}"
                );
                let properties: Value = serde_json::from_str(&ran.out).unwrap();
                assert_eq!(properties["description"], description, "{rule}");
            }
            None => {
                assert_eq!(
                    (code, valid.code, ran.code),
                    (1, 1, 1),
                    "{rule}: {valid:?} {ran:?}"
                );
                assert!(
                    valid.err.starts_with("Validation failed for x:\n  - "),
                    "{valid:?}"
                );
                assert!(
                    ran.err.starts_with("Error: ") && ran.err.lines().count() == 1,
                    "{ran:?}"
                );
            }
        }
    }
    sandbox.file(
        "x/SKILL.md",
        "---\nname: x\ndescription: d\nmetadata:\n  a:\n    b: c\n---\n",
    );
    let nested: Value = serde_json::from_str(&sandbox.good(&["skill", "read-properties", "x"])).unwrap();
    assert_eq!(nested["metadata"], json!({"a": {"b": "c"}}));
    let here = sandbox.run_in(&sandbox.work().join("x"), &["skill", "validate", "."]);
    assert_eq!((here.code, &*here.out), (0, "Valid skill: .\n"), "{here:?}");
    fs::create_dir_all(sandbox.work().join("folder/SKILL.md")).unwrap();
    let ran = sandbox.run(&["skill", "validate", "folder"]);
    assert_eq!(
        (ran.code, &*ran.err),
        (
            1,
            "Validation failed for folder:\n  - folder/SKILL.md cannot be read: not a regular file\n"
        )
    );
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn the_location_in_to_prompt_is_escaped() {
    let sandbox = Sandbox::new();
    sandbox.file("a<&>\"'b/SKILL.md", "---\nname: x\ndescription: d\n---\n");
    let out = sandbox.good(&["skill", "to-prompt", "a<&>\"'b"]);
    assert!(out.contains("/a&lt;&amp;&gt;&quot;&#x27;b/SKILL.md\n"), "{out}");
}

#[test]
fn the_fields_of_earlier_releases_are_read() {
    let sandbox = Sandbox::new();
    let parsed = |fields: &str| {
        let text = format!("---\nname: x\ndescription: d\n{fields}---\nBody.\n");
        sandbox.file("x/SKILL.md", text);
        let mut reply = sandbox.ok(&["skill", "show", "./x"]);
        let rules = reply["diagnostics"].to_string();
        (reply["skill"].take(), reply["missing"].take(), rules)
    };
    let none = json!({"bins": [], "any_bins": [], "env": [], "config": [], "os": [], "skills": []});
    let cases = [
        (
            "version: 1.2.3\nmetadata:\n  version: 9.9.9\n",
            "/version",
            json!("1.2.3"),
        ),
        ("metadata:\n  version: 9.9.9\n", "/version", json!("9.9.9")),
        (
            "requires:\n  tools: [a]\n  bins: [b]\n",
            "/requirements/bins",
            json!(["b", "a"]),
        ),
        (
            "requires:\n  anyBins: [a]\n  any_bins: [b]\n",
            "/requirements/any_bins",
            json!(["a", "b"]),
        ),
        ("requires:\n  env: [A]\n", "/requirements/env", json!(["A"])),
        (
            "requires:\n  config: [a.b]\n",
            "/requirements/config",
            json!(["a.b"]),
        ),
        ("requires:\n  os: [linux]\n", "/requirements/os", json!(["linux"])),
        (
            "requires:\n  skills: [a, \"b@^1.2\"]\n",
            "/requirements/skills",
            json!(["a", "b@^1.2"]),
        ),
        (
            "requires:\n  skills:\n    b: ^1.2\n",
            "/requirements/skills",
            json!(["b@^1.2"]),
        ),
        (
            "requires:\n  bins: a, b c\n",
            "/requirements/bins",
            json!(["a", "b", "c"]),
        ),
        (
            "requires:\n  bins: [a]\nmetadata:\n  openclaw:\n    os: [linux]\n    requires:\n      bins: [b]\n  moltbot:\n    requires:\n      bins: [c]\n",
            "/requirements",
            json!({"bins": ["a", "b"], "any_bins": [], "env": [], "config": [], "os": ["linux"], "skills": []}),
        ),
        (
            "requires:\n  runtime: [a]\n  optional_tools: [b]\n",
            "/requirements",
            none,
        ),
        (
            "requires:\n  runtime: [a]\n",
            "/frontmatter/requires",
            json!({"runtime": ["a"]}),
        ),
        (
            "metrics:\n  tracks: [a]\n  improves: b, c d\n",
            "/metrics",
            json!({"tracks": ["a"], "improves": ["b", "c d"]}),
        ),
        (
            "tags: [a]\nmetadata:\n  tags: b, c\n  openclaw: {tags: [d]}\n  clawdbot: {tags: [e]}\n  hermes: {tags: [f]}\n",
            "/tags",
            json!(["a", "b", "c", "d", "e", "f"]),
        ),
        (
            "user-invocable: false\n",
            "/invocation",
            json!({"user": false, "model": true}),
        ),
        (
            "disable-model-invocation: true\n",
            "/invocation",
            json!({"user": true, "model": false}),
        ),
    ];
    for (fields, place, value) in cases {
        let (skill, _, rules) = parsed(fields);
        assert_eq!(skill.pointer(place), Some(&value), "{fields}");
        assert!(!rules.contains("requirement-form"), "{fields}: {rules}");
    }
    // Older names of a block are used if the newer ones are missing.
    for vendor in ["openclaw", "clawdbot", "clawdis", "moltbot"] {
        let (skill, _, _) = parsed(&format!(
            "metadata:\n  {vendor}:\n    requires:\n      bins: [a]\n"
        ));
        assert_eq!(skill["requirements"]["bins"], json!(["a"]), "{vendor}");
    }
    let (_, missing, _) = parsed(
        "requires:\n  bins: [no-bin]\n  anyBins: [no-a, no-b]\n  env: [NO_ENV]\n  config: [a.b]\n  os: [plan9]\n  skills: [no-skill]\n",
    );
    let wanted = [
        "bin no-bin",
        "any_bin no-a, no-b",
        "env NO_ENV",
        "os plan9",
        "skill no-skill",
    ];
    assert_eq!(missing, json!(wanted));
    assert!(parsed("requires: 5\n").2.contains("requirement-form"));
}

#[test]
#[cfg_attr(windows, ignore = "needs a POSIX shell")]
fn a_program_that_a_skill_requires_is_not_started() {
    let sandbox = Sandbox::new();
    let program = write(&sandbox.work().join("bin/tool"), "#!/bin/sh\ntouch ran\n");
    set_mode(program, 0o755).unwrap();
    sandbox.file(
        "s/x/SKILL.md",
        "---\nname: x\ndescription: d\nrequires:\n  bins: [tool]\n---\nBody.\n",
    );
    let path = format!(
        "{}:{}",
        sandbox.work().join("bin").display(),
        crate::sandbox::PATH
    );
    for args in [
        &["skill", "show", "x", "--root", "s"][..],
        &["doctor", "--root", "s"],
        &["skill", "list", "--root", "s"],
    ] {
        let ran = finish(sandbox.program().args(args).env("PATH", &path));
        assert!(ran.code == 0 && !ran.out.contains("is missing"), "{ran:?}");
    }
    assert!(!sandbox.work().join("ran").exists());
}

#[test]
#[cfg_attr(windows, ignore = "Wine makes no symbolic links")]
fn a_named_folder_may_be_a_symlink_but_its_files_may_not_lead_out() {
    let sandbox = Sandbox::new();
    let file = sandbox.skill_at(&sandbox.user_home(), "elsewhere/tea", "Makes tea.");
    let folder = file.parent().unwrap();
    symlink(folder.parent().unwrap(), sandbox.work().join("root")).unwrap();
    symlink(folder, sandbox.work().join("tea")).unwrap();
    for args in [
        &["skill", "list", "--root", "root"][..],
        &["skill", "list", "tea"],
        &["skill", "show", "./tea"],
        &["skill", "read", "./tea"],
        &["skill", "read-properties", "tea"],
    ] {
        assert!(sandbox.good(args).contains("Makes tea."), "{args:?}");
    }
    fs::create_dir_all(sandbox.work().join("linked/tea")).unwrap();
    symlink(&file, sandbox.work().join("linked/tea/SKILL.md")).unwrap();
    for args in [
        ["skill", "show", "./linked/tea"],
        ["skill", "read", "./linked/tea"],
    ] {
        let ran = sandbox.refused(1, &args);
        assert!(ran.err.contains("the link leads to"), "{ran:?}");
    }
    let listed = sandbox.good(&["skill", "list", "linked"]);
    assert!(
        listed.contains("[symlink-escape]") && !listed.contains("Makes tea."),
        "{listed}"
    );
    // Commands that get the path of this file read it.
    for verb in ["validate", "read-properties", "to-prompt"] {
        assert_eq!(sandbox.run(&["skill", verb, "linked/tea"]).code, 0, "{verb}");
    }
}

#[test]
fn the_documented_copies_of_the_database_work() {
    let sandbox = Sandbox::new();
    for key in ["a", "b"] {
        sandbox.good(&["store", "set", key, key]);
    }
    // The file that reserves space for deletions may be deleted at any time.
    fs::remove_file(sandbox.runtime_home().join("clawpowers.db-reserve")).unwrap();
    sandbox.good(&["store", "set", "c", "c"]);
    sandbox.good(&["store", "delete", "a"]);
    let copied = sandbox.work().join("copied");
    fs::create_dir(&copied).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let name = format!("clawpowers.db{suffix}");
        fs::copy(sandbox.runtime_home().join(&name), copied.join(&name)).unwrap();
    }
    let backup = sandbox.work().join("backup");
    fs::create_dir(&backup).unwrap();
    let target = format!(".backup '{}'", backup.join("clawpowers.db").display());
    let mut shell = sandbox.command("sqlite3");
    shell
        .arg(sandbox.runtime_home().join("clawpowers.db"))
        .arg(target);
    let homes = match shell.output() {
        Ok(ran) => {
            assert!(ran.status.success(), "{ran:?}");
            vec!["copied", "backup"]
        }
        Err(_) => {
            println!("skipped: there is no `sqlite3`");
            vec!["copied"]
        }
    };
    for home in homes {
        assert_eq!(
            sandbox.good(&["store", "list-values", "--home", home]),
            "b=b\nc=c\n",
            "{home}"
        );
        sandbox.good(&["doctor", "--home", home]);
    }
}

#[test]
fn a_database_of_a_newer_release_is_not_changed() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    let file = sandbox.runtime_home().join("clawpowers.db");
    crate::damage::patch(
        &sandbox.runtime_home(),
        b"no such text in it",
        b"no such text in it",
    );
    let mut bytes = fs::read(&file).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&file, &bytes).unwrap();
    for args in [
        &["store", "get", "k"][..],
        &["store", "set", "k", "w"],
        &["metrics", "start", "--skill", "s"],
    ] {
        let (code, reply) = sandbox.json(args);
        assert_eq!(
            (code, &reply["error"]["details"]["kind"]),
            (4, &json!("newer")),
            "{reply}"
        );
    }
    assert!(fs::read(&file).unwrap() == bytes);
}

#[test]
fn removed_commands_do_not_exist() {
    let sandbox = Sandbox::new();
    for command in ["payments", "demo", "update"] {
        sandbox.refused(2, &[command]);
    }
    assert_eq!(fs::read_dir(sandbox.runtime_home()).unwrap().count(), 0);
}

#[test]
fn other_settings_have_no_effect_and_no_other_command_changes_them() {
    let sandbox = Sandbox::new();
    sandbox.skill("skills-of-2x/tea", "Makes tea.");
    sandbox.skill(".agents/skills/milk", "Is milk.");
    // Role profiles of 2.x were files in a folder.
    write(
        &sandbox.runtime_home().join("profiles/dev.json"),
        r#"{"name": "dev", "skills": ["milk"]}"#,
    );
    let outputs = || {
        let commands: [&[&str]; 7] = [
            &["skill", "list", "--json"],
            &["skill", "prompt"],
            &["skill", "search", "milk"],
            &["store", "list"],
            &["metrics", "summary", "--json"],
            &["metrics", "export"],
            &["status"],
        ];
        commands.map(|args| sandbox.good(args))
    };
    let plain = outputs();
    let config = json!({
        "version": "2.2.7", "skillsDir": shown(sandbox.work().join("skills-of-2x")), "dataDir": "elsewhere",
        "skills": {"auto_load": false}, "telemetry": {"enabled": true}, "payments": {"enabled": true, "mode": "live"},
        "rsi": {"enabled": false, "tiers": {"t1": "off"}}, "logging": {"level": "debug", "retentionDays": 1},
    });
    let text = config.to_string();
    let file = write(&sandbox.runtime_home().join("config.json"), &text);
    assert_eq!(outputs(), plain);
    sandbox.refused(1, &["skill", "list", "--profile", "dev"]);
    for args in [
        &["init"][..],
        &["store", "set", "k", "v"],
        &["metrics", "start", "--skill", "milk"],
        &["doctor"],
    ] {
        sandbox.good(args);
    }
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux lists the threads of a process"
)]
fn the_number_of_threads_can_be_set() {
    let sandbox = Sandbox::new();
    sandbox.skill("s/demo", "Shows things.");
    sandbox.file("s/demo/scripts/count.sh", "ls /proc/$PPID/task | wc -l\n");
    let threads = |number: &str| -> usize {
        let mut command = sandbox.program();
        command.args(["skill", "run", "demo", "count.sh", "--root", "s"]);
        let ran = finish(command.env("RAYON_NUM_THREADS", number));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.trim().parse().unwrap()
    };
    assert_eq!(threads("5") - threads("1"), 4);
}

#[test]
#[cfg_attr(windows, ignore = "Windows allows no such file names")]
fn names_and_values_are_never_executed() {
    let sandbox = Sandbox::new();
    let hostile = "x'); DROP TABLE entry; --\"%s$(touch ran)";
    sandbox.good(&["store", "set", hostile, hostile]);
    assert_eq!(sandbox.good(&["store", "get", hostile]), format!("{hostile}\n"));
    assert_eq!(sandbox.good(&["store", "list", hostile]), format!("{hostile}\n"));
    let record = [
        "metrics",
        "record",
        "--outcome",
        "success",
        "--skill",
        hostile,
        "--session-id",
        hostile,
    ];
    assert_eq!(sandbox.run(&record).code, 0);
    let one = sandbox.ok(&["metrics", "summary", "--skill", hostile, "--session", hostile]);
    assert_eq!(one["all"]["total"], 1);
    write(
        &sandbox
            .work()
            .join("old/state")
            .join(os_string(hostile.as_bytes())),
        "old\n",
    );
    sandbox.ok(&["import", "--from", "old"]);
    assert_eq!(sandbox.good(&["store", "list"]), format!("{hostile}\n"));
    assert!(!sandbox.work().join("ran").exists());
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux has strace")]
fn a_write_is_synced_before_it_is_acknowledged() {
    let sandbox = Sandbox::new();
    sandbox.good(&["store", "set", "k", "v"]);
    for args in [&["store", "incr", "n"][..], &["metrics", "start", "--skill", "s"]] {
        let mut strace = sandbox.command("strace");
        strace.args(["-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", "calls"]);
        strace.arg(env!("CARGO_BIN_EXE_clawpowers")).args(args);
        let Ok(ran) = strace.output() else {
            println!("skipped: there is no `strace`");
            return;
        };
        assert!(ran.status.success(), "{ran:?}");
        let calls = fs::read_to_string(sandbox.work().join("calls")).unwrap();
        let at = |wanted: &dyn Fn(&str) -> bool| calls.lines().position(wanted);
        let synced = at(&|line| line.contains("sync(") && line.contains("clawpowers.db-wal>"));
        let said = at(&|line| line.contains("write(1<"));
        assert!(synced.is_some() && synced < said, "{args:?}: {calls}");
    }
}

/// SECURITY.md does not guarantee this: a write that was lost with the end of the WAL is not noticed.
#[test]
fn a_wal_truncated_between_transactions_looks_valid() {
    let sandbox = Sandbox::new();
    let wal = sandbox.runtime_home().join("clawpowers.db-wal");
    sandbox.good(&["store", "set", "a", "1"]);
    sandbox.good(&["store", "set", "b", "1"]);
    let length = fs::metadata(&wal).unwrap().len();
    sandbox.good(&["store", "set", "b", "2"]);
    assert!(fs::metadata(&wal).unwrap().len() > length);
    fs::File::options()
        .write(true)
        .open(&wal)
        .unwrap()
        .set_len(length)
        .unwrap();
    // The WAL index would show it, but it is recreated if it is missing.
    fs::remove_file(sandbox.runtime_home().join("clawpowers.db-shm")).unwrap();
    assert_eq!(sandbox.good(&["store", "get", "b"]), "1\n");
    sandbox.good(&["doctor"]);
}

#[test]
fn variables_of_other_clients_move_their_folders() {
    let sandbox = Sandbox::new();
    for (variable, client, folder) in [
        ("CLAUDE_CONFIG_DIR", "claude", "skills"),
        ("CODEX_HOME", "codex", "skills"),
        ("COPILOT_HOME", "copilot", "skills"),
        ("XDG_CONFIG_HOME", "goose", "goose/skills"),
    ] {
        let moved = sandbox.work().join(variable);
        let name = format!("of-{client}");
        sandbox.skill_at(&moved, &format!("{folder}/{name}"), "Is elsewhere.");
        let list = |value: &std::path::Path| {
            let mut command = sandbox.program();
            command
                .args(["skill", "list", "--as", client])
                .env(variable, value);
            finish(&mut command).out
        };
        assert!(list(&moved).contains(&name), "{variable}");
        assert!(
            !list("".as_ref()).contains(&name),
            "an empty {variable} counts as unset"
        );
    }
}

#[test]
fn the_hint_of_validate_is_only_for_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.skill("tea", "Makes tea.");
    let hint = "hint: --target clawpowers shows every problem with its line and column";
    assert_eq!(sandbox.good(&["skill", "validate", "tea"]), "Valid skill: tea\n");
    match sandbox.on_terminal(&["skill", "validate", "tea"], &[("NO_COLOR", "1")]) {
        Some(shown) => assert!(shown.contains(hint), "{shown}"),
        None => println!("skipped: there is no `script` of util-linux"),
    }
}

#[test]
fn ids_of_deleted_executions_are_not_reused() {
    let sandbox = Sandbox::new();
    sandbox.skill(".agents/skills/tea", "Makes tea.");
    let record = || sandbox.ok(&["metrics", "record", "--skill", "tea", "--outcome", "success"])["id"].take();
    assert_eq!([record(), record()], ["1", "2"]);
    sandbox.good(&["metrics", "delete", "2"]);
    assert_eq!(record(), "3");
}
