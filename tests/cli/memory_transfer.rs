//! `memory export` and `memory import`.

use crate::harness::{Sandbox, good_error, unsafe_characters, write};
use crate::system::symlink;
use serde_json::{Value, json};
use std::fs;

/// What the official memory server (npm, version 2026.8.31) wrote when its tools were called.
const SERVER: &str = r#"{"type":"entity","name":"Ada_Lovelace","entityType":"person","observations":["Prefers short commit messages","Reviews the parser — “carefully”"]}
{"type":"entity","name":"clawpowers","entityType":"project","observations":["Written in Rust","The tests need a running Redis 7","Releases on Fridays\nnever on Mondays"]}
{"type":"entity","name":"redis-outage","entityType":"incident","observations":["timeout after 50 requests to 10.0.0.7:8080"]}
{"type":"entity","name":"Größe","entityType":"term","observations":[]}
{"type":"relation","from":"Ada_Lovelace","to":"clawpowers","relationType":"maintains"}
{"type":"relation","from":"redis-outage","to":"clawpowers","relationType":"caused_by"}
{"type":"relation","from":"Ada_Lovelace","to":"nobody","relationType":"knows"}"#;

const PATTERNS: &str = r#"{"pattern_id":"bu-20240315-jwt-tokens-accepted","category":"bug-fix","description":"JWT tokens accepted after expiry when clock skew > 0","context":"any project using JWT auth","solution":"check the exp claim","code_example":"jwt.verify(token, secret, { clockTolerance: 0 })","projects_used_in":["auth-service","api-gateway"],"success_count":3,"tags":["jwt","auth"],"created_at":"2024-03-15T10:00:00Z","last_used":"2024-11-02T14:30:00Z"}
"#;

const EPISODES: &str = r#"{"taskId":"t-1","timestamp":"2026-03-01T10:00:00.000Z","description":"Fixed the login","outcome":"success","lessonsLearned":["Read the log first"],"skillsUsed":["systematic-debugging"],"durationMs":1200,"tags":["auth"]}
{"taskId":"t-1","timestamp":"2026-03-01T10:00:00.000Z","description":"Fixed the login","outcome":"success","lessonsLearned":["Read the log first"],"skillsUsed":["systematic-debugging"],"durationMs":1200,"tags":["auth"]}
"#;

const PROCEDURES: &str = r#"[
  {
    "skillName": "test-driven-development",
    "invocationCount": 23,
    "successRate": 0.87,
    "avgContribution": 1500,
    "preferredContexts": ["parsers"],
    "lastUsed": "2026-03-02T10:00:00.000Z",
    "mutations": []
  },
  7
]
"#;

const CHECKPOINT: &str = r#"{
  "taskId": "fix-login",
  "goal": { "taskId": "fix-login", "description": "Make the login work" },
  "plan": null,
  "currentStepId": "s2",
  "intermediateOutputs": {},
  "workingMemory": null,
  "savedAt": "2026-03-02T11:00:00.000Z",
  "agentStatus": "executing"
}
"#;

