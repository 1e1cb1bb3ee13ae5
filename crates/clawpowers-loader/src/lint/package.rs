//! Lints one skill: its file and its folder.

use super::client::{keep_body, read_as_client};
use super::diagnostics::sort_by_place;
use super::file::{file_diagnostic, file_name_diagnostic, read_error};
use super::resources::check;
use super::texts::check_texts;
use super::{Diagnostics, Target};
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::sort;
use crate::syntax::source::{Source, position};
use crate::tree::{MAX_SKILL_BYTES, Tree, folder_of};
use std::path::{Path, PathBuf};

/// A skill and its diagnostics.
#[derive(Debug, Clone)]
pub struct LintedPackage {
    /// The SKILL.md.
    pub file: PathBuf,
    /// The skill; its diagnostics include those about its folder.
    pub parsed: Parsed,
    /// The text of the SKILL.md; empty if it could not be read.
    pub source: Source,
}

/// Returns the skill file of a folder: `SKILL.md`, else `skill.md`, else another spelling.
///
/// A regular file comes before a folder, a pipe or a broken link of a better spelling, as in a listing. If there is no
/// regular file, one of those is returned, so that it is reported.
#[must_use]
pub fn skill_file(tree: &dyn Tree, folder: &Path) -> Option<PathBuf> {
    let exact = ["SKILL.md", "skill.md"];
    let is_file = |file: &PathBuf| tree.is_file(file);
    // Where case does not matter, either name opens a file of any spelling; only a listing has its real name.
    if cfg!(not(any(windows, target_os = "macos"))) {
        let file = exact.iter().map(|name| folder.join(name)).find(is_file);
        if file.is_some() {
            return file;
        }
    }
    let mut names = Vec::new();
    if let Ok(open) = tree.open_folder(folder) {
        // Entries read before an error are used.
        let _ = open.entries(&mut |name, _| {
            if name.eq_ignore_ascii_case("SKILL.md") {
                names.push(name.to_owned());
            }
            true
        });
    }
    sort::by_key(&mut names, |name| {
        let rank = exact.iter().position(|exact| name == exact);
        (rank.unwrap_or(exact.len()), name.clone())
    });
    let mut found: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    if found.is_empty() {
        // The folder cannot be listed.
        found = exact.iter().map(|name| folder.join(name)).collect();
        found.retain(|file| tree.metadata(file).is_ok() || tree.is_link(file));
    }
    let file = found.iter().position(is_file);
    found.into_iter().nth(file.unwrap_or(0))
}

/// Returns the name of the folder that a file is in, from its canonical path if the given one does not say.
#[must_use]
pub fn folder_name(tree: &dyn Tree, file: &Path) -> Option<String> {
    let folder = folder_of(file);
    let named = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    named.or_else(|| {
        let canonical = tree.canonicalize(folder).ok()?;
        Some(canonical.file_name()?.to_string_lossy().into_owned())
    })
}

/// Reads a whole SKILL.md and lints it and its folder; if it cannot be read, a diagnostic says why.
#[must_use]
pub fn lint_package(tree: &dyn Tree, file: &Path, target: Target) -> LintedPackage {
    let (parsed, source) = match tree.read(file, MAX_SKILL_BYTES) {
        Ok(bytes) if target.is_client() => {
            let source = Source::decode(&bytes);
            (lint(tree, file, &source, Some(&bytes), target), source)
        }
        Ok(bytes) => {
            let source = Source::from_bytes(bytes);
            (lint(tree, file, &source, None, target), source)
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

/// Lints a file that was read; a client reads its bytes, too.
fn lint(tree: &dyn Tree, file: &Path, source: &Source, bytes: Option<&[u8]>, target: Target) -> Parsed {
    let folder = folder_name(tree, file);
    let options = ParseOptions {
        target,
        folder: folder.clone(),
    };
    let mut parsed = parse_source(source, &options);
    let mut rejected = None;
    if let Some(bytes) = bytes {
        let named = || tree.canonicalize(folder_of(file)).ok().zip(file.file_name());
        let path = match file.parent().and_then(Path::file_name) {
            Some(_) => file.to_owned(),
            None => named().map_or_else(|| file.to_owned(), |(folder, name)| folder.join(name)),
        };
        rejected = read_as_client(target, tree, &path, bytes, &mut parsed);
        keep_body(&mut parsed, source);
    }
    parsed.diagnostics.extend(file_name_diagnostic(file, target));
    // The folder of a skill that the client rejects is checked, too.
    if let Some(skill) = parsed.skill.as_ref().or(rejected.as_ref()) {
        let mut diagnostics = Diagnostics::new(target);
        let line = position(source.text(), source.text().len() - skill.body.len()).line;
        check(tree, file, skill, line, &mut diagnostics);
        parsed.diagnostics.extend(diagnostics.finish());
    }
    parsed.diagnostics.extend(check_texts(tree, file, target));
    sort_by_place(&mut parsed.diagnostics);
    parsed
}
