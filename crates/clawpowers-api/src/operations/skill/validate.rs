//! Judges skill files by a reader's rules.

use super::parse::target;
use super::read_properties::empty_path;
use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::skill::diagnostics;
use crate::wire::words::word;
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    Diagnostic, Found, Parsed, Position, Profile, Rejected, Root, Rule, Severity, Tree, WalkRules,
    lint_package, skill_file, walk,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// What to check.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Files, skill folders, or folders of skills.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub paths: Vec<String>,
    /// The target whose rules apply: `spec`, `claude`, `codex`, `openclaw` or `clawpowers` (default: `spec`).
    #[serde(default)]
    pub target: Option<String>,
}

/// The results.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The target whose rules were applied.
    #[serde(serialize_with = "word")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "crate::wire::words::schema::<Profile>")
    )]
    pub target: Profile,
    /// One entry for each file.
    pub files: Vec<Verdict>,
    /// The number of files without errors.
    pub valid: usize,
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

/// The result for one file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The file.
    pub path: String,
    /// Whether the file has no errors.
    pub valid: bool,
    /// The name of the skill, if it loads.
    pub name: Option<String>,
    /// The id of the rule for which it does not load.
    pub reason: Option<&'static str>,
    /// All diagnostics.
    pub diagnostics: Vec<wire::Diagnostic>,
}

/// Judges files and their folders.
///
/// # Errors
///
/// `invalid_input` for an unknown target, `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let profile = target(Some(request.target.as_deref().unwrap_or("spec")))?;
    let mut response = Response {
        target: profile,
        files: Vec::new(),
        valid: 0,
        errors: 0,
        warnings: 0,
    };
    for target in files(runtime, &request.paths)? {
        let (file, parsed) = match target {
            Target::File(file) => {
                let full = runtime.surroundings.cwd.join(&file);
                let parsed = lint_package(&*runtime.tree(), &full, profile).parsed;
                (file, parsed)
            }
            Target::Refused(refused) => (
                refused.location,
                Parsed {
                    skill: None,
                    reason: Some(refused.reason),
                    diagnostics: refused.diagnostics,
                },
            ),
        };
        let count = |severity| {
            parsed
                .diagnostics
                .iter()
                .filter(|d| d.severity == severity)
                .count()
        };
        response.errors += count(Severity::Error);
        response.warnings += count(Severity::Warning);
        response.valid += usize::from(parsed.is_valid());
        response.files.push(Verdict {
            path: display_path(&file),
            valid: parsed.is_valid(),
            name: parsed.skill.as_ref().map(|skill| skill.name.clone()),
            reason: parsed.reason.map(clawpowers_loader::Rule::id),
            diagnostics: diagnostics(&parsed.diagnostics),
        });
    }
    Ok(response)
}

/// What a path means.
pub(super) enum Target {
    /// A file to read.
    File(PathBuf),
    /// Something that looks like a skill and is not read.
    Refused(Rejected),
}

/// Returns what paths mean: a file, the file of a folder, or everything below a folder that looks like a skill.
pub(super) fn files(runtime: &Runtime, paths: &[String]) -> Result<Vec<Target>, ApiError> {
    let mut targets = Vec::new();
    for path in paths {
        if path.is_empty() {
            // An unset shell variable must not mean the working directory.
            return Err(empty_path());
        }
        let full = runtime.surroundings.cwd.join(path);
        let unreadable = |error: io::Error| {
            ApiError::new(
                ErrorCode::Io,
                format!("the path {} cannot be read: {error}", quote(path)),
            )
            .hint("name a SKILL.md, a skill's folder, or a folder of skills")
        };
        let tree = runtime.tree();
        if !tree.is_link(&full) {
            tree.metadata(&full).map_err(unreadable)?;
        }
        let found = below(&*tree, &full);
        // Findings name files the way the caller did.
        let shown = PathBuf::from(path);
        if found.is_empty() {
            // The reference's words, so that both forms of the verdict say the same.
            let message = "missing required file: SKILL.md, in the folder and below".to_owned();
            let hint = "{skill_new name=NAME} makes one".to_owned();
            targets.push(refused(
                shown,
                Rule::FileMissing,
                Severity::Error,
                message,
                Some(hint),
            ));
            continue;
        }
        let as_given = |file: PathBuf| match file.strip_prefix(&full) {
            Ok(rest) if rest.as_os_str().is_empty() => shown.clone(),
            Ok(rest) => shown.join(rest),
            Err(_) => file,
        };
        targets.extend(found.into_iter().map(|target| match target {
            Target::File(file) => Target::File(as_given(file)),
            Target::Refused(refused) => Target::Refused(Rejected {
                location: as_given(refused.location),
                ..refused
            }),
        }));
    }
    Ok(targets)
}

fn below(tree: &dyn Tree, path: &Path) -> Vec<Target> {
    if !tree.is_folder(path) {
        return vec![Target::File(path.to_owned())];
    }
    if let Some(file) = skill_file(tree, path) {
        let beside = walk(tree, &Root::extra(path.to_owned()), &OWN_FOLDER).found;
        return with_second_files(file, beside);
    }
    let found = walk(tree, &Root::extra(path.to_owned()), &WalkRules::default()).found;
    let mut seen = HashSet::new();
    // A second way to a file is no second file.
    let first = |found: &Found| match found {
        Found::Candidate(candidate) => seen.insert(candidate.canonical.clone().into_os_string()),
        Found::Refused { .. } => true,
    };
    found.into_iter().filter(first).filter_map(target_of).collect()
}

/// Only the files of one folder.
const OWN_FOLDER: WalkRules = WalkRules {
    max_depth: 0,
    ..WalkRules::OWN
};

/// Adds to a skill's file those that it hides, so that a folder gives the same rows alone as below another one.
fn with_second_files(file: PathBuf, beside: Vec<Found>) -> Vec<Target> {
    let second = |found: &Found| {
        matches!(
            found,
            Found::Refused {
                rule: Rule::FileSecond,
                ..
            }
        )
    };
    let second = beside.into_iter().filter(second).filter_map(target_of);
    std::iter::once(Target::File(file)).chain(second).collect()
}

/// Broken links beside a skill are findings of that skill; all else that is refused is a row of its own.
fn target_of(found: Found) -> Option<Target> {
    let (location, reason, message) = match found {
        Found::Candidate(candidate) => return Some(Target::File(candidate.file)),
        Found::Refused {
            location,
            rule,
            message,
        } => (location, rule, message),
    };
    let is_file = location
        .file_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"));
    let severity = match reason {
        Rule::FileSecond | Rule::ScanLimit | Rule::ScanDepth => Severity::Warning,
        Rule::SymlinkBroken | Rule::SymlinkEscape if !is_file => return None,
        _ => Severity::Error,
    };
    Some(refused(location, reason, severity, message, None))
}

/// Makes the row of what is not read.
fn refused(
    location: PathBuf,
    reason: Rule,
    severity: Severity,
    message: String,
    hint: Option<String>,
) -> Target {
    let diagnostic = Diagnostic {
        rule: reason,
        severity,
        position: Position::START,
        message,
        hint,
        edits: Vec::new(),
    };
    Target::Refused(Rejected {
        location,
        reason,
        diagnostics: vec![diagnostic],
    })
}
