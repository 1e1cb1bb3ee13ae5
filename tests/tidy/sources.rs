//! Rules for the text of the sources.

use crate::{files, members, read, root, shown};
use std::path::Path;
use std::process::Command;

/// Returns the lines of a source that are neither comments nor its tests, with their numbers.
fn code(text: &str) -> Vec<(usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text.get(..end).unwrap_or(text).lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.starts_with("//"))
        .collect()
}

#[test]
fn libraries_do_not_print_or_exit() {
    const WORDS: [&str; 12] = [
        "println!(",
        "eprintln!(",
        "print!(",
        "dbg!(",
        "process::exit",
        "process::abort",
        ".unwrap()",
        ".expect(",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "unreachable!(",
    ];
    let mut found = Vec::new();
    let mut scanned = 0;
    for library in members() {
        if !library.join("src/lib.rs").exists() {
            continue;
        }
        for path in files(&library.join("src"), "rs") {
            scanned += 1;
            for (number, line) in code(&read(&path)) {
                if WORDS.iter().any(|word| line.contains(word)) {
                    found.push(format!("{}:{number}: {line}", shown(&path)));
                }
            }
        }
    }
    assert!(scanned > 40, "only {scanned} files were scanned");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_stay_small() {
    let mut sizes: Vec<(usize, String)> = members()
        .iter()
        .flat_map(|member| files(&member.join("src"), "rs"))
        .map(|path| (read(&path).lines().count(), shown(&path)))
        .collect();
    sizes.sort();
    let (largest, name) = sizes.last().unwrap();
    assert!(*largest <= 700, "{name} has {largest} lines");
    let (median, _) = sizes.get(sizes.len() / 2).unwrap();
    assert!(
        *median <= 200,
        "the median of {} files is {median} lines",
        sizes.len()
    );
}

#[test]
fn bindings_only_forward() {
    for member in members() {
        if !member.starts_with(root().join("native")) {
            continue;
        }
        let sources = files(&member.join("src"), "rs");
        let lines: usize = sources.iter().map(|path| read(path).lines().count()).sum();
        assert!((1..150).contains(&lines), "{} has {lines} lines", shown(&member));
    }
}

#[test]
fn every_test_file_is_included() {
    let tests = root().join("tests");
    let manifests: String = members()
        .iter()
        .map(|member| read(&member.join("Cargo.toml")))
        .collect();
    let mut missing = Vec::new();
    for path in files(&tests, "rs") {
        let folder = path.parent().unwrap();
        let stem = path.file_stem().unwrap().to_string_lossy();
        if path.starts_with(tests.join("fixtures")) {
            continue;
        }
        if stem == "main" {
            let target = format!("path = \"../../{}\"", shown(&path));
            if !manifests.contains(&target) {
                missing.push(format!("{} is no test target of a crate", shown(&path)));
            }
            continue;
        }
        // `a/b.rs` is declared in `a/main.rs`, in `a/mod.rs` or in `a.rs`.
        let (folder, name) = match stem.as_ref() {
            "mod" => (
                folder.parent().unwrap(),
                folder.file_name().unwrap().to_string_lossy(),
            ),
            _ => (folder, stem),
        };
        let parents = [
            folder.join("main.rs"),
            folder.join("mod.rs"),
            folder.with_extension("rs"),
        ];
        let declared = |parent: &Path| {
            let wanted = format!("mod {name};");
            read(parent)
                .lines()
                .any(|line| line.trim().trim_start_matches("pub(crate) ") == wanted)
        };
        if !parents.iter().any(|parent| parent.exists() && declared(parent)) {
            missing.push(format!("{} is in no `mod`", shown(&path)));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn no_registry_hosts_or_absolute_paths() {
    // Put together here, so that this file does not hold what it looks for.
    let hosts = [
        ["index.crates", ".io"],
        ["static.crates", ".io"],
        ["registry.npmjs", ".org"],
        ["registry.yarnpkg", ".com"],
        ["pypi.org", "/simple"],
        ["files.pythonhosted", ".org"],
        ["proxy.golang", ".org"],
    ]
    .map(|parts| parts.concat());
    let folders =
        [["/wo", "rk/"], ["/ro", "ot/"], ["/Us", "ers/"], ["/ho", "me/"]].map(|parts| parts.concat());
    // The user of the invented examples.
    let invented = ["ada/", "user/"];
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else {
        println!("skipped: this is no git checkout");
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut found = Vec::new();
    let mut scanned = 0;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let Ok(text) = std::fs::read_to_string(root().join(name)) else {
            continue;
        };
        scanned += 1;
        for (index, line) in text.lines().enumerate() {
            let host = hosts.iter().any(|host| line.contains(host));
            let absolute = folders.iter().any(|folder| {
                line.match_indices(folder.as_str()).any(|(at, _)| {
                    let (before, after) = line.split_at(at);
                    let starts = !before.ends_with(|c: char| c.is_alphanumeric() || ".-_~}/".contains(c));
                    let rest = after.strip_prefix(folder.as_str()).unwrap_or_default();
                    starts && !invented.iter().any(|user| rest.starts_with(user))
                })
            });
            if host || absolute {
                found.push(format!("{name}:{}: {line}", index + 1));
            }
        }
    }
    assert!(scanned > 100, "only {scanned} files were scanned");
    let lock = read(&root().join("Cargo.lock"));
    let usual = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let odd = lock
        .lines()
        .filter(|line| line.starts_with("source = ") && *line != usual);
    found.extend(odd.map(|line| format!("Cargo.lock: {line}")));
    let config = read(&root().join(".cargo/config.toml"));
    let odd = config
        .lines()
        .filter(|line| line.contains("registr") || line.contains("[source"));
    found.extend(odd.map(|line| format!(".cargo/config.toml: {line}")));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
