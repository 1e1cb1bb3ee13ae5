//! Lints one skill: its file, its folder, and everything that is wrong with either.

use super::file::{file_diagnostic, file_name_diagnostic, read_error};
use super::resources::check;
use super::{Diagnostics, Profile};
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::syntax::source::{Source, position};
use crate::tree::{MAX_SKILL_BYTES, Tree, folder_of};
use std::path::{Path, PathBuf};

/// A skill that was linted.
#[derive(Debug, Clone)]
pub struct LintedPackage {
    /// The SKILL.md.
    pub file: PathBuf,
    /// The skill and its diagnostics, those about its folder included.
    pub parsed: Parsed,
    /// Its text; empty where it could not be read.
    pub source: Source,
}

/// Returns the skill file of a folder: `SKILL.md`, else `skill.md`, else another spelling.
///
/// A file comes before a folder, a pipe or a broken link of a better spelling, as in a listing; where there is no file,
/// one of those is given, so that its fault is reported.
#[must_use]
pub fn skill_file(tree: &dyn Tree, folder: &Path) -> Option<PathBuf> {
    let exact = ["SKILL.md", "skill.md"];
    let is_file = |file: &PathBuf| tree.is_file(file);
    // Where case does not count, either name finds a file of any spelling; only the listing has the file's own.
    if cfg!(not(any(windows, target_os = "macos"))) {
        let file = exact.iter().map(|name| folder.join(name)).find(is_file);
        if file.is_some() {
            return file;
        }
    }
    let mut names = Vec::new();
    if let Ok(open) = tree.open_folder(folder) {
        // The entries up to an error count.
        let _ = open.entries(&mut |name, _| {
            if name.eq_ignore_ascii_case("SKILL.md") {
                names.push(name.to_owned());
            }
            true
        });
    }
    names.sort_by_key(|name| {
        let rank = exact.iter().position(|exact| name == exact);
        (rank.unwrap_or(exact.len()), name.clone())
    });
    let mut found: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    if found.is_empty() {
        // A folder that cannot be listed.
        found = exact.iter().map(|name| folder.join(name)).collect();
        found.retain(|file| tree.metadata(file).is_ok() || tree.is_link(file));
    }
    let file = found.iter().position(is_file);
    found.into_iter().nth(file.unwrap_or(0))
}

/// Returns the name of the folder that a file is in, by its canonical path where the given one does not tell.
#[must_use]
pub fn folder_name(tree: &dyn Tree, file: &Path) -> Option<String> {
    let folder = folder_of(file);
    let named = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    named.or_else(|| {
        let canonical = tree.canonicalize(folder).ok()?;
        Some(canonical.file_name()?.to_string_lossy().into_owned())
    })
}

/// Reads a whole SKILL.md and lints it and its folder; a file that cannot be read gives the reason.
#[must_use]
pub fn lint_package(tree: &dyn Tree, file: &Path, profile: Profile) -> LintedPackage {
    let (parsed, source) = match tree.read(file, MAX_SKILL_BYTES) {
        Ok(bytes) => {
            let source = Source::of(bytes);
            (lint(tree, file, &source, profile), source)
        }
        Err(error) => {
            let (rule, message) = read_error(&error);
            let parsed = Parsed {
                skill: None,
                reason: Some(rule),
                diagnostics: vec![file_diagnostic(rule, message)],
            };
            (parsed, Source::from_text(""))
        }
    };
    LintedPackage {
        file: file.to_owned(),
        parsed,
        source,
    }
}

fn lint(tree: &dyn Tree, file: &Path, source: &Source, profile: Profile) -> Parsed {
    let options = ParseOptions {
        profile,
        folder: folder_name(tree, file),
    };
    let mut parsed = parse_source(source, &options);
    parsed.diagnostics.extend(file_name_diagnostic(file, profile));
    if let Some(skill) = &parsed.skill {
        let mut diagnostics = Diagnostics::new(profile);
        let line = position(source.text(), source.text().len() - skill.body.len()).line;
        check(tree, file, skill, line, &mut diagnostics);
        parsed.diagnostics.extend(diagnostics.finish());
    }
    parsed.diagnostics.sort_by_key(|d| (d.position, d.rule));
    parsed
}
