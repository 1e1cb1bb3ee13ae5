//! Validates skill files against the rules of a target.

#[cfg(feature = "schema")]
use super::parse::about_target;
use super::parse::{target, target_names};
use super::read_properties::empty_path;
pub use super::reception::TargetVerdict;
use super::reception::for_all;
use crate::runtime::Runtime;
use crate::wire::{self, ApiError, Result, named, named::ALL, skill::diagnostics_of};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::{
    Diagnostic, Found, Parsed, Position, Root, Rule, Severity, Target, Tree, WalkRules, lint_package,
    skill_file, walk,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Files, skill folders, or folders of skills.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub paths: Vec<String>,
    #[cfg_attr(feature = "schema", schemars(extend("description" = about_target("spec", Some(ALL)))))]
    pub target: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The target whose rules were applied.
    #[serde(serialize_with = "named::serialize")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "named::schema::<Option<Target>>"))]
    pub target: Option<Target>,
    pub files: Vec<Verdict>,
    /// The number of files without errors.
    pub valid: usize,
    pub errors: usize,
    pub warnings: usize,
}

/// The result for one file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    pub path: String,
    pub valid: bool,
    /// The name of the skill, if it loads.
    pub name: Option<String>,
    /// The id of the rule that keeps it from loading.
    pub reason: Option<&'static str>,
    /// For all targets those of each, with the highest severity that one of them has.
    pub diagnostics: Vec<wire::Diagnostic>,
    /// What each target does with the skill, if all were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<TargetVerdict>>,
}

/// Validates files and their folders.
///
/// # Errors
///
/// `invalid_input` for an unknown target, `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let target = match request.target.as_deref().unwrap_or("spec") {
        ALL => None,
        name => {
            let names: Vec<_> = target_names().into_iter().chain([ALL]).collect();
            Some(target(name, &names)?)
        }
    };
    let mut response = Response {
        target,
        ..Response::default()
    };
    for input in files(runtime, &request.paths)? {
        let (parsed, targets) = match target {
            Some(target) => (input.lint(runtime, target), None),
            None => {
                let (parsed, verdicts) = for_all(|target| input.lint(runtime, target));
                (parsed, Some(verdicts))
            }
        };
        let count = |severity| {
            let diagnostics = parsed.diagnostics.iter();
            diagnostics.filter(|d| d.severity == severity).count()
        };
        response.errors += count(Severity::Error);
        response.warnings += count(Severity::Warning);
        response.valid += usize::from(parsed.is_valid());
        let path = display_path(&input.path);
        response.files.push(Verdict {
            valid: parsed.is_valid(),
            name: parsed.skill.as_ref().map(|skill| skill.name.clone()),
            reason: parsed.reason.map(Rule::id),
            diagnostics: diagnostics_of(&path, parsed.diagnostics),
            path,
            targets,
        });
    }
    Ok(response)
}

/// A file that a path leads to.
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// Why the file is not read.
    pub(super) refusal: Option<Diagnostic>,
}

impl Input {
    const fn file(path: PathBuf) -> Self {
        Self { path, refusal: None }
    }

    fn refused(path: PathBuf, rule: Rule, severity: Severity, message: String, hint: Option<String>) -> Self {
        let refusal = Some(Diagnostic {
            rule,
            severity,
            file: None,
            position: Position::START,
            message,
            hint,
            edits: Vec::new(),
        });
        Self { path, refusal }
    }

    pub(super) fn lint(&self, runtime: &Runtime, target: Target) -> Parsed {
        match &self.refusal {
            None => {
                let file = runtime.environment.cwd.join(&self.path);
                lint_package(&*runtime.tree(), &file, target).parsed
            }
            Some(diagnostic) => Parsed {
                skill: None,
                reason: Some(diagnostic.rule),
                diagnostics: vec![diagnostic.clone()],
            },
        }
    }
}

/// Returns the files that paths lead to: the file itself, the SKILL.md of a folder, or all skills in a folder.
pub(super) fn files(runtime: &Runtime, paths: &[String]) -> Result<Vec<Input>> {
    let mut targets = Vec::new();
    let tree = runtime.tree();
    for path in paths {
        if path.is_empty() {
            // An unset shell variable must not mean the working directory.
            return Err(empty_path());
        }
        let full = runtime.environment.cwd.join(path);
        if !tree.is_link(&full) {
            tree.metadata(&full).map_err(|error| {
                ApiError::io(format!("the path {} cannot be read: {error}", quote(path)))
                    .hint("pass a SKILL.md, a skill's folder, or a folder of skills")
            })?;
        }
        let mut found = below(&*tree, &full);
        if found.is_empty() {
            // The same words as the reference validator's.
            let message = "missing required file: SKILL.md, in the folder or its subfolders".to_owned();
            let hint = Some("{skill_new name=NAME} creates one".to_owned());
            found.push(Input::refused(
                full.clone(),
                Rule::FileMissing,
                Severity::Error,
                message,
                hint,
            ));
        }
        // Replies name files the way the request did.
        for target in &mut found {
            match target.path.strip_prefix(&full) {
                Ok(rest) if rest.as_os_str().is_empty() => target.path = path.into(),
                Ok(rest) => target.path = Path::new(path).join(rest),
                Err(_) => {}
            }
        }
        targets.extend(found);
    }
    Ok(targets)
}

fn below(tree: &dyn Tree, path: &Path) -> Vec<Input> {
    if !tree.is_folder(path) {
        return vec![Input::file(path.to_owned())];
    }
    let root = Root::extra(path.to_owned());
    if let Some(file) = skill_file(tree, path) {
        // With second SKILL.md files, so that a folder gives the same rows on its own and as part of a parent.
        let is_second =
            |found: &Found| matches!(found, Found::Refused { rule, .. } if *rule == Rule::FileSecond);
        let beside = walk(tree, &root, &OWN_FOLDER).found.into_iter();
        let second = beside.filter(is_second).filter_map(input_of);
        return std::iter::once(Input::file(file)).chain(second).collect();
    }
    let found = walk(tree, &root, &WalkRules::default()).found;
    let mut seen = HashSet::new();
    // A file that is found by two paths is one file.
    let first = |found: &Found| match found {
        Found::Candidate(candidate) => seen.insert(candidate.canonical.clone().into_os_string()),
        Found::Refused { .. } => true,
    };
    found.into_iter().filter(first).filter_map(input_of).collect()
}

/// Only the files of one folder.
const OWN_FOLDER: WalkRules = WalkRules {
    max_depth: 0,
    ..WalkRules::OWN
};

/// Returns the target of what a walk has found. Broken links beside a skill are diagnostics of that skill instead.
fn input_of(found: Found) -> Option<Input> {
    let (location, rule, message) = match found {
        Found::Candidate(candidate) => return Some(Input::file(candidate.file)),
        Found::Refused {
            location,
            rule,
            message,
        } => (location, rule, message),
    };
    let name = location.file_name();
    let is_file = name.is_some_and(|name| name.eq_ignore_ascii_case("SKILL.md"));
    let severity = match rule {
        Rule::FileSecond | Rule::ScanLimit | Rule::ScanDepth => Severity::Warning,
        Rule::SymlinkBroken | Rule::SymlinkEscape if !is_file => return None,
        _ => Severity::Error,
    };
    Some(Input::refused(location, rule, severity, message, None))
}
