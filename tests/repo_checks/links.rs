//! Links, sizes and test names in documents.

use crate::{files, read, root, shown};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The documents of the repository, without skills, whose links other rules check.
fn documents() -> Vec<PathBuf> {
    let is_document = |path: &PathBuf| {
        let skipped = |part: Component<'_>| {
            matches!(
                part.as_os_str().to_str(),
                Some("target" | "node_modules" | "pkg" | "fixtures" | "skills")
            )
        };
        !path.strip_prefix(root()).unwrap().components().any(skipped)
    };
    let mut found: Vec<PathBuf> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    for folder in [".github", "docs", "examples", "fuzz", "native", "tests"] {
        found.extend(files(&root().join(folder), "md").into_iter().filter(is_document));
    }
    found
}

/// The lines outside code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    })
}

/// The targets of the links of a text.
fn links(text: &str) -> Vec<String> {
    // A link may span two lines.
    let text = prose(text).collect::<Vec<_>>().join(" ");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// The anchors of headings, as GitHub generates them.
fn anchors(text: &str) -> BTreeSet<String> {
    let anchor = |line: &str| {
        let heading = line
            .strip_prefix('#')?
            .trim_start_matches('#')
            .strip_prefix(' ')?;
        let kept = heading.to_lowercase().replace(' ', "-");
        Some(
            kept.chars()
                .filter(|c| c.is_alphanumeric() || "-_".contains(*c))
                .collect(),
        )
    };
    prose(text).filter_map(anchor).collect()
}

#[test]
fn links_have_targets() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for document in documents() {
        let text = read(&document);
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => document.clone(),
                path => document.parent().unwrap().join(path),
            };
            let found = match anchor {
                "" => target.exists(),
                anchor => target.is_file() && anchors(&read(&target)).contains(anchor),
            };
            if !found {
                wrong.push(format!("{}: {link}", shown(&document)));
            }
        }
    }
    assert!(checked > 200, "only {checked} links were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn documents_stay_small() {
    let bytes = |name: &str| read(&root().join(name)).len();
    let lines = read(&root().join("README.md")).lines().count();
    assert!(lines <= 200, "README.md has {lines} lines");
    for (name, most) in [("ARCHITECTURE.md", 15_000), ("COMPATIBILITY.md", 22_000)] {
        assert!(bytes(name) <= most, "{name} has {} bytes", bytes(name));
    }
    for page in files(&root().join("docs"), "md") {
        let text = read(&page);
        // A comment says that a page is generated. The first paragraph says what is on the page.
        let mut lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("<!--"));
        assert!(lines.next().unwrap().starts_with("# "), "{}", shown(&page));
        let first = lines.next().unwrap();
        assert!(
            !first.starts_with(['#', '|', '-', '`']) && !first.contains('?'),
            "{}",
            shown(&page)
        );
    }
}

/// Every test that ARCHITECTURE.md names exists.
#[test]
fn tests_of_invariants_exist() {
    let mut sources = String::new();
    for folder in ["crates", "tests"] {
        for path in files(&root().join(folder), "rs") {
            sources.push_str(&read(&path));
        }
    }
    let document = read(&root().join("ARCHITECTURE.md"));
    let (_, invariants) = document.split_once("## Invariants").unwrap();
    let cells = invariants
        .lines()
        .filter_map(|line| line.trim_end_matches(" |").rsplit_once(" | "));
    let mut named = 0;
    for name in cells.flat_map(|(_, cell)| cell.split('`').skip(1).step_by(2)) {
        named += 1;
        let found = match name.contains('/') {
            true => Path::new(&root().join(name)).exists(),
            false => sources.contains(&format!("fn {name}(")),
        };
        assert!(found, "there is no test `{name}`");
    }
    assert!(named > 25, "only {named} tests are named");
}
