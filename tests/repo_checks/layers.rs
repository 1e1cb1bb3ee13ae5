//! Allowed dependencies between crates, and fields that manifests inherit.

use crate::{members, read, root, shown};
use serde_json::Value;
use std::process::Command;

/// The layers from the bottom up; all other crates are on top of them.
const TEXT: &str = "clawpowers-text";
const LOADER: &str = "clawpowers-loader";
const EXECUTOR: &str = "clawpowers-executor";
const FEEDBACK: &str = "clawpowers-feedback";
const API: &str = "clawpowers-api";

#[test]
fn dependency_direction() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata.get("packages").and_then(Value::as_array).unwrap();
    let field = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let names: Vec<String> = packages
        .iter()
        .filter_map(|package| field(package, "name"))
        .collect();
    assert_eq!(
        names.len(),
        members().len(),
        "every folder of crates/ and native/ is a member: {names:?}"
    );
    for needed in [TEXT, LOADER, EXECUTOR, FEEDBACK, API, "clawpowers"] {
        assert!(names.iter().any(|name| name == needed), "{needed} is missing");
    }
    let mut edges = Vec::new();
    let mut wrong = Vec::new();
    for package in packages {
        let from = field(package, "name").unwrap();
        for dependency in package.get("dependencies").and_then(Value::as_array).unwrap() {
            let to = field(dependency, "name").unwrap();
            if !names.contains(&to) {
                continue;
            }
            let tests_only = field(dependency, "kind").is_some_and(|kind| kind == "dev");
            let allowed: &[&str] = match (from.as_str(), tests_only) {
                (TEXT | FEEDBACK, _) => &[],
                (LOADER | EXECUTOR, _) => &[TEXT],
                (API, _) => &[TEXT, LOADER, EXECUTOR, FEEDBACK],
                // Measures search without the database of the product.
                ("xtask-bench", _) => &[TEXT, API],
                (_, false) => &[API],
                (_, true) => &[API, TEXT, LOADER, EXECUTOR, FEEDBACK],
            };
            if !allowed.contains(&to.as_str()) {
                wrong.push(format!("{from} -> {to}"));
            }
            edges.push(format!("{from} -> {to}"));
        }
    }
    assert!(wrong.is_empty(), "wrong direction: {wrong:?}");
    for edge in [
        "clawpowers -> clawpowers-api",
        "clawpowers-loader -> clawpowers-text",
        "clawpowers-api -> clawpowers-loader",
        "clawpowers-api -> clawpowers-executor",
        "clawpowers-api -> clawpowers-feedback",
    ] {
        assert!(
            edges.iter().any(|found| found == edge),
            "{edge} is missing: {edges:?}"
        );
    }
}

#[test]
fn manifests_inherit() {
    let mut wrong = Vec::new();
    for member in members() {
        let path = member.join("Cargo.toml");
        let text = read(&path);
        let mut section = "";
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for field in [
            "version",
            "edition",
            "rust-version",
            "license",
            "repository",
            "publish",
        ] {
            if !lines.contains(&format!("{field}.workspace = true").as_str()) {
                wrong.push(format!("{}: `{field}` is not the workspace's", shown(&path)));
            }
        }
        if !text.contains("[lints]\nworkspace = true\n") {
            wrong.push(format!("{}: the lints are not the workspace's", shown(&path)));
        }
        for line in lines {
            if line.starts_with('[') {
                section = line;
                if section.contains("dependencies.") {
                    wrong.push(format!("{}: {section} is not on one line", shown(&path)));
                }
            } else if section.ends_with("dependencies]")
                && line.contains('=')
                && !line.starts_with('#')
                && !line.contains("workspace = true")
            {
                wrong.push(format!("{}: {line}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
