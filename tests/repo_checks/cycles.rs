//! Imports between the files of a crate have no cycles.

use crate::{files, members, read, root, shown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module of a crate: the segments of its path; the root has none.
type Module = Vec<String>;

/// The imports of each file of a crate from other files of the crate.
struct Imports(BTreeMap<Module, BTreeSet<Module>>);

impl Imports {
    /// Reads the sources below `folder`. Each file is one module; inline modules belong to their file.
    fn of(folder: &Path) -> Self {
        let sources: BTreeMap<Module, String> = files(folder, "rs")
            .iter()
            .filter_map(|path| Some((module(path.strip_prefix(folder).ok()?), code(&read(path)))))
            .collect();
        let names: BTreeSet<&Module> = sources.keys().collect();
        let imports = sources.iter().map(|(own, text)| {
            let found = paths(text)
                .into_iter()
                .filter_map(|path| absolute(own, &path))
                .filter_map(|path| file_of(&path, &names))
                .filter(|other| other != own)
                .collect();
            (own.clone(), found)
        });
        Self(imports.collect())
    }

    /// Returns the files that import each other, each group once.
    fn cycles(&self) -> Vec<Vec<String>> {
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            self.0.keys().map(|from| (from, self.reachable(from))).collect();
        let mut cycles = BTreeSet::new();
        for (module, reach) in &reached {
            let cycle: Vec<String> = reach
                .iter()
                .filter(|other| reached.get(*other).is_some_and(|back| back.contains(module)))
                .map(|module| module.join("::"))
                .collect();
            if cycle.len() > 1 {
                cycles.insert(cycle);
            }
        }
        cycles.into_iter().collect()
    }

    fn reachable(&self, from: &Module) -> BTreeSet<&Module> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Module> = self.0.get(from).into_iter().flatten().collect();
        while let Some(module) = open.pop() {
            if found.insert(module) {
                open.extend(self.0.get(module).into_iter().flatten());
            }
        }
        found
    }
}

/// Returns the module of a file by its path in `src`.
fn module(path: &Path) -> Module {
    let mut parts: Module = path
        .with_extension("")
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main"))
    {
        parts.pop();
    }
    parts
}

/// Removes comments, strings and tests.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Returns every path that starts with `crate`, `super` or `self`, those in braces one by one.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(start) {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                continue;
            }
            tree(text.get(at..).unwrap_or_default(), &[], &mut found);
        }
    }
    found
}

/// Reads one path or the paths of a group in braces; returns what follows.
fn tree<'a>(text: &'a str, before: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = before.to_vec();
    let mut rest = text.trim_start();
    loop {
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if !name.is_empty() {
            path.push(name.to_owned());
        }
        match after.strip_prefix("::") {
            Some(next) => rest = next,
            None => {
                rest = after;
                break;
            }
        }
        if let Some(mut group) = rest.strip_prefix('{') {
            loop {
                group = tree(group, &path, found).trim_start();
                // `use … as …`.
                if let Some(renamed) = group.strip_prefix("as ") {
                    group = renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == ' ');
                }
                match group.strip_prefix(',') {
                    Some(next) => group = next,
                    None => return group.strip_prefix('}').unwrap_or(group),
                }
            }
        }
    }
    if path.len() > before.len() {
        found.push(path);
    }
    rest
}

/// Returns a path from the root of the crate.
fn absolute(own: &Module, path: &[String]) -> Option<Module> {
    let mut base = own.clone();
    let mut parts = path.iter().peekable();
    match parts.next()?.as_str() {
        "crate" => base.clear(),
        "super" => {
            base.pop()?;
            while parts.next_if(|part| *part == "super").is_some() {
                base.pop()?;
            }
        }
        _ => {}
    }
    base.extend(parts.cloned());
    Some(base)
}

/// Returns the file of a path: the longest module that it starts with. The root only re-exports, so it does not count.
fn file_of(path: &[String], names: &BTreeSet<&Module>) -> Option<Module> {
    (1..=path.len())
        .rev()
        .filter_map(|length| path.get(..length))
        .find(|start| names.contains(&start.to_vec()))
        .map(<[String]>::to_vec)
}

#[test]
fn files_do_not_import_each_other() {
    let mut found = Vec::new();
    for folder in members() {
        for cycle in Imports::of(&folder.join("src")).cycles() {
            found.push(format!("{}: {}", shown(&folder), cycle.join(", ")));
        }
    }
    assert!(root().exists());
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn imports_are_read_from_every_form() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("lib.rs", "mod a;\nmod b;\npub use a::A;\n"),
        (
            "a.rs",
            "use crate::b::{self, inner::{C as D, E}, F};\n#[cfg(test)]\nmod tests { use crate::c::X; }\n",
        ),
        ("b/mod.rs", "// crate::a::A\nmod inner;\n"),
        ("b/inner.rs", "use super::super::a;\nfn f() { crate::c::g() }\n"),
        ("c.rs", "fn g() {}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let imports = Imports::of(folder.path());
    let of = |name: &str| -> Vec<String> {
        let parts: Module = name.split("::").map(str::to_owned).collect();
        imports.0[&parts].iter().map(|module| module.join("::")).collect()
    };
    assert_eq!(of("a"), ["b", "b::inner"]);
    assert_eq!(of("b::inner"), ["a", "c"]);
    assert_eq!(imports.cycles(), [["a", "b::inner"]]);
}
