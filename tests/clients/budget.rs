//! `skill budget` against what Claude Code and Codex left of 200 skills.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Creates `sk000` to `sk199` with descriptions of 40, 120, 300, 600 and 900 characters in turn.
fn skills(folder: &Path) {
    for (number, length) in (0..200).zip([40, 120, 300, 600, 900].into_iter().cycle()) {
        let words = format!("D{number:03} {}", "word ".repeat(300));
        let start = words.get(..length - 1).unwrap().trim_end();
        let stops = ".".repeat(length - start.len());
        let name = format!("sk{number:03}");
        let text = format!("---\nname: {name}\ndescription: {start}{stops}\n---\nb\n");
        fs::create_dir_all(folder.join(&name)).unwrap();
        fs::write(folder.join(name).join("SKILL.md"), text).unwrap();
    }
}

/// Returns the rows of `skill budget --as CLIENT` with the context or the characters of a recording.
fn rows(base: &Path, client: &str, recorded: &Value) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawpowers"));
    command.args(["skill", "budget", "--as", client, "--json"]);
    command.env_clear().env("HOME", base.join("home"));
    command.current_dir(base.join("work"));
    if let Some(context) = recorded.get("context") {
        command.args(["--context", &context.to_string()]);
    }
    if let Some(characters) = recorded.get("characters") {
        command.env("SLASH_COMMAND_TOOL_CHAR_BUDGET", characters.to_string());
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let reply: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(reply.pointer("/ok/clients/1"), None);
    let skills = reply.pointer("/ok/clients/0/skills").unwrap().as_array().unwrap();
    let names: Vec<&str> = skills.iter().filter_map(|row| row["name"].as_str()).collect();
    let all: Vec<String> = (0..200).map(|number| format!("sk{number:03}")).collect();
    assert_eq!(names, all);
    skills.clone()
}

#[test]
fn budgets_equal_the_recordings() {
    let dir = TempDir::new().unwrap();
    let base = dir.path().canonicalize().unwrap();
    for folder in ["home", "work/.git"] {
        fs::create_dir_all(base.join(folder)).unwrap();
    }
    skills(&base.join("work/.claude/skills"));
    skills(&base.join("work/.agents/skills"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/budget.json");
    let recording: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let recorded = |pointer: &str| recording.pointer(pointer).unwrap().as_array().unwrap().clone();
    for recorded in recorded("/claude/described") {
        let rows = rows(&base, "claude", &recorded);
        let is_described = |(_, row): &(usize, &Value)| row["fate"] == "whole";
        let described = rows.iter().enumerate().filter(is_described);
        let described: Vec<usize> = described.map(|(number, _)| number).collect();
        assert_eq!(Value::from(described), recorded["skills"], "{recorded}");
    }
    for recorded in recorded("/codex/lengths") {
        let rows = rows(&base, "codex", &recorded);
        let length = |(number, row): (usize, &Value)| match row["fate"].as_str() {
            Some("whole") => Value::from([40, 120, 300, 600, 900][number % 5]),
            Some("shortened") => row["limit"].clone(),
            Some("name_only") => Value::from(0),
            _ => Value::Null,
        };
        let lengths: Vec<Value> = rows.iter().enumerate().map(length).collect();
        assert_eq!(Value::from(lengths), recorded["skills"], "{recorded}");
    }
}
