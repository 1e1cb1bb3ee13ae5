//! Judges skill files by a reader's rules.

use super::skill_parse::target;
use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use crate::wire::{DiagnosticOut, diagnostics};
use clawpowers_loader::Severity;
use clawpowers_loader::diag::quoted;
use clawpowers_loader::inspect::{inspect, skill_files};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What to judge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Files, skill folders, or folders of skills.
    pub paths: Vec<String>,
    /// Whose rules judge: `spec`, `claude`, `codex`, `openclaw` or `clawpowers`.
    #[serde(default)]
    pub target: Option<String>,
}

/// The verdicts.
#[derive(Debug, Clone, Serialize)]
pub struct Response {
    /// Whose rules judged.
    pub target: &'static str,
    /// One row a file.
    pub files: Vec<FileOut>,
    /// How many files hold no error.
    pub valid: usize,
    /// How many findings are errors.
    pub errors: usize,
    /// How many findings are warnings.
    pub warnings: usize,
}

/// The verdict on one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileOut {
    /// The file.
    pub path: String,
    /// Whether no finding is an error.
    pub valid: bool,
    /// The skill's name, where it loads.
    pub name: Option<String>,
    /// The rule that says why it does not load.
    pub reason: Option<&'static str>,
    /// Every finding.
    pub diagnostics: Vec<DiagnosticOut>,
}

/// Judges files and their folders.
///
/// # Errors
///
/// `invalid_input` for an unknown target, `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let profile = target(request.target.as_deref())?;
    let mut response = Response {
        target: profile.as_str(),
        files: Vec::new(),
        valid: 0,
        errors: 0,
        warnings: 0,
    };
    for file in files(runtime, &request.paths)? {
        let parsed = inspect(&file, profile).parsed;
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
        response.files.push(FileOut {
            path: file.to_string_lossy().into_owned(),
            valid: parsed.is_valid(),
            name: parsed.skill.as_ref().map(|skill| skill.name.clone()),
            reason: parsed.reason.map(clawpowers_loader::Rule::id),
            diagnostics: diagnostics(&parsed.diagnostics),
        });
    }
    Ok(response)
}

/// Returns the skill files that paths mean; a folder without any is judged as one that lacks its SKILL.md.
pub(super) fn files(runtime: &Runtime, paths: &[String]) -> Result<Vec<PathBuf>, ApiError> {
    let mut files = Vec::new();
    for path in paths {
        let full = runtime.surroundings.cwd.join(path);
        if let Err(error) = full.symlink_metadata() {
            return Err(ApiError::new(
                ErrorCode::Io,
                format!("the path {} cannot be read: {error}", quoted(path)),
            )
            .hint("name a SKILL.md, a skill's folder, or a folder of skills"));
        }
        let shown = PathBuf::from(path);
        let found = skill_files(if full == shown { &shown } else { &full });
        if found.is_empty() {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                format!("there is no SKILL.md in or below {}", quoted(path)),
            )
            .hint("`clawpowers skill new NAME` makes one"));
        }
        // Findings name files the way the caller did.
        let as_given = |file: PathBuf| match file.strip_prefix(&full) {
            Ok(rest) if rest.as_os_str().is_empty() => shown.clone(),
            Ok(rest) => shown.join(rest),
            Err(_) => file,
        };
        files.extend(found.into_iter().map(as_given));
    }
    Ok(files)
}
