//! Imports the state and metrics of a 1.x home.

use crate::operations::feedback::input::catch_up;
use crate::operations::metrics;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_executor::{Db, Pattern, legacy};
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The folder that contains `state` and `metrics` (default: the runtime home).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub from: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub from: String,
    /// Keys that were set.
    pub keys: u64,
    /// Keys that were imported before.
    pub known_keys: u64,
    /// The executions, and everything that was skipped or changed.
    pub executions: metrics::import::Response,
    /// Files and folders with memory of 1.x and 2.x, which `memory_import` imports; they were not imported.
    pub memory: Vec<String>,
    /// The number of keys under `debug:hypothesis:`, which `memory_import` can import as entries, too.
    pub hypothesis_keys: usize,
}

impl Response {
    /// Creates the response for the import of the folder `from`.
    #[must_use]
    pub fn new(from: String, report: legacy::Report) -> Self {
        Self {
            from,
            keys: report.keys,
            known_keys: report.known_keys,
            executions: report.executions.into(),
            memory: Vec::new(),
            hypothesis_keys: 0,
        }
    }
}

/// Imports the state and metrics of a 1.x home, all or none. Its files are not changed; entries that were imported before
/// are skipped.
///
/// # Errors
///
/// `invalid_input` for an empty path; `not_found` if the folder does not exist; `storage` if it cannot be read or the
/// database cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`import`")?;
    let home = runtime.home()?;
    let hint = "pass the 1.x home, the folder that contains `state` and `metrics`";
    let from = match &request.from {
        Some(from) => runtime.folder(from, hint)?,
        None => home.folder().to_owned(),
    };
    let shown = display_path(&from);
    if !from.is_dir() {
        let message = format!("there is no folder {}", quote(&shown));
        return Err(ApiError::not_found(message).hint(format!("{hint}, with {{--from}}")));
    }
    let (report, hypotheses) = runtime.with_db(|db| {
        // Creating the database of a home imports what 1.x left in it.
        if from == home.folder()
            && let Some(report) = runtime.take_imported()
        {
            return Ok((report, hypotheses(db)?));
        }
        let report = legacy::import(db, &from)?;
        catch_up(db);
        Ok::<_, ApiError>((report, hypotheses(db)?))
    })?;
    Ok(Response {
        memory: memory_of(&from),
        hypothesis_keys: hypotheses,
        ..Response::new(shown, report)
    })
}

/// Returns the number of keys that the skill `systematic-debugging` of 1.x wrote.
fn hypotheses(db: &mut Db) -> Result<usize> {
    Ok(db.store().list(&Pattern::new("debug:hypothesis:"))?.len())
}

/// Returns the files and folders of a home in which 1.x and 2.x kept memory.
fn memory_of(home: &Path) -> Vec<String> {
    let files = ["patterns.jsonl", "episodic.jsonl", "procedural.json"];
    let mut found: Vec<_> = files.map(|name| home.join("memory").join(name)).into();
    found.retain(|path| path.is_file());
    let checkpoints = home.join("state").join("checkpoints");
    if fs::read_dir(&checkpoints).is_ok_and(|mut entries| entries.next().is_some()) {
        found.push(checkpoints);
    }
    found.iter().map(|path| display_path(path)).collect()
}
