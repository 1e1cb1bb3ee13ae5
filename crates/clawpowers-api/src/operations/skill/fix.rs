//! Shows or writes the mechanical repairs of skill files.

use super::validate::{Target, files};
use crate::atomic_write::write_whole;
use crate::runtime::Runtime;
use crate::text::spelled;
use crate::wire;
use crate::wire::error::ApiError;
use crate::wire::skill::diagnostics;
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    MAX_SKILL_BYTES, ParseOptions, Profile, Rejected, Rule, Severity, fix, folder_name, lint_package,
};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// What to repair.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Files, skill folders, or folders of skills.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub paths: Vec<String>,
    /// Write the repairs; otherwise only return them.
    #[serde(default)]
    pub write: bool,
}

/// The repairs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// One entry for each file.
    pub files: Vec<Fixed>,
    /// How many files have something to repair.
    pub changed: usize,
    /// How many files were written.
    pub written: usize,
    /// How many files could not be written.
    pub failed: usize,
    /// How many files do not load even after the repairs.
    pub broken: usize,
}

/// The repairs of one file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fixed {
    /// The file.
    pub path: String,
    /// Whether there is something to repair.
    pub changed: bool,
    /// Whether the repairs were written.
    pub written: bool,
    /// Why the repairs cannot be written; the file is unchanged then.
    pub failure: Option<String>,
    /// The repairs as a unified diff.
    pub diff: String,
    /// The repaired text, if it differs and was not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The diagnostics that the repairs solve.
    pub applied: Vec<wire::Diagnostic>,
    /// The errors and warnings that remain for a person to decide.
    pub remaining: Vec<wire::Diagnostic>,
    /// The rule for which the file does not load even after the repairs.
    pub reason: Option<&'static str>,
}

/// Repairs files. A file is replaced as a whole or not at all, and keeps its permissions; one that cannot be read or
/// written says so in its row, and the others are repaired all the same.
///
/// # Errors
///
/// `io` for a path that does not exist; nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    if request.write {
        runtime.needs_disk("a file to write")?;
    }
    let mut response = Response {
        files: Vec::new(),
        changed: 0,
        written: 0,
        failed: 0,
        broken: 0,
    };
    for target in files(runtime, &request.paths)? {
        match target {
            Target::File(file) => response.repair(runtime, file, request.write),
            Target::Refused(refused) => response.unread(refused),
        }
    }
    Ok(response)
}

impl Response {
    /// Takes a row for a file, and writes its repaired form where that is wanted.
    fn repair(&mut self, runtime: &Runtime, file: PathBuf, write: bool) {
        let full = runtime.surroundings.cwd.join(&file);
        let tree = runtime.tree();
        let Ok(bytes) = tree.read(&full, MAX_SKILL_BYTES) else {
            let parsed = lint_package(&*tree, &full, Profile::ClawPowers).parsed;
            return self.unread(Rejected {
                location: file,
                reason: parsed.reason.unwrap_or(Rule::FileUnreadable),
                diagnostics: parsed.diagnostics,
            });
        };
        let options = ParseOptions {
            profile: Profile::ClawPowers,
            folder: folder_name(&*tree, &full),
        };
        let fixed = fix(&bytes, &options);
        let path = display_path(&file);
        let (mut diff, mut failure) = (String::new(), None);
        if fixed.changed {
            diff = unified(&path, &String::from_utf8_lossy(&bytes), &fixed.after);
            let done = || {
                let target = writable(&full)?;
                match write {
                    true => write_whole(&target, fixed.after.as_bytes()).map_err(|error| error.to_string()),
                    false => Ok(()),
                }
            };
            failure = if runtime.has_disk() { done().err() } else { None };
        }
        let written = write && fixed.changed && failure.is_none();
        let grave = fixed.parsed.diagnostics.iter();
        let grave = grave.filter(|d| d.severity > Severity::Info).cloned();
        self.changed += usize::from(fixed.changed);
        self.written += usize::from(written);
        self.failed += usize::from(failure.is_some());
        self.broken += usize::from(fixed.parsed.skill.is_none());
        self.files.push(Fixed {
            path,
            changed: fixed.changed,
            written,
            failure,
            diff,
            text: (fixed.changed && !written).then_some(fixed.after),
            applied: diagnostics(&fixed.applied),
            remaining: diagnostics(&grave.collect::<Vec<_>>()),
            reason: fixed.parsed.reason.map(Rule::id),
        });
    }

    /// Takes a row for what cannot be read.
    fn unread(&mut self, refused: Rejected) {
        self.broken += usize::from(refused.diagnostics.iter().any(|d| d.severity == Severity::Error));
        self.files.push(Fixed {
            path: display_path(&refused.location),
            changed: false,
            written: false,
            failure: None,
            diff: String::new(),
            text: None,
            applied: Vec::new(),
            remaining: diagnostics(&refused.diagnostics),
            reason: Some(refused.reason.id()),
        });
    }
}

fn unified(path: &str, before: &str, after: &str) -> String {
    // A line end in a name must not look like a line of the difference.
    let path = spelled(path);
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(2)
        .header(&path, &path)
        .to_string()
}

/// Returns the file that is to be written for `file`, or says why none may be.
///
/// A SKILL.md that is a link is written through it, but never out of the skill's folder; a file that nobody may write
/// to stays as it is, though its folder would let it be replaced.
fn writable(file: &Path) -> Result<PathBuf, String> {
    let fault = |error: io::Error| error.to_string();
    let target = file.canonicalize().map_err(fault)?;
    let folder = file.parent().unwrap_or(file).canonicalize().map_err(fault)?;
    if !target.starts_with(folder) {
        let target = quote(&display_path(&target));
        return Err(format!("it is a link out of its folder, to {target}"));
    }
    if target.metadata().map_err(fault)?.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    Ok(target)
}
