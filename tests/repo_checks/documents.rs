//! Tables in documents that must match the source, and statements of SECURITY.md about the source.

use crate::contracts::rows;
use crate::{files, members, read, root, shown};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn document() -> String {
    read(&root().join("COMPATIBILITY.md"))
}

/// The contents of all backticks in a cell.
fn codes(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The text of a source file up to its tests, with whitespace collapsed.
fn squeezed(path: &str) -> String {
    let text = read(&root().join(path));
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All strings between `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> BTreeSet<&'a str> {
    let found = text.split(start).skip(1).filter_map(|rest| rest.split_once(end));
    found.map(|(found, _)| found).collect()
}

#[test]
fn import_reasons_are_documented() {
    let mut real = BTreeSet::new();
    let folder = root().join("crates/clawpowers-executor/src/ledger");
    let mut sources = vec!["crates/clawpowers-executor/src/legacy.rs".to_owned()];
    sources.extend(files(&folder, "rs").iter().map(|path| shown(path)));
    for source in sources {
        let text = squeezed(&source);
        // A reason occurs in a row of a report, or in an error that becomes one.
        for start in [
            ", 0, \"",
            "self.number, \"",
            "Err((\"",
            "Err(( \"",
            "self.note(name, \"",
            "-> Reason { (\"",
            "-> Reason { ( \"",
            "| (\"",
            "(\"glued",
            "ESCAPE: (&str, &str) = ( \"",
            "ESCAPE: (&str, &str) = (\"",
            "( \"not-",
        ] {
            let stem = start.rsplit('"').next().unwrap();
            real.extend(
                between(&text, start, "\"")
                    .iter()
                    .map(|rest| format!("{stem}{rest}")),
            );
        }
    }
    let listed: BTreeSet<String> = rows(&read(&root().join("docs/legacy.md")), "Importing a 1.x home")
        .iter()
        .filter(|row| row.len() == 2)
        .flat_map(|row| codes(row.first().unwrap()))
        .collect();
    assert_eq!(listed, real);
}

#[test]
fn reasons_of_memory_imports_are_documented() {
    let text = squeezed("crates/clawpowers-executor/src/memory/import/reason.rs");
    let document = rows(&read(&root().join("docs/memory.md")), "Reasons in the report");
    let listed = document.iter().flat_map(|row| codes(row.first().unwrap()));
    let real = between(&text, ": &str = \"", "\"").into_iter().map(str::to_owned);
    assert_eq!(listed.collect::<BTreeSet<_>>(), real.collect());
}

#[test]
fn the_application_id_is_documented() {
    let source = squeezed("crates/clawpowers-executor/src/db/schema.rs");
    assert!(document().contains("`application_id` is `0x434c4157`") && source.contains("i32 = 0x434c_4157;"));
}

/// The crates of the product, without the tools of the workspace.
fn product() -> Vec<PathBuf> {
    let tools = |path: &PathBuf| shown(path).starts_with("crates/xtask");
    let sources = members().into_iter().filter(|member| !tools(member));
    sources
        .flat_map(|member| files(&member.join("src"), "rs"))
        .collect()
}

#[test]
fn environment_variables_are_documented() {
    let listed: BTreeSet<String> = rows(&document(), "Environment variables")
        .iter()
        .flat_map(|row| codes(row.first().unwrap()))
        .map(|name| name.split('=').next().unwrap().to_owned())
        .collect();
    let mut missing = Vec::new();
    let mut found = BTreeSet::new();
    for path in product() {
        let text = squeezed(&shown(&path));
        // The argument of a function that reads it, or the first of a pair in the list of client variables.
        let mut names = between(&text, "var_os(\"", "\"");
        names.extend(between(&text, "path(\"", "\""));
        if path.ends_with("session.rs") {
            names.extend(between(&text, "(\"", "\", \""));
        }
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        for name in names.into_iter().filter(|name| is_name(name)) {
            found.insert(name.to_owned());
            if !listed.contains(name) {
                missing.push(format!("{}: {name}", shown(&path)));
            }
        }
    }
    assert!(found.len() > 8, "{found:?}");
    assert!(missing.is_empty(), "not documented: {missing:?}");
}

/// One function starts processes, none opens a network connection, and no crate contains unsafe code.
#[test]
fn no_network_no_unsafe_code_and_one_place_for_processes() {
    let mut starts = BTreeSet::new();
    for path in product() {
        let text = squeezed(&shown(&path));
        for word in [
            "std::net",
            "TcpStream",
            "UdpSocket",
            "allow(unsafe_code",
            "unsafe {",
            "unsafe fn",
        ] {
            assert!(!text.contains(word), "{}: {word}", shown(&path));
        }
        // The argument parser also has a type `Command`.
        if text.contains("process::Command") || text.contains("Command::new(spec") {
            starts.insert(shown(&path));
        }
    }
    assert!(
        starts
            .iter()
            .all(|path| path.starts_with("crates/clawpowers-executor/src/process")),
        "{starts:?}"
    );
    let manifest = read(&root().join("Cargo.toml"));
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
    let lock = read(&root().join("Cargo.lock"));
    for network in [
        "reqwest",
        "hyper",
        "ureq",
        "curl",
        "rustls",
        "native-tls",
        "socket2",
    ] {
        assert!(!lock.contains(&format!("\nname = \"{network}\"\n")), "{network}");
    }
}

#[test]
fn documented_numbers_of_test_cases_match() {
    let security = read(&root().join("SECURITY.md"));
    for (words, file, number) in [
        ("1,000 kills", "tests/stress/kill.rs", ", 1000)"),
        ("200 damaged databases", "tests/stress/damage.rs", ", 200)"),
        ("68 recorded cases", "tests/cli/reference.rs", "(count, 68)"),
    ] {
        assert!(security.replace('\n', " ").contains(words), "{words}");
        assert!(read(&root().join(file)).contains(number), "{file}: {number}");
    }
}
