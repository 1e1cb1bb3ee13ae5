//! One skill on disk, read whole: its file, its folder, and everything that is wrong with either.

use crate::lint::file::{file_diagnostic, file_name_diagnostic, read_error};
use crate::lint::resources::{Place, check};
use crate::lint::{Profile, Report};
use crate::skill::parse::{ParseOptions, Parsed, parse_source};
use crate::syntax::source::{Source, position};
use crate::tree::package::Package;
use crate::tree::read::{MAX_SKILL_BYTES, ReadError, read_file};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A skill on disk after reading.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// The SKILL.md.
    pub file: PathBuf,
    /// What it gave, findings about its folder among them.
    pub parsed: Parsed,
    /// Its text; empty where it could not be read.
    pub source: Source,
}

/// Returns the skill file of a folder: `SKILL.md`, else `skill.md`, else another spelling.
///
/// A file comes before a folder, a pipe or a broken link of a better spelling, as in a listing; where there is no file,
/// one of those is given, so that its fault is reported.
#[must_use]
pub fn skill_file(folder: &Path) -> Option<PathBuf> {
    let exact = ["SKILL.md", "skill.md"];
    // Where case does not count, either name finds a file of any spelling; only the listing has the file's own.
    if cfg!(not(any(windows, target_os = "macos"))) {
        let file = exact
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file());
        if file.is_some() {
            return file;
        }
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<_> = entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.eq_ignore_ascii_case("SKILL.md"))
        .collect();
    found.sort_by_key(|name| {
        (
            exact
                .iter()
                .position(|exact| name == exact)
                .unwrap_or(exact.len()),
            name.clone(),
        )
    });
    let mut found: Vec<PathBuf> = found.iter().map(|name| folder.join(name)).collect();
    if found.is_empty() {
        // A folder that cannot be listed.
        found = exact.iter().map(|name| folder.join(name)).collect();
        found.retain(|file| file.symlink_metadata().is_ok());
    }
    let file = found.iter().position(|file| file.is_file());
    found.into_iter().nth(file.unwrap_or(0))
}

/// Returns the name of the folder that a file is in, by its real path where the given one does not tell.
#[must_use]
pub fn folder_name(file: &Path) -> Option<String> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    let named = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    named.or_else(|| {
        Some(
            folder
                .canonicalize()
                .ok()?
                .file_name()?
                .to_string_lossy()
                .into_owned(),
        )
    })
}

/// Reads a SKILL.md whole and judges it and its folder; a file that cannot be read gives the reason.
#[must_use]
pub fn inspect(file: &Path, profile: Profile) -> Inspected {
    let options = ParseOptions {
        profile,
        folder: folder_name(file),
    };
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let place = Place::Disk {
        folder,
        skill_file: file,
    };
    judge(
        file,
        read_file(file, MAX_SKILL_BYTES).map(Cow::Owned),
        &options,
        &place,
    )
}

/// As [`inspect`], for a skill in memory.
pub(crate) fn inspect_in_memory(package: &Package, profile: Profile) -> Inspected {
    let place = Place::Memory(package);
    judge(
        &package.location(),
        package.read(),
        &package.options(profile),
        &place,
    )
}

fn judge(
    file: &Path,
    bytes: Result<Cow<'_, [u8]>, ReadError>,
    options: &ParseOptions,
    place: &Place<'_>,
) -> Inspected {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let (rule, message) = read_error(&error);
            let parsed = Parsed {
                skill: None,
                reason: Some(rule),
                diagnostics: vec![file_diagnostic(rule, message)],
            };
            return Inspected {
                file: file.to_owned(),
                parsed,
                source: Source::from_text(""),
            };
        }
    };
    let source = Source::decode(&bytes);
    let mut parsed = parse_source(&source, options);
    parsed
        .diagnostics
        .extend(file_name_diagnostic(file, options.profile));
    if let Some(skill) = &parsed.skill {
        let mut report = Report::new(options.profile);
        let line = position(source.text(), source.text().len() - skill.body.len()).line;
        check(skill, line, place, &mut report);
        parsed.diagnostics.extend(report.finish());
    }
    parsed.diagnostics.sort_by_key(|d| (d.position, d.rule));
    Inspected {
        file: file.to_owned(),
        parsed,
        source,
    }
}
