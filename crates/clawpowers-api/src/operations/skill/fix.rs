//! Shows or writes the mechanical repairs of skill files.

use super::validate::files;
use crate::atomic_write::write_whole;
use crate::runtime::Runtime;
use crate::text::escape_line;
use crate::wire::{
    self, Result,
    skill::{diagnostics, diagnostics_of},
};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::syntax::{Line, lines};
use clawpowers_loader::{
    MAX_SKILL_BYTES, ParseOptions, Parsed, Rule, Severity, Target, fix, folder_name, hidden_text_files,
};
use serde::{Deserialize, Serialize};
use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use std::io;
use std::path::{Path, PathBuf};

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

#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub files: Vec<Fixed>,
    /// How many files have something to repair.
    pub changed: usize,
    pub written: usize,
    /// How many files could not be written.
    pub failed: usize,
    /// How many files do not load even after the repairs.
    pub broken: usize,
}

/// The repairs of one file.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fixed {
    pub path: String,
    /// Whether there is something to repair.
    pub changed: bool,
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
    /// The id of the rule that keeps the file from loading even after the repairs.
    pub reason: Option<&'static str>,
}

/// Repairs SKILL.md files, and removes hidden characters from the other text files of their skills. A file is replaced as a whole or not at all, and keeps its permissions. If one cannot be read or written,
/// its row says so, and the others are still repaired.
///
/// # Errors
///
/// `io` for a path that does not exist; nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    if request.write {
        runtime.needs_disk("a file to write")?;
    }
    let mut response = Response::default();
    for target in files(runtime, &request.paths)? {
        let full = runtime.environment.cwd.join(&target.path);
        let bytes = match target.refusal {
            None => runtime.tree().read(&full, MAX_SKILL_BYTES).ok(),
            Some(_) => None,
        };
        match bytes {
            Some(bytes) => {
                response.repair(runtime, &target.path, &full, &bytes, request.write);
                response.clean(runtime, &target.path, &full, request.write);
            }
            None => response.add_unread(&target.path, target.lint(runtime, Target::ClawPowers)),
        }
    }
    Ok(response)
}

impl Response {
    /// Adds a row for a file, and writes the repaired file if `write` is true.
    fn repair(&mut self, runtime: &Runtime, file: &Path, full: &Path, bytes: &[u8], write: bool) {
        let options = ParseOptions {
            target: Target::ClawPowers,
            folder: folder_name(&*runtime.tree(), full),
        };
        let fixed = fix(bytes, &options);
        let mut remaining = fixed.parsed.diagnostics;
        remaining.retain(|d| d.severity > Severity::Info);
        self.broken += usize::from(fixed.parsed.skill.is_none());
        let path = display_path(file);
        let row = Fixed {
            applied: diagnostics_of(&path, fixed.applied),
            remaining: diagnostics_of(&path, remaining),
            path,
            reason: fixed.parsed.reason.map(Rule::id),
            ..Fixed::default()
        };
        if fixed.changed {
            let before = String::from_utf8_lossy(bytes);
            let folder = full.parent().unwrap_or(full);
            self.add_changed(runtime, row, (full, folder), &before, fixed.after, write);
        } else {
            self.files.push(row);
        }
    }

    /// Removes the hidden characters of the other text files of a skill, with a row for each that has some.
    fn clean(&mut self, runtime: &Runtime, skill_file: &Path, full: &Path, write: bool) {
        let folder = full.parent().unwrap_or(full);
        for mut found in hidden_text_files(&*runtime.tree(), full, Target::ClawPowers) {
            for diagnostic in &mut found.diagnostics {
                // The row names the file.
                diagnostic.file = None;
            }
            let row = Fixed {
                path: display_path(&skill_file.with_file_name(&found.path)),
                applied: diagnostics_of(&display_path(skill_file), found.diagnostics),
                ..Fixed::default()
            };
            let file = folder.join(&found.path);
            self.add_changed(runtime, row, (&file, folder), &found.before, found.after, write);
        }
    }

    /// Adds the row of a file whose text differs from `after`, and writes the file if `write` is true.
    ///
    /// The file must be inside the folder.
    fn add_changed(
        &mut self,
        runtime: &Runtime,
        row: Fixed,
        (file, folder): (&Path, &Path),
        before: &str,
        after: String,
        write: bool,
    ) {
        let replace = || {
            let target = writable(file, folder)?;
            match write {
                true => write_whole(&target, after.as_bytes()).map_err(|error| error.to_string()),
                false => Ok(()),
            }
        };
        let failure = if runtime.has_disk() { replace().err() } else { None };
        let written = write && failure.is_none();
        self.changed += 1;
        self.written += usize::from(written);
        self.failed += usize::from(failure.is_some());
        self.files.push(Fixed {
            changed: true,
            written,
            failure,
            diff: unified(&row.path, before, &after),
            text: (!written).then_some(after),
            ..row
        });
    }

    /// Adds a row for a file that cannot be read.
    fn add_unread(&mut self, file: &Path, parsed: Parsed) {
        let is_error = parsed.diagnostics.iter().any(|d| d.severity == Severity::Error);
        self.broken += usize::from(is_error);
        self.files.push(Fixed {
            path: display_path(file),
            remaining: diagnostics(parsed.diagnostics),
            reason: Some(parsed.reason.unwrap_or(Rule::FileUnreadable).id()),
            ..Fixed::default()
        });
    }
}

/// How many unchanged lines a diff shows around a change.
const CONTEXT: usize = 2;

fn unified(path: &str, before: &str, after: &str) -> String {
    let [old, new] = [before, after].map(|text| -> Vec<&str> {
        let line = |line: Line<'_>| text.get(line.start..line.next).unwrap_or_default();
        lines(text).map(line).collect()
    });
    // `TextDiff` would choose the algorithm at run time and so compile them all, a tenth of the module for web pages.
    let mut diff = Compact::new(Replace::new(Capture::new()), &old, &new);
    let Ok(()) = myers::diff(&mut diff, &old, 0..old.len(), &new, 0..new.len());
    let hunks = diff.into_inner().into_inner().into_grouped_ops(CONTEXT);
    if hunks.is_empty() {
        return String::new();
    }
    // A newline in a name must not look like a line of the diff.
    let path = escape_line(path);
    let mut text = format!("--- {path}\n+++ {path}\n");
    for hunk in hunks {
        text.push_str(&format!("{}\n", UnifiedHunkHeader::new(&hunk)));
        for change in hunk.iter().flat_map(|op| op.iter_changes(&old, &new)) {
            let line = change.value();
            text.push_str(&format!("{}{line}", change.tag()));
            if !line.ends_with(['\n', '\r']) {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// Returns the file to write for `file`, or the reason that it may not be written.
///
/// A file that is a symlink is written through it, but never outside the skill's folder. A read-only file is kept, even if
/// its folder allows replacing it.
fn writable(file: &Path, folder: &Path) -> Result<PathBuf, String> {
    let fault = |error: io::Error| error.to_string();
    let target = file.canonicalize().map_err(fault)?;
    let folder = folder.canonicalize().map_err(fault)?;
    if !target.starts_with(folder) {
        let target = quote(&display_path(&target));
        return Err(format!("it is a symlink out of its folder, to {target}"));
    }
    if target.metadata().map_err(fault)?.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    Ok(target)
}
