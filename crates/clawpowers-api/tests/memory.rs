//! Compares an in-memory runtime with one that has the same files on disk.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot continue has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test shows paths as the system writes them"
)]

use clawpowers_api::{Document, MemoryOptions, Options, Runtime};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const TEA: &str = "---\nname: tea\ndescription: Makes tea. Use for tea.\nversion: 1.2.0\n---\n# Tea\n\nSee [how](references/how.md), [none](gone.md) and [out](../cup/SKILL.md).\n";

fn files() -> Vec<(String, String)> {
    let named = |name: &str| format!("---\nname: {name}\ndescription: Does {name}.\n---\n");
    [
        ("skills/tea/SKILL.md", TEA.to_owned()),
        ("skills/tea/references/how.md", "how\n".to_owned()),
        ("skills/tea/scripts/run.sh", "#!/bin/sh\n".to_owned()),
        ("skills/tea/.git/config", "x".to_owned()),
        ("skills/tea/inner/skill.md", named("inner")),
        ("skills/tea/inner/data.txt", "1".to_owned()),
        (
            "skills/cup/SKILL.md",
            "---\nname: cup\ndescription: a: b\n---\n".to_owned(),
        ),
        ("skills/cup/Skill.md", named("other")),
        ("skills/broken/SKILL.md", "no frontmatter\n".to_owned()),
        ("skills/empty/SKILL.md", String::new()),
        ("skills/long/SKILL.md", named("long") + &"word ".repeat(3000)),
        ("skills/node_modules/x/SKILL.md", named("x")),
        ("skills/folder/SKILL.md/file", "x".to_owned()),
        ("more/tea/SKILL.md", TEA.replace("1.2.0", "2.0.0")),
        ("notes/readme.md", "# Notes\n".to_owned()),
        (&format!("deep{}/SKILL.md", "/d".repeat(18)), named("deep")),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into()
}

struct Both {
    disk: Runtime,
    memory: Runtime,
    work: String,
    _folder: tempfile::TempDir,
}

impl Both {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work");
        for (path, text) in files() {
            let path = work.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let documents = files().into_iter().map(|(path, text)| Document {
            path,
            bytes: text.into(),
        });
        Self {
            disk: Runtime::open(Options {
                home: Some(folder.path().join("home")),
                user_home: Some(folder.path().join("user")),
                cwd: Some(work.clone()),
            }),
            memory: Runtime::in_memory(documents.collect()).unwrap(),
            work: format!("{}/", work.display()),
            _folder: folder,
        }
    }

    /// Calls both runtimes, asserts that the replies match (apart from the working directory), and returns the reply.
    fn same(&self, operation: &str, request: &Value) -> Value {
        self.same_but(operation, request, |_| ())
    }

    /// Like [`Both::same`], but `take` removes values from both replies first.
    fn same_but(&self, operation: &str, request: &Value, take: fn(&mut Value)) -> Value {
        let mut replies = self.replies(operation, request);
        replies.iter_mut().for_each(take);
        let [disk, memory] = replies;
        let shown = |value| serde_json::to_string_pretty(value).unwrap();
        assert_eq!(shown(&memory), shown(&disk), "{operation} {request}");
        memory
    }

    fn replies(&self, operation: &str, request: &Value) -> [Value; 2] {
        [&self.disk, &self.memory].map(|runtime| {
            let reply = runtime.call(operation, &request.to_string());
            serde_json::from_str(&reply.replace(&self.work, "")).unwrap()
        })
    }
}

fn call(runtime: &Runtime, operation: &str, request: &Value) -> Value {
    serde_json::from_str(&runtime.call(operation, &request.to_string())).unwrap()
}

fn error_of(reply: &Value) -> &str {
    reply["error"]["code"].as_str().unwrap_or_default()
}

#[test]
fn skills_are_the_same_as_on_disk() {
    let both = Both::new();
    for roots in [
        json!(["skills"]),
        json!(["skills/"]),
        json!(["more", "skills", "./skills", "skills/tea"]),
        json!(["skills/tea/inner"]),
        json!(["skills/tea/SKILL.md"]),
        json!(["deep"]),
        json!(["notes"]),
    ] {
        let listed = both.same("skill_list", &json!({ "roots": roots }));
        assert!(listed["ok"].is_object());
        for client in ["claude", "codex", "cursor", "gemini", "openclaw"] {
            both.same("skill_list", &json!({"roots": roots, "client": client}));
        }
        let budget = both.same("skill_budget", &json!({ "roots": roots }));
        assert!(budget["ok"].is_object());
        both.same_but("skill_prompt", &json!({ "roots": roots }), |reply| {
            reply["ok"]["tokens"].take();
        });
        both.same("skill_search", &json!({"roots": roots, "words": "tea"}));
    }
    for roots in [
        json!([""]),
        json!(["none"]),
        json!(["skills/tea/references/how.md"]),
        json!(["skills", "none"]),
    ] {
        let refused = both.same("skill_list", &json!({ "roots": roots }));
        assert!(refused["error"].is_object(), "{refused}");
    }
    for mut request in [
        json!({}),
        json!({"wrap": true}),
        json!({"resource": "references/how.md"}),
        json!({"resource": "inner/data.txt"}),
        json!({"resource": "../cup/SKILL.md"}),
        json!({"resource": "references"}),
        json!({"resource": "gone.md"}),
    ] {
        request["name"] = json!("tea");
        request["roots"] = json!(["skills"]);
        both.same("skill_read", &request);
    }
    for name in ["te", "broken"] {
        both.same("skill_read", &json!({"name": name, "roots": ["skills"]}));
    }
}

#[test]
fn show_differs_from_disk_only_in_permissions() {
    let both = Both::new();
    for name in ["cup", "long", "inner"] {
        both.same("skill_show", &json!({"name": name, "roots": ["skills"]}));
    }
    // On disk, the script is not executable; documents have no permissions.
    let mut replies = both.replies("skill_show", &json!({"name": "tea", "roots": ["skills"]}));
    for reply in &mut replies {
        let diagnostics = reply["ok"]["diagnostics"].as_array_mut().unwrap();
        diagnostics.retain(|diagnostic| diagnostic["rule"] != "script-not-executable");
        assert!(diagnostics.len() > 1);
        assert_eq!(reply["ok"]["resources"].as_array().unwrap().len(), 2);
        assert!(reply["ok"]["digest"].is_string());
    }
    let [disk, memory] = replies;
    assert_eq!(memory, disk);
}

#[test]
fn a_path_through_a_file_is_not_found() {
    let both = Both::new();
    let read = json!({"name": "tea", "resource": "references/how.md/", "roots": ["skills"]});
    assert_eq!(error_of(&both.same("skill_read", &read)), "not_found");
    let list = json!({"roots": ["skills/cup/SKILL.md/"]});
    assert_eq!(error_of(&both.same("skill_list", &list)), "io");
}

#[test]
fn validate_and_fix_work_the_same_in_memory() {
    let both = Both::new();
    fs::remove_file(Path::new(&both.work).join("skills/tea/scripts/run.sh")).unwrap();
    for paths in [
        json!(["skills/cup"]),
        json!(["skills"]),
        json!(["./skills/", "more"]),
        json!(["skills/broken/SKILL.md", "notes/readme.md"]),
        json!(["skills/tea/references"]),
        json!(["notes"]),
        json!(["deep"]),
        json!(["skills/folder"]),
        json!(["none"]),
        json!(["skills/cup/SKILL.md/"]),
        json!([""]),
        json!([]),
    ] {
        both.same("skill_fix", &json!({ "paths": paths }));
        both.same("skill_validate", &json!({"paths": paths, "target": "spec"}));
    }
    let fixed = call(&both.memory, "skill_fix", &json!({"paths": ["skills/cup"]}));
    let text = fixed["ok"]["files"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("---\nname: cup\ndescription: 'a: b'"), "{text}");
    let write = json!({"paths": ["skills"], "write": true});
    let refused = call(&both.memory, "skill_fix", &write);
    assert_eq!(error_of(&refused), "unsupported_platform");
}

#[test]
fn documents_come_before_bundled_skills() {
    let document = |path: &str| Document {
        path: path.to_owned(),
        bytes: b"---\nname: test-driven-development\ndescription: Mine.\n---\n".to_vec(),
    };
    let runtime = Runtime::in_memory(vec![document("a/test-driven-development/SKILL.md")]).unwrap();
    let listed = call(&runtime, "skill_list", &json!({}));
    let skills = listed["ok"]["skills"].as_array().unwrap();
    assert_eq!(skills[0]["location"], "a/test-driven-development/SKILL.md");
    assert_eq!(skills[0]["scope"], "extra");
    assert!(skills.len() > 1 && skills[1]["scope"] == "bundled");
    for request in [json!({"scopes": ["extra"]}), json!({"client": "claude"})] {
        let only = call(&runtime, "skill_list", &request);
        assert_eq!(only["ok"]["skills"].as_array().unwrap().len(), 1);
    }
    let doctor = call(&runtime, "doctor", &json!({}));
    assert_eq!(doctor["ok"]["visibility"][0]["loaded"], 1, "{doctor}");
    assert_eq!(doctor["ok"]["storage"]["state"], "none");

    // All documents are replaced, or none if a path is invalid.
    runtime.set_documents(Vec::new()).unwrap();
    let listed = call(&runtime, "skill_list", &json!({"scopes": ["extra"]}));
    assert_eq!(listed["ok"]["skills"], json!([]));
    let refused = runtime
        .set_documents(vec![document("a"), document("../b")])
        .unwrap_err();
    assert_eq!(refused.code.as_str(), "invalid_input");
    assert!(refused.message.contains("`../b`"), "{}", refused.message);
    for bad in [
        "",
        "{}",
        "[1]",
        "[],\"home\":1",
        r#"[{"path": "a", "text": "", "x": 1}]"#,
        r#"[{"path": "a"}]"#,
        r#"[{"path": "a", "text": "", "text_base64": ""}]"#,
        r#"[{"path": "a", "text_base64": "?"}]"#,
    ] {
        let reply = runtime.set_documents_from_json(bad).unwrap_err();
        assert!(
            reply.starts_with(r#"{"error":{"code":"invalid_request""#),
            "{bad}: {reply}"
        );
    }
    runtime
        .set_documents_from_json(r#"[{"path": "a", "text": ""}]"#)
        .unwrap();
    // Bytes are not decoded before the check: this is Latin-1.
    let latin = r#"[{"path": "a/SKILL.md", "text_base64": "LS0tCm5hbWU6IGEKZGVzY3JpcHRpb246IENhZukuCi0tLQoKRG8gaXQuCg=="}]"#;
    runtime.set_documents_from_json(latin).unwrap();
    let validated = call(
        &runtime,
        "skill_validate",
        &json!({"paths": ["a"], "target": "claude"}),
    );
    assert_eq!(
        validated["ok"]["files"][0]["diagnostics"][0]["rule"], "not-utf8",
        "{validated}"
    );
    let disk = Runtime::open(Options::default()).set_documents(Vec::new());
    assert_eq!(disk.unwrap_err().code.as_str(), "unsupported_platform");
}

#[test]
fn state_and_executions_live_in_memory() {
    let both = Both::new();
    for (operation, request) in [
        ("store_get", json!({"key": "a"})),
        ("store_list", json!({})),
        ("metrics_summary", json!({})),
        ("analyze", json!({"until": "2026-11-20"})),
        ("store_set", json!({"key": "a", "value": "1"})),
        ("store_incr", json!({"key": "a"})),
        ("store_append", json!({"key": "b", "value": "\u{0}x"})),
        (
            "store_import",
            json!({"text": "{\"key\": \"c\", \"value\": \"1\"}\n"}),
        ),
        ("store_delete", json!({"key": "b"})),
        ("store_get", json!({"key": ""})),
        ("analyze_worktrees", json!({})),
        ("feedback_detect", json!({"outcomes": [true, false]})),
    ] {
        both.same(operation, &request);
    }
    let listed = both.same_but("store_list_values", &json!({"pattern": "*"}), |reply| {
        for entry in reply["ok"]["entries"].as_array_mut().unwrap() {
            assert!(entry["updated_at"].take().is_string());
        }
    });
    assert_eq!(listed["ok"]["entries"].as_array().unwrap().len(), 2);
    let runtime = &both.memory;
    let execution = json!({"skill": "tea", "outcome": "success"});
    let recorded = call(runtime, "metrics_record", &execution);
    assert!(recorded["ok"].is_object(), "{recorded}");
    let status = call(runtime, "status", &json!({}));
    assert_eq!(status["ok"]["executions"]["success"], 1, "{status}");
    assert_eq!(status["ok"]["home"], "memory");
    assert!(status["ok"]["bytes"].as_u64().unwrap() > 4096);
    let doctor = call(runtime, "doctor", &json!({"roots": ["more"]}));
    assert_eq!(doctor["ok"]["storage"]["state"], "sound", "{doctor}");
}

#[test]
fn a_database_can_be_exported_and_imported() {
    let both = Both::new();
    let fresh = both.memory.export_database().unwrap();
    assert!(fresh.len() >= 4096);
    for (runtime, value) in [(&both.memory, "memory"), (&both.disk, "disk")] {
        call(runtime, "store_set", &json!({"key": "a", "value": value}));
    }
    let [memory, disk] = [&both.memory, &both.disk].map(|one| one.export_database().unwrap());
    both.memory.import_database(disk).unwrap();
    both.disk.import_database(memory).unwrap();
    let get = |runtime| call(runtime, "store_get", &json!({"key": "a"}))["ok"]["value"].clone();
    assert_eq!(get(&both.memory), "disk");
    assert_eq!(get(&both.disk), "memory");
    let refused = both.memory.import_database(b"none".to_vec()).unwrap_err();
    assert_eq!(refused.code.as_str(), "storage");
    assert_eq!(refused.details.as_ref().unwrap()["kind"], "corrupt");
    assert_eq!(get(&both.memory), "disk");
    both.memory.close();
    for refused in [
        both.memory.import_database(fresh).unwrap_err(),
        both.memory.export_database().unwrap_err(),
        both.memory.set_documents(Vec::new()).unwrap_err(),
    ] {
        assert_eq!(refused.code.as_str(), "closed");
    }
}

#[test]
fn operations_that_need_a_disk_return_unsupported_platform() {
    let runtime = Runtime::in_memory_from_json("{}").unwrap();
    for (operation, request) in [
        ("init", json!({})),
        ("import", json!({})),
        ("config_get", json!({"key": "profile"})),
        ("config_list", json!({})),
        ("config_set", json!({"key": "profile", "value": "dev"})),
        ("config_unset", json!({"key": "profile"})),
        ("skill_new", json!({"name": "a"})),
        ("skill_to_prompt", json!({"paths": ["a"]})),
        ("skill_read_properties", json!({"path": "a"})),
        ("skill_reference_validate", json!({"path": "a"})),
        ("store_import", json!({"path": "a"})),
        ("metrics_import", json!({"path": "a"})),
    ] {
        let reply = call(&runtime, operation, &request);
        assert_eq!(error_of(&reply), "unsupported_platform", "{operation}: {reply}");
        assert!(reply["error"]["hint"].is_string());
    }
    assert!(runtime.save_report("md", "").is_err());
    for bad in ["", "[]", r#"{"home": "h"}"#, r#"{"documents": {}}"#] {
        let reply = Runtime::in_memory_from_json(bad).unwrap_err();
        assert!(
            reply.starts_with(r#"{"error":{"code":"invalid_request""#),
            "{bad}: {reply}"
        );
    }
    assert_eq!(MemoryOptions::default().documents, Vec::new());
}
