//! COMPATIBILITY.md says what the program does, no more and no less.

use crate::{read, root};
use clawpowers_api::{ErrorCode, OPERATIONS, Profile, Rule, Severity};

/// The rows of the tables of a section, each a list of cells.
pub(crate) fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let mut inside = false;
    let mut rows = Vec::new();
    for line in document.lines() {
        if let Some(found) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            inside = found.trim() == heading;
        } else if inside && line.trim_start().starts_with('|') {
            // A bar inside a cell is written with a backslash.
            let cells = line.trim().trim_matches('|').replace("\\|", "\u{0}");
            let cells = cells.split('|').map(|cell| cell.trim().replace('\u{0}', "|"));
            rows.push(cells.collect());
        }
    }
    assert!(
        !rows.is_empty(),
        "there is no table below the heading `{heading}`"
    );
    rows
}

/// The text of a cell that is wholly in backticks.
pub(crate) fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

fn first_column(document: &str, heading: &str) -> Vec<String> {
    let rows = rows(document, heading);
    let cells = rows.iter().filter_map(|row| code(row.first()?));
    cells.map(str::to_owned).collect()
}

fn same(what: &str, documented: Vec<String>, real: Vec<String>) {
    let missing: Vec<_> = real.iter().filter(|id| !documented.contains(id)).collect();
    let extra: Vec<_> = documented.iter().filter(|id| !real.contains(id)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{what}: not documented {missing:?}, documented but not there {extra:?}"
    );
    let mut once = documented.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), documented.len(), "{what}: one is documented twice");
}

/// The exit codes in the source of the program.
fn exit_codes() -> Vec<String> {
    let source = read(&root().join("crates/clawpowers/src/exit.rs"));
    let code = |line: &str| {
        let (_, code) = line.trim().strip_suffix(',')?.split_once(" => ")?;
        code.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| code.to_owned())
    };
    let codes: Vec<String> = source.lines().filter_map(code).collect();
    assert!(codes.len() >= 6, "{codes:?}");
    codes
}

#[test]
fn documented_contracts_match() {
    let document = read(&root().join("COMPATIBILITY.md"));
    same(
        "operations",
        first_column(&document, "Operations"),
        OPERATIONS
            .iter()
            .map(|operation| operation.name.to_owned())
            .collect(),
    );
    same(
        "error codes",
        first_column(&document, "Error codes"),
        ErrorCode::ALL
            .iter()
            .map(|code| code.as_str().to_owned())
            .collect(),
    );
    same("exit codes", first_column(&document, "Exit codes"), exit_codes());
    same(
        "rules",
        first_column(&document, "Rules"),
        Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect(),
    );
}

#[test]
fn every_operation_has_its_name_in_every_language() {
    let document = read(&root().join("COMPATIBILITY.md"));
    let documented: Vec<Vec<String>> = rows(&document, "Other languages")
        .into_iter()
        .map(|row| {
            row.into_iter()
                .take(3)
                .map(|cell| cell.trim_matches('`').to_owned())
                .collect()
        })
        .filter(|row: &Vec<String>| {
            OPERATIONS
                .iter()
                .any(|operation| row.first().is_some_and(|name| name == operation.name))
        })
        .collect();
    let camel = |words: &str| {
        let mut parts = words.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| {
            let (head, tail) = part.split_at(1);
            name + &head.to_uppercase() + tail
        })
    };
    let (javascript, python) = (
        read(&root().join("native/js/operations.js")),
        read(&root().join("native/pyo3/python/clawpowers/_operations.py")),
    );
    let expected: Vec<Vec<String>> = OPERATIONS
        .iter()
        .map(|operation| {
            let surface = operation.surface;
            let group = match surface.group {
                "runtime" => String::new(),
                group => format!("{group}."),
            };
            let name = camel(surface.method);
            let call = format!("\"{}\"", operation.name);
            assert!(
                javascript
                    .lines()
                    .any(|line| line.trim_start().starts_with(&format!("{name}(")) && line.contains(&call)),
                "native/js has no {name}"
            );
            assert!(python.contains(&format!("def {}(", surface.method)) && python.contains(&call));
            let given = surface.positional.join(", ");
            vec![
                operation.name.to_owned(),
                format!("{group}{name}({given})"),
                format!("{group}{}({given})", surface.method),
            ]
        })
        .collect();
    assert_eq!(documented, expected);
}

#[test]
fn documented_severities_match() {
    let document = read(&root().join("COMPATIBILITY.md"));
    let rows = rows(&document, "Rules");
    let mut columns: Vec<Option<usize>> = vec![None; Profile::ALL.len()];
    let mut wrong = Vec::new();
    for row in &rows {
        let plain: Vec<&str> = row.iter().map(|cell| code(cell).unwrap_or(cell)).collect();
        // A heading names the profiles; there may be one table for each group of rules.
        let named = Profile::ALL.map(|profile| plain.iter().position(|cell| *cell == profile.as_str()));
        if named.iter().all(Option::is_some) {
            columns = named.to_vec();
            continue;
        }
        let Some(id) = row.first().and_then(|cell| code(cell)) else {
            continue;
        };
        let Some(rule) = Rule::ALL.iter().find(|rule| rule.id() == id) else {
            wrong.push(format!("`{id}` is no rule"));
            continue;
        };
        for (profile, column) in Profile::ALL.into_iter().zip(&columns) {
            let written = column
                .and_then(|column| plain.get(column))
                .copied()
                .unwrap_or_default();
            let real = rule.severity(profile).map_or("–", Severity::as_str);
            if written != real {
                wrong.push(format!(
                    "`{id}` for {profile}: `{written}` is written, {real} is right"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_error_code_and_rule_has_words() {
    for rule in Rule::ALL {
        let (id, summary) = (rule.id(), rule.summary());
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{id}"
        );
        assert!(summary.ends_with('.') && summary.len() > 10, "{id}: {summary}");
    }
    for operation in OPERATIONS {
        assert!(operation.summary.ends_with('.'), "{}", operation.name);
    }
    assert!(OPERATIONS.is_sorted_by_key(|operation| operation.name));
}

#[test]
fn packages_are_those_of_the_workspace() {
    for package in ["native/ffi/package.json", "native/wasm/package.json"] {
        let text = read(&root().join(package));
        for field in [
            format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")),
            format!("\"license\": \"{}\"", env!("CARGO_PKG_LICENSE")),
        ] {
            assert!(text.contains(&field), "{package} does not say {field}");
        }
    }
    let python = read(&root().join("native/pyo3/pyproject.toml"));
    assert!(python.contains("dynamic = [\"version\"]"));
    assert!(python.contains(&format!("license = \"{}\"", env!("CARGO_PKG_LICENSE"))));
}