/// Returns the lines of an export.
fn exported(sandbox: &Sandbox) -> Vec<Value> {
    let text = sandbox.good(&["memory", "export", "--checkpoints"]);
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// Imports, and returns the counts of what is not zero, without the details.
fn imported(sandbox: &Sandbox, path: &str) -> Value {
    let (_, reply) = sandbox.json(&["memory", "import", path]);
    let mut counts = reply["ok"].as_object().unwrap().clone();
    counts.remove("skipped");
    counts.retain(|_, count| *count != json!(0) && *count != json!({}));
    json!(counts)
}

fn contents(sandbox: &Sandbox) -> Vec<(Value, Value)> {
    let lines = exported(sandbox).into_iter();
    let entries = lines.filter(|line| line.get("uid").is_some());
    entries
        .map(|mut line| (line["title"].take(), line["content"].take()))
        .collect()
}

#[test]
fn an_export_is_imported_elsewhere_without_loss() {
    let from = Sandbox::new();
    for args in [
        &[
            "timeout after 50 requests",
            "--type",
            "episodic",
            "--session",
            "s1",
            "--tags",
            "net,Pool",
        ][..],
        &[
            "timeout after 73 requests",
            "--type",
            "episodic",
            "--session",
            "s2",
        ],
        &[
            "the pool was empty",
            "--session",
            "s1",
            "--importance",
            "0.75",
            "--title",
            "Größe \u{1f600}",
            "--project",
            "shop",
        ],
        &[
            "a hook saw this",
            "--source",
            "hook",
            "--tool",
            "make",
            "--expires",
            "2099-01-01",
        ],
        &["build 1 failed", "--no-merge"],
        &["build 2 failed", "--no-merge"],
        &[
            "old news",
            "--at",
            "2020-02-03T04:05:06.123456Z",
            "--skill",
            "code-review",
        ],
    ] {
        let args: Vec<_> = [&["memory", "create"][..], args].concat();
        assert_eq!(from.run(&args).code, 0);
    }
    from.good(&["memory", "correct", "2", "the pool had no limit"]);
    from.good(&["memory", "link", "1", "caused_by", "2"]);
    from.good(&["memory", "link", "4", "contradicts", "5"]);
    from.good(&["memory", "delete", "6"]);
    from.good(&[
        "checkpoint",
        "save",
        "fix-login",
        "{\"step\": 2}",
        "--status",
        "executing",
    ]);
    let text = from.good(&["memory", "export", "--checkpoints"]);
    assert_eq!(text, from.good(&["memory", "export", "--checkpoints"]));

    let to = Sandbox::new();
    to.file("memory.jsonl", &text);
    assert_eq!(
        imported(&to, "memory.jsonl"),
        json!({"created": 6, "links": 3, "checkpoints": 1})
    );
    assert_eq!(to.good(&["memory", "export", "--checkpoints"]), text);
    assert_eq!(imported(&to, "memory.jsonl"), json!({"known": 7}));
    assert_eq!(to.good(&["memory", "export", "--checkpoints"]), text);
    // What was superseded, merged and confirmed there has an effect here.
    let found = to.good(&["memory", "search", "pool"]);
    assert!(
        found.contains("had no limit") && !found.contains("was empty"),
        "{found}"
    );
    let merged = to.run(&[
        "memory",
        "create",
        "timeout after 99 requests",
        "--type",
        "episodic",
    ]);
    assert_eq!(merged.err, "merged: the entry 1 was created 3 times\n");

    // The home that it came from knows all of it, and deleted entries stay deleted.
    from.file("memory.jsonl", &text);
    assert_eq!(imported(&from, "memory.jsonl"), json!({"known": 7}));
    for (sandbox, id) in [(&from, "1"), (&to, "2")] {
        sandbox.good(&["memory", "delete", id]);
        assert_eq!(imported(sandbox, "memory.jsonl")["known"], 7);
        assert_eq!(sandbox.run(&["memory", "get", id]).code, 1);
    }
}

#[test]
fn a_changed_entry_is_updated_unless_it_was_changed_here() {
    let (from, to) = (Sandbox::new(), Sandbox::new());
    from.good(&["memory", "create", "the tests need Redis 6"]);
    from.good(&["memory", "create", "the docs need Node"]);
    to.file("m.jsonl", from.good(&["memory", "export"]));
    assert_eq!(imported(&to, "m.jsonl"), json!({"created": 2}));
    to.good(&["memory", "update", "2", "--content", "the docs need Node and npm"]);
    from.good(&[
        "memory",
        "update",
        "1",
        "--content",
        "the tests need Valkey",
        "--tags",
        "tests",
    ]);
    from.good(&["memory", "update", "2", "--content", "the docs need Deno"]);
    to.file("m.jsonl", from.good(&["memory", "export"]));
    assert_eq!(
        imported(&to, "m.jsonl"),
        json!({"updated": 1, "reasons": {"conflict": 1}})
    );
    let now: Vec<_> = contents(&to).into_iter().map(|(_, content)| content).collect();
    assert_eq!(now, ["the tests need Valkey", "the docs need Node and npm"]);
    assert!(
        to.good(&["memory", "search", "valkey tag:tests"])
            .contains("1 semantic")
    );
    assert!(to.good(&["memory", "list"]).contains("tags tests"));
}

#[test]
fn an_equal_entry_of_another_home_is_merged() {
    let (from, to) = (Sandbox::new(), Sandbox::new());
    from.good(&["memory", "create", "timeout after 50 requests"]);
    assert_eq!(
        from.run(&["memory", "create", "timeout after 51 requests"]).code,
        0
    );
    to.good(&["memory", "create", "timeout after 73 requests"]);
    to.file("m.jsonl", from.good(&["memory", "export"]));
    assert_eq!(imported(&to, "m.jsonl"), json!({"merged": 1}));
    assert_eq!(imported(&to, "m.jsonl"), json!({"known": 1}));
    let lines = exported(&to);
    let examples: Vec<_> = lines[0]["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["content"])
        .collect();
    assert_eq!((lines.len(), &lines[0]["uses"]), (1, &json!(3)));
    assert_eq!(
        examples,
        ["timeout after 50 requests", "timeout after 51 requests"]
    );
}

#[test]
fn the_file_of_the_official_memory_server_becomes_entries_and_links() {
    let sandbox = Sandbox::new();
    sandbox.file("memory.jsonl", SERVER);
    assert_eq!(
        imported(&sandbox, "memory.jsonl"),
        json!({"created": 4, "links": 1})
    );
    assert_eq!(imported(&sandbox, "memory.jsonl"), json!({"known": 4}));
    let lines = exported(&sandbox);
    assert_eq!(lines[0]["title"], "Ada_Lovelace");
    assert_eq!(
        lines[0]["content"],
        "Prefers short commit messages\nReviews the parser — “carefully”\nmaintains clawpowers\nknows nobody"
    );
    assert_eq!(
        (&lines[0]["tags"], &lines[0]["source"]),
        (&json!(["person"]), &json!("import"))
    );
    assert_eq!(lines[3]["content"], "Größe");
    let shown = sandbox.good(&["memory", "get", "3"]);
    assert!(shown.contains("3 caused_by 2"), "{shown}");
    let found = sandbox.good(&["memory", "search", "timeout after 99 requests to 10.0.0.8:80"]);
    assert!(found.starts_with("3 semantic: redis-outage"), "{found}");
    assert_eq!(
        fs::read_to_string(sandbox.work().join("memory.jsonl")).unwrap(),
        SERVER
    );
    // The server goes on writing: an observation more, and a file with one relation from nowhere.
    let more = SERVER.replace("Written in Rust", "Written in Rust 1.89\",\"Has a CLI")
        + "\n{\"type\":\"relation\",\"from\":\"ghost\",\"to\":\"clawpowers\",\"relationType\":\"knows\"}\n";
    sandbox.file("memory.jsonl", &more);
    assert_eq!(
        imported(&sandbox, "memory.jsonl"),
        json!({"known": 3, "updated": 1, "reasons": {"link": 1}})
    );
    assert!(
        contents(&sandbox)[1]
            .1
            .as_str()
            .unwrap()
            .starts_with("Written in Rust 1.89\nHas a CLI\n")
    );
}

#[test]
fn memory_of_1x_and_2x_is_offered_by_import_and_imported_by_memory_import() {
    let sandbox = Sandbox::new();
    for (name, text) in [
        ("patterns.jsonl", PATTERNS),
        ("episodic.jsonl", EPISODES),
        ("procedural.json", PROCEDURES),
    ] {
        sandbox.file(&format!("old/memory/{name}"), text);
    }
    sandbox.file("old/state/checkpoints/fix-login.json", CHECKPOINT);
    sandbox.file(
        "old/state/debug__hypothesis__e7__error_msg",
        "timeout after 50 requests\n",
    );
    let old = sandbox.work().join("old").to_string_lossy().replace('\\', "/");
    let ran = sandbox.run(&["import", "--from", &old]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for path in [
        "memory/patterns.jsonl",
        "memory/episodic.jsonl",
        "memory/procedural.json",
        "state/checkpoints",
    ] {
        let offer = format!("`clawpowers memory import {old}/{path}` does that\n");
        assert!(ran.out.contains(&offer), "{}", ran.out);
    }
    assert!(ran.out.contains("memory: 1 key of hypotheses"), "{}", ran.out);
    assert_eq!(exported(&sandbox), [] as [Value; 0]);

    let memory = format!("{old}/memory");
    let reply = imported(&sandbox, &memory);
    assert_eq!(reply, json!({"created": 4, "reasons": {"format": 1}}));
    let reply = imported(&sandbox, &format!("{old}/state/checkpoints"));
    assert_eq!(reply, json!({"checkpoints": 1}));
    assert_eq!(
        imported(&sandbox, &memory),
        json!({"known": 4, "reasons": {"format": 1}})
    );
    assert_eq!(
        imported(&sandbox, &format!("{old}/state/checkpoints")),
        json!({"known": 1})
    );

    let lines = exported(&sandbox);
    let of = |kind: &str| {
        lines
            .iter()
            .filter(|line| line["kind"] == kind)
            .collect::<Vec<_>>()
    };
    let episodes = of("episodic");
    assert_eq!(episodes.len(), 2, "two episodes are two events");
    assert_eq!(
        episodes[0]["content"],
        "Fixed the login\nOutcome: success\nLesson: Read the log first\nSkills: systematic-debugging"
    );
    assert_eq!(
        (
            &episodes[0]["session"],
            &episodes[0]["skill"],
            &episodes[0]["created_at"]
        ),
        (
            &json!("t-1"),
            &json!("systematic-debugging"),
            &json!("2026-03-01T10:00:00Z")
        )
    );
    let procedures = of("procedural");
    let pattern = procedures.iter().find(|line| line["uses"] == 3).unwrap();
    assert_eq!(pattern["tags"], json!(["auth", "bug-fix", "jwt"]));
    assert!(
        pattern["content"]
            .as_str()
            .unwrap()
            .ends_with("\nUsed in: auth-service, api-gateway")
    );
    assert!(procedures.iter().any(|line| {
        line["content"] == "test-driven-development: 87% of 23 invocations succeeded, 1.5 s on average\nPreferred context: parsers"
    }));
    let state = sandbox.good(&["checkpoint", "load", "fix-login"]);
    assert_eq!(state.trim_end(), CHECKPOINT.trim_end());
    let listed = sandbox.good(&["checkpoint", "list"]);
    assert!(
        listed.contains("executing") && listed.contains("Make the login work"),
        "{listed}"
    );
    assert_eq!(
        fs::read_to_string(format!("{old}/memory/patterns.jsonl")).unwrap(),
        PATTERNS
    );
}

#[test]
fn hypotheses_of_the_store_become_entries_and_their_keys_stay() {
    let sandbox = Sandbox::new();
    for (field, value) in [
        (
            "error_msg",
            "timeout after 50 requests to 10.0.0.7:8080\n  at pool.js:7",
        ),
        ("hypotheses_tried", "DNS|pool"),
        ("winning", "pool"),
        ("root_cause", "the pool was empty"),
        ("project", "shop"),
        ("timestamp", "2026-03-01T10:00:00Z"),
        ("mood", "calm"),
    ] {
        sandbox.good(&["store", "set", &format!("debug:hypothesis:e7:{field}"), value]);
    }
    sandbox.good(&["store", "set", "debug:hypothesis:e9:error_msg", "no space left"]);
    sandbox.good(&["store", "set", "build:status", "green"]);
    let args = ["memory", "import", "--store-keys", "debug:hypothesis:*"];
    assert_eq!(
        sandbox.good(&args),
        "entries: 2 created, 0 merged, 0 updated, 0 already imported\n"
    );
    assert_eq!(
        sandbox.good(&args),
        "entries: 0 created, 0 merged, 0 updated, 2 already imported\n"
    );
    assert_eq!(sandbox.good(&["store", "list"]).lines().count(), 9);
    let lines = exported(&sandbox);
    assert_eq!(
        lines[0]["content"],
        "timeout after 50 requests to 10.0.0.7:8080\n  at pool.js:7\nRoot cause: the pool was empty\nHypothesis: pool\n\
         Hypotheses tried: DNS|pool\nmood: calm"
    );
    assert_eq!(
        (&lines[0]["title"], &lines[0]["project"], &lines[0]["created_at"]),
        (
            &json!("timeout after 50 requests to 10.0.0.7:8080"),
            &json!("shop"),
            &json!("2026-03-01T10:00:00Z")
        )
    );
    let found = sandbox.good(&["memory", "search", "timeout after 73 requests to 10.0.0.12:80"]);
    assert!(found.starts_with("1 episodic"), "{found}");
    // The next attempt changes the keys, and so the entry.
    sandbox.good(&[
        "store",
        "set",
        "debug:hypothesis:e9:fix_summary",
        "empty the cache",
    ]);
    let changed = sandbox.good(&args);
    assert!(
        changed.starts_with("entries: 0 created, 0 merged, 1 updated, 1 already"),
        "{changed}"
    );
}

#[test]
fn a_folder_of_notes_becomes_entries() {
    let sandbox = Sandbox::new();
    let notes = sandbox.work().join("notes");
    for (name, text) in [
        (
            "redis.md",
            "---\ntitle: Redis: in the tests\ntags: [tests, '#redis']\ndate: 2026-03-01\n---\n\nThe tests need Redis.\n",
        ),
        (
            "deep/er/login.MD",
            "\u{feff}# The login\r\n\r\nIt needs a cookie.\r\n",
        ),
        ("plain.markdown", "No heading here."),
        ("broken.md", "---\ntitle: [unclosed\n---\nStill a note.\n"),
        ("empty.md", "---\ntitle: nothing\n---\n\n"),
        ("code.rs", "fn main() {}"),
        (".git/config.md", "hidden"),
        ("memory.jsonl", SERVER),
    ] {
        write(&notes.join(name), text);
    }
    write(&notes.join("image.md"), b"\x89PNG\r\n\x1a\n\x00\xff");
    write(&notes.join("huge.md"), "x ".repeat(1 << 20));
    write(&sandbox.work().join("secret.md"), "outside");
    let secret = sandbox.work().join("secret.md");
    let links = [
        symlink(&secret, notes.join("link.md")),
        symlink(sandbox.work(), notes.join("out")),
        symlink(&notes, notes.join("again")),
    ];
    // Windows lets only some users create them, and Wine does not show them as symlinks.
    let links = links.iter().filter(|link| link.is_ok() && !cfg!(windows)).count();
    let (code, reply) = sandbox.json(&["memory", "import", notes.to_str().unwrap()]);
    let ok = &reply["ok"];
    assert_eq!((code, &ok["created"]), (0, &json!(8)), "{reply}");
    let mut reasons = json!({"binary": 1, "empty": 1, "format": 1, "hidden": 1, "too-long": 1});
    if links > 0 {
        reasons["symlink"] = json!(links);
    }
    let mut found = ok["reasons"].clone();
    if cfg!(windows) {
        found.as_object_mut().unwrap().remove("symlink");
    }
    assert_eq!(found, reasons, "{reply}");
    for row in ok["skipped"].as_array().unwrap() {
        assert!(
            !row["detail"].as_str().unwrap().is_empty() && row["source"] != "",
            "{row}"
        );
    }
    let mut found = contents(&sandbox);
    found.retain(|(title, _)| !SERVER.contains(title.as_str().unwrap()));
    let pairs: Vec<_> = found
        .iter()
        .map(|(a, b)| (a.as_str().unwrap(), b.as_str().unwrap()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("broken", "Still a note."),
            ("plain", "No heading here."),
            ("Redis: in the tests", "The tests need Redis."),
            ("The login", "# The login\r\n\r\nIt needs a cookie."),
        ]
    );
    let lines = exported(&sandbox);
    let redis = lines
        .iter()
        .find(|line| line["title"] == "Redis: in the tests")
        .unwrap();
    assert_eq!(
        (&redis["tags"], &redis["created_at"]),
        (&json!(["redis", "tests"]), &json!("2026-03-01T00:00:00Z"))
    );
    // A note that changed changes its entry; a copy of one has an entry of its own, because either may change.
    write(
        &notes.join("redis.md"),
        "---\ntitle: Redis: in the tests\n---\nThe tests need Valkey.\n",
    );
    write(&notes.join("deep/plain.markdown"), "No heading here.");
    let reply = imported(&sandbox, notes.to_str().unwrap());
    assert_eq!(
        (&reply["updated"], &reply["created"], &reply["known"]),
        (&json!(1), &json!(1), &json!(7)),
        "{reply}"
    );
    assert_eq!(imported(&sandbox, notes.to_str().unwrap())["known"], 9);
    assert!(notes.join("plain.markdown").is_file());
    // A folder or a file that cannot be read is an error.
    for path in ["nowhere", "nowhere.jsonl"] {
        sandbox.refused(4, &["memory", "import", path]);
    }
}

#[test]
fn every_line_that_is_not_imported_is_reported_with_its_number() {
    let sandbox = Sandbox::new();
    let entry = |content: &str| {
        json!({"uid": format!("h-{}", content.len()), "kind": "semantic", "content": content, "importance": 0.5, "source": "agent",
            "confirmed": true, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "used_at": "2026-01-01T00:00:00Z", "uses": 1, "revision": 1, "merges": true})
    };
    let with = |name: &str, value: Value| {
        let mut line = entry("a line");
        line[name] = value;
        line.to_string()
    };
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let lines = [
        (entry("good").to_string(), ""),
        ("garbage".to_owned(), "not-json"),
        ("[1]".to_owned(), "format"),
        ("{\"a\": 1}".to_owned(), "format"),
        (deep, "not-json"),
        (
            format!("{{\"uid\":\"x\",\"content\":{}}}", "{\"a\":".repeat(500)),
            "not-json",
        ),
        (entry(&"x".repeat(2 << 20)).to_string(), "too-long"),
        (with("content", json!("a\u{0}b")), "invalid"),
        (with("content", json!(" \n")), "empty"),
        (with("kind", json!("rumour")), "invalid"),
        (with("source", json!("god")), "invalid"),
        (with("importance", json!(2)), "invalid"),
        (with("created_at", json!("2999-01-01T00:00:00Z")), "invalid"),
        (with("created_at", json!("soon")), "invalid"),
        (with("tags", json!(["a,b"])), "invalid"),
        (with("tags", json!("a")), "invalid"),
        (with("uses", json!(-1)), "invalid"),
        (with("uid", json!("")), "invalid"),
        (
            json!({"checkpoint": {"task": "", "state": "x", "saved_at": "2026-01-01T00:00:00Z"}}).to_string(),
            "invalid",
        ),
        (
            json!({"type": "entity", "name": "", "entityType": "x", "observations": []}).to_string(),
            "invalid",
        ),
        (
            json!({"type": "relation", "from": "a", "to": "b"}).to_string(),
            "invalid",
        ),
        (
            with("links", json!([{"relation": "supersedes", "target": "nobody"}])),
            "link",
        ),
        (entry("\u{1b}[31mred\u{1b}[0m \u{202e}").to_string(), ""),
        (
            json!({"taskId": "t", "timestamp": "never", "description": "a\u{0}b", "outcome": "success"})
                .to_string(),
            "mended",
        ),
    ];
    let text: String = lines.iter().map(|(line, _)| format!("{line}\r\n\r\n")).collect();
    sandbox.file("all.jsonl", format!("\u{feff}{text}"));
    let (code, reply) = sandbox.json(&["memory", "import", "all.jsonl"]);
    let rows: Vec<_> = reply["ok"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].clone(), row["reason"].clone()))
        .collect();
    let mut wanted: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(number, (_, reason))| (json!(number * 2 + 1), json!(reason)))
        .collect();
    wanted.retain(|(_, reason)| reason != "");
    // Relations are known at the end of a file, links at the end of an import.
    assert_eq!(rows.len(), wanted.len(), "{rows:?}");
    for row in &wanted {
        assert!(rows.contains(row), "{row:?} is not in {rows:?}");
    }
    assert_eq!((code, &reply["ok"]["created"]), (0, &json!(4)));
    assert_eq!(
        sandbox.run(&["memory", "import", "all.jsonl", "--strict"]).code,
        1
    );
    let shown = sandbox.run(&["memory", "import", "all.jsonl"]);
    assert_eq!(unsafe_characters(&(shown.out + &shown.err)), []);

    // Bytes that are not UTF-8, a file without a newline at its end, nothing, and nothing usable.
    let mut bytes = entry("caf_").to_string().into_bytes();
    bytes
        .iter_mut()
        .filter(|byte| **byte == b'_')
        .for_each(|byte| *byte = 0xe9);
    let ran = sandbox.feed(&["memory", "import", "-"], &bytes);
    assert!(ran.text().contains("mended: 1"), "{ran:?}");
    let ran = sandbox.feed(&["memory", "import", "-"], b"");
    assert_eq!(
        (ran.code, ran.text()),
        (0, "entries: 0 created, 0 merged, 0 updated, 0 already imported\n")
    );
    for text in ["nonsense", "[[[[", "\u{0}\u{0}", "{", "[1,2]", "null"] {
        let ran = sandbox.feed(&["memory", "import", "-"], text.as_bytes());
        assert_eq!(ran.code, 3, "{text:?}: {ran:?}");
        good_error(&ran.err);
    }
}

