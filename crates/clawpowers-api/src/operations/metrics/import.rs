//! Takes in executions from JSON lines.

use crate::operations::feedback::input::catch_up;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::ledger::{self, ImportReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor};

/// What to import: a file or a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: Option<String>,
    /// The lines. Exactly one of `path` and `text` is required.
    #[serde(default)]
    pub text: Option<String>,
}

/// The result.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The number of executions imported.
    pub taken: u64,
    /// The number of lines that changed nothing: executions imported before, and deletions of executions that are not
    /// here.
    pub known: u64,
    /// The number of executions deleted by lines of the import.
    pub deleted: u64,
    /// How many lines were skipped or changed, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The first 1,000 of them.
    pub skipped: Vec<Skipped>,
}

/// A line or a file that was skipped or changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Skipped {
    /// The file, or what else it came from.
    pub source: String,
    /// The line, from 1; 0 for a whole file.
    pub line: usize,
    /// The reason, as a stable word.
    pub reason: &'static str,
    /// The reason, as a sentence for people.
    pub detail: String,
}

impl From<ImportReport> for Response {
    fn from(report: ImportReport) -> Self {
        let row = |skipped: ledger::Skipped| Skipped {
            source: skipped.source,
            line: skipped.line,
            reason: skipped.reason,
            detail: skipped.detail,
        };
        Self {
            taken: report.imported,
            known: report.known,
            deleted: report.deleted,
            reasons: report.reasons,
            skipped: report.skipped.into_iter().map(row).collect(),
        }
    }
}

/// Takes in executions, all or none; those that were taken in before are passed over.
///
/// # Errors
///
/// `invalid_input` unless there is either a path or a text; `io` where the file cannot be read; `storage` where the
/// database cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    match (&request.path, &request.text) {
        (Some(path), None) => {
            runtime.needs_disk("a file to import")?;
            let file = BufReader::with_capacity(1 << 16, runtime.open_file(path)?);
            from_reader(runtime, file, path)
        }
        (None, Some(text)) => from_reader(runtime, Cursor::new(text), "text"),
        _ => Err(ApiError::new(
            ErrorCode::InvalidInput,
            "exactly one of `path` and `text` is required",
        )
        .hint("give either the path of a file or the lines themselves")),
    }
}

/// Takes in executions from any reader, as [`run`] does; `source` is what the report calls it.
///
/// # Errors
///
/// As [`run`].
pub fn from_reader(runtime: &Runtime, lines: impl BufRead, source: &str) -> Result<Response, ApiError> {
    let report = runtime.write(|db| {
        let report = db.ledger().import(lines, source)?;
        catch_up(db);
        Ok(report)
    })?;
    Ok(report.into())
}
