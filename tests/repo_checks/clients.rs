//! Lists of clients in documents, help and sources against the table `CLIENTS`.

use crate::contracts::{code, rows};
use crate::{files, members, read, root, shown};
use clawpowers_loader::CLIENTS;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A text that names at least this many clients is a list of them.
const LIST: usize = 5;

fn all() -> BTreeSet<&'static str> {
    CLIENTS.iter().map(|client| client.name).collect()
}

/// The clients that were run.
fn run() -> BTreeSet<&'static str> {
    let run = CLIENTS.iter().filter(|client| client.verified.is_some());
    run.map(|client| client.name).collect()
}

/// The clients that are targets of `skill validate`.
fn targets() -> BTreeSet<&'static str> {
    let targets = CLIENTS.iter().filter(|client| client.target.is_client());
    targets.map(|client| client.name).collect()
}

/// The clients that a text names by their names or products; part of a path or another word is no name.
fn named(text: &str) -> BTreeSet<&'static str> {
    let is_part = |c: char| c.is_alphanumeric() || "./_-~$".contains(c);
    let words: BTreeSet<String> = text
        .split(|c| !is_part(c))
        .map(|word| word.trim_end_matches('.').to_ascii_lowercase())
        .collect();
    all().into_iter().filter(|name| words.contains(*name)).collect()
}

/// Returns the lists of clients in a text that are not complete.
fn incomplete(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n").filter(|paragraph| {
        let found = named(paragraph);
        // In a list of targets the name of Claude Code is `claude-code`.
        let is_of_targets = found.len() + 1 == targets().len() && found.is_subset(&targets());
        let is_whole = found == all() || found == run() || is_of_targets;
        found.len() >= LIST && !is_whole && !paragraph.contains("claude-upload")
    });
    paragraphs.map(str::to_owned).collect()
}

/// Documents and sources of the product.
fn texts() -> Vec<PathBuf> {
    let root = root();
    let mut texts: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "COMPATIBILITY.md", "CONTRIBUTING.md"]
        .map(|name| root.join(name))
        .to_vec();
    texts.extend(files(&root.join("docs"), "md"));
    texts.extend(files(&root.join("skills"), "md"));
    texts.extend(files(&root.join("schemas"), "json"));
    for extension in ["md", "ts", "py", "pyi"] {
        texts.extend(members().iter().flat_map(|member| files(member, extension)));
    }
    texts.extend(
        members()
            .iter()
            .flat_map(|member| files(&member.join("src"), "rs")),
    );
    let foreign = [
        "node_modules",
        "crates/xtask",
        "loader/src/clients/",
        "docs/clients.md",
        "/target/",
        "/.venv/",
    ];
    texts.retain(|path| !foreign.iter().any(|part| shown(path).contains(part)));
    texts
}

#[test]
fn lists_of_clients_are_complete() {
    let found: Vec<String> = texts()
        .iter()
        .flat_map(|path| {
            incomplete(&read(path))
                .into_iter()
                .map(|list| format!("{}:\n{list}", shown(path)))
        })
        .collect();
    assert!(
        found.is_empty(),
        "lists that lack clients of `CLIENTS`; write them from the table, or name all of them:\n{}",
        found.join("\n\n")
    );
    let names: Vec<&str> = all().into_iter().collect();
    assert!(incomplete(&names.join(", ")).is_empty());
    assert!(
        incomplete(".codex/skills, .gemini/skills, .goose/skills, .cursor/skills, .pi/skills").is_empty()
    );
    assert_eq!(incomplete("Codex, Gemini CLI, Goose,\nCursor and Pi.").len(), 1);
}

#[test]
fn the_tables_of_clients_are_complete() {
    let document = read(&root().join("docs/clients.md"));
    for heading in ["Client views", "Roots", "Search", "How files are read"] {
        let document = document.replacen("# Client views", "## Client views", 1);
        let rows = rows(&document, heading);
        let mut tables: Vec<(&str, BTreeSet<&str>)> = Vec::new();
        for row in &rows {
            let [first, second, ..] = row.as_slice() else {
                continue;
            };
            match tables.last_mut() {
                _ if first == "client" => tables.push((second, BTreeSet::new())),
                Some((_, names)) => names.extend(first.split(", ").filter_map(code)),
                None => {}
            }
        }
        assert!(!tables.is_empty(), "{heading}");
        for (what, names) in tables {
            match what {
                // Only some clients do.
                "change" => assert!(names.is_subset(&all()), "{names:?}"),
                _ => assert_eq!(names, all(), "docs/clients.md, {heading}, {what}"),
            }
        }
    }
    let reference = rows(&read(&root().join("docs/reference.md")), "Clients");
    let listed: BTreeSet<&str> = reference.iter().filter_map(|row| code(row.first()?)).collect();
    assert_eq!(listed, all(), "run `cargo xtask bindings generate`");
}

#[test]
fn documents_name_the_version_of_each_client_that_was_run() {
    let document = read(&root().join("docs/clients.md")).replacen("# Client views", "## Client views", 1);
    let rows = rows(&document, "Client views");
    for client in CLIENTS {
        let mut rows = rows.iter().filter(|row| {
            let mut names = row.first().unwrap().split(", ").filter_map(code);
            names.any(|name| name == client.name)
        });
        let version = rows.next().and_then(|row| row.get(1)).unwrap();
        assert_eq!(version, client.verified.unwrap_or("not run"), "{}", client.name);
    }
}

#[test]
fn documents_count_the_clients() {
    const WORDS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    let [every, run] = [all(), run()].map(|names| WORDS[names.len()]);
    for (path, text) in [
        ("CHANGELOG.md", format!("The views of {every} clients")),
        (
            "docs/clients.md",
            format!("For {run} clients the views were recorded"),
        ),
    ] {
        assert!(read(&root().join(path)).contains(&text), "{path} has no `{text}`");
    }
}