#[test]
fn a_named_format_is_the_only_one() {
    let sandbox = Sandbox::new();
    sandbox.file("mixed.jsonl", format!("{PATTERNS}{EPISODES}"));
    let (_, reply) = sandbox.json(&["memory", "import", "mixed.jsonl", "--format", "episodic"]);
    assert_eq!(
        (&reply["ok"]["created"], &reply["ok"]["reasons"]),
        (&json!(2), &json!({"format": 1}))
    );
    let ran = sandbox.feed(
        &["memory", "import", "-", "--format", "markdown"],
        b"# A title\n\nA note.\n",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(contents(&sandbox).contains(&(json!("A title"), json!("# A title\n\nA note."))));
    let refused = sandbox.refused(3, &["memory", "import", "mixed.jsonl", "--format", "xml"]);
    assert!(refused.err.contains("unknown format `xml`"), "{}", refused.err);
    for args in [
        &["memory", "import"][..],
        &["memory", "import", "x", "--store-keys", "y"],
    ] {
        assert_eq!(sandbox.run(args).code, 2);
    }
}

#[test]
fn an_export_to_a_file_is_written_whole_or_not_at_all() {
    let sandbox = Sandbox::new();
    sandbox.good(&["memory", "create", "the tests need Redis"]);
    sandbox.file("out.jsonl", "old");
    let ran = sandbox.run(&["memory", "export", "--output", "out.jsonl"]);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "", "1 entry written to `out.jsonl`\n")
    );
    let text = fs::read_to_string(sandbox.work().join("out.jsonl")).unwrap();
    assert_eq!(text, sandbox.good(&["memory", "export"]));
    for path in ["missing/out.jsonl", ""] {
        let ran = sandbox.run(&["memory", "export", "--output", path]);
        assert!(ran.code > 2, "{ran:?}");
        good_error(&ran.err);
    }
    let names: Vec<_> = fs::read_dir(sandbox.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["out.jsonl"]);
    // A home without memory exports nothing.
    assert_eq!(Sandbox::new().good(&["memory", "export", "--checkpoints"]), "");
}
