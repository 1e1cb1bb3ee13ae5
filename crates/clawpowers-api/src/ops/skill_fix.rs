//! Shows or writes the mechanical repairs of skill files.

use super::skill_validate::{Target, files};
use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use crate::wire::{DiagnosticOut, diagnostics};
use clawpowers_loader::catalog::Rejected;
use clawpowers_loader::diag::quoted;
use clawpowers_loader::inspect::{folder_name, inspect};
use clawpowers_loader::read::{MAX_SKILL_BYTES, read_file};
use clawpowers_loader::{ParseOptions, Profile, Rule, Severity, fix};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::Path;

/// What to repair.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Files, skill folders, or folders of skills.
    pub paths: Vec<String>,
    /// Whether to write the repairs; else they are only shown.
    #[serde(default)]
    pub write: bool,
}

/// The repairs.
#[derive(Debug, Clone, Serialize)]
pub struct Response {
    /// One row a file.
    pub files: Vec<FileOut>,
    /// How many files differ from their repaired form.
    pub changed: usize,
    /// How many files were written.
    pub written: usize,
    /// How many files do not load even so.
    pub broken: usize,
}

/// The repairs of one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileOut {
    /// The file.
    pub path: String,
    /// Whether it differs from its repaired form.
    pub changed: bool,
    /// Whether it was written.
    pub written: bool,
    /// Unified diff from the file to its repaired form.
    pub diff: String,
    /// The findings that are repaired.
    pub applied: Vec<DiagnosticOut>,
    /// The errors and warnings that a person has to decide.
    pub remaining: Vec<DiagnosticOut>,
    /// The rule that says why it does not load even so.
    pub reason: Option<&'static str>,
}

/// Repairs files. A file is replaced as a whole or not at all, and keeps its permissions; one that cannot be read is
/// named as one that does not load, and the others are repaired all the same.
///
/// # Errors
///
/// `io` for a path that does not exist, or a file that cannot be written; `details` names those written before.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut response = Response {
        files: Vec::new(),
        changed: 0,
        written: 0,
        broken: 0,
    };
    for target in files(runtime, &request.paths)? {
        let file = match target {
            Target::File(file) => file,
            Target::Refused(refused) => {
                response.unread(refused);
                continue;
            }
        };
        let path = file.to_string_lossy().into_owned();
        let full = runtime.surroundings.cwd.join(&file);
        let bytes = match read_file(&full, MAX_SKILL_BYTES) {
            Ok(bytes) => bytes,
            Err(_) => {
                let parsed = inspect(&full, Profile::ClawPowers).parsed;
                response.unread(Rejected {
                    location: file,
                    reason: parsed.reason.unwrap_or(Rule::FileUnreadable),
                    diagnostics: parsed.diagnostics,
                });
                continue;
            }
        };
        let fixed = fix(
            &bytes,
            &ParseOptions {
                profile: Profile::ClawPowers,
                folder: folder_name(&full),
            },
        );
        if fixed.changed && request.write {
            replace(&full, fixed.after.as_bytes()).map_err(|error| {
                ApiError::new(
                    ErrorCode::Io,
                    format!("{} cannot be written: {error}", quoted(&path)),
                )
                .hint(match response.written {
                    0 => "the file was left as it was; nothing was written".to_owned(),
                    1 => "the file was left as it was; 1 file before it was written".to_owned(),
                    n => format!("the file was left as it was; {n} files before it were written"),
                })
                .details(serde_json::json!({ "written": response.paths_written() }))
            })?;
        }
        let grave = fixed
            .parsed
            .diagnostics
            .iter()
            .filter(|d| d.severity > Severity::Info)
            .cloned();
        let before = String::from_utf8_lossy(&bytes);
        response.changed += usize::from(fixed.changed);
        response.written += usize::from(fixed.changed && request.write);
        response.broken += usize::from(fixed.parsed.skill.is_none());
        response.files.push(FileOut {
            diff: if fixed.changed {
                diff(&path, &before, &fixed.after)
            } else {
                String::new()
            },
            changed: fixed.changed,
            written: fixed.changed && request.write,
            applied: diagnostics(&fixed.applied),
            remaining: diagnostics(&grave.collect::<Vec<_>>()),
            reason: fixed.parsed.reason.map(clawpowers_loader::Rule::id),
            path,
        });
    }
    Ok(response)
}

impl Response {
    /// Takes a row for what cannot be read.
    fn unread(&mut self, refused: Rejected) {
        self.broken += usize::from(refused.diagnostics.iter().any(|d| d.severity == Severity::Error));
        self.files.push(FileOut {
            path: refused.location.to_string_lossy().into_owned(),
            changed: false,
            written: false,
            diff: String::new(),
            applied: Vec::new(),
            remaining: diagnostics(&refused.diagnostics),
            reason: Some(refused.reason.id()),
        });
    }

    fn paths_written(&self) -> Vec<&str> {
        let written = self.files.iter().filter(|file| file.written);
        written.map(|file| file.path.as_str()).collect()
    }
}

fn diff(path: &str, before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(2)
        .header(path, path)
        .to_string()
}

/// Replaces a file by way of a new one in the same folder, so that a crash leaves the old or the new one.
///
/// A SKILL.md that is a link is written through it, but never out of the skill's folder.
fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let target = file.canonicalize()?;
    let home = file.parent().unwrap_or_else(|| Path::new(".")).canonicalize()?;
    if !target.starts_with(&home) {
        let message = format!(
            "it is a link out of its folder, to {}",
            quoted(&target.to_string_lossy())
        );
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, message));
    }
    let folder = target.parent().unwrap_or(&home);
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().set_permissions(target.metadata()?.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
