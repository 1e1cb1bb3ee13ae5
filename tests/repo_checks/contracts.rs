//! Hand-written tables of COMPATIBILITY.md, and the tables from which docs/reference.md is generated.

use crate::{read, root};
use clawpowers_api::{OPERATIONS, Rule, Target, fields_of};

/// The rows of the tables of a section, each a list of cells.
pub(crate) fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let mut inside = false;
    let mut rows = Vec::new();
    for line in document.lines() {
        if let Some(found) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            inside = found.trim() == heading;
        } else if inside && line.trim_start().starts_with('|') {
            // A `|` in a cell is escaped with a backslash.
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

/// The text of a cell that is entirely in backticks.
pub(crate) fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
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
fn documented_exit_codes_match() {
    let document = read(&root().join("COMPATIBILITY.md"));
    let documented: Vec<String> = rows(&document, "Exit codes")
        .iter()
        .filter_map(|row| code(row.first()?).map(str::to_owned))
        .collect();
    assert_eq!(documented, exit_codes());
}

/// The page offers every target by its name, once.
#[test]
fn the_page_has_every_target() {
    let page = read(&root().join("examples/browser/index.html"));
    let mut offered: Vec<&str> = page
        .split("<option value=\"")
        .skip(1)
        .filter_map(|rest| rest.split("</option>").next())
        .collect();
    let option = |target: Target| format!("{}\">{}", target.as_str(), fields_of(target).title);
    let mut expected = Target::ALL.map(option).to_vec();
    offered.sort_unstable();
    expected.sort_unstable();
    assert_eq!(offered, expected);
}

#[test]
fn every_error_code_and_rule_has_a_description() {
    for rule in Rule::ALL {
        let (id, summary) = (rule.id(), rule.summary());
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{id}"
        );
        assert!(summary.ends_with('.') && summary.len() > 10, "{id}: {summary}");
    }
    for operation in OPERATIONS.iter() {
        assert!(operation.summary.ends_with('.'), "{}", operation.name);
    }
    assert!(OPERATIONS.is_sorted_by_key(|operation| operation.name));
}

#[test]
fn packages_match_the_workspace() {
    for package in ["native/ffi/package.json", "native/wasm/package.json"] {
        let text = read(&root().join(package));
        for field in [
            format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")),
            format!("\"license\": \"{}\"", env!("CARGO_PKG_LICENSE")),
        ] {
            assert!(text.contains(&field), "{package} does not contain {field}");
        }
    }
    let python = read(&root().join("native/pyo3/pyproject.toml"));
    assert!(python.contains("dynamic = [\"version\"]"));
    assert!(python.contains(&format!("license = \"{}\"", env!("CARGO_PKG_LICENSE"))));
}
