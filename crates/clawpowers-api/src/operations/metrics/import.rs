//! Imports executions from JSON lines.

use crate::operations::feedback::input::catch_up;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_executor::ledger::{self, ImportReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::BufRead;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: Option<String>,
    /// The lines. Exactly one of `path` and `text` is required.
    pub text: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The number of lines that were imported.
    pub taken: u64,
    /// The number of lines that changed nothing: executions imported before, and tombstones of executions that are not
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
    /// The file, or another source.
    pub source: String,
    /// The line, from 1; 0 for a whole file.
    pub line: usize,
    /// The reason, as a stable code.
    pub reason: &'static str,
    /// The reason, as a sentence for people.
    pub detail: String,
}

impl From<ledger::Skipped> for Skipped {
    fn from(skipped: ledger::Skipped) -> Self {
        Self {
            source: skipped.source,
            line: skipped.line,
            reason: skipped.reason,
            detail: skipped.detail,
        }
    }
}

impl From<ImportReport> for Response {
    fn from(report: ImportReport) -> Self {
        Self {
            taken: report.imported,
            known: report.known,
            deleted: report.deleted,
            reasons: report.reasons,
            skipped: report.skipped.into_iter().map(Skipped::from).collect(),
        }
    }
}

/// Imports executions, all or none. Those that were imported before are skipped.
///
/// # Errors
///
/// `invalid_input` unless either `path` or `text` is given; `io` if the file cannot be read; `storage` if the database
/// cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let (lines, source) = runtime.lines(request.path.as_deref(), request.text.as_deref())?;
    from_reader(runtime, lines, source)
}

/// Imports executions from any reader, with the errors of [`run`]; `source` is its name in the report.
pub fn from_reader(runtime: &Runtime, lines: impl BufRead, source: &str) -> Result<Response> {
    runtime.with_db(|db| {
        let report = db.ledger().import(lines, source)?;
        catch_up(db);
        Ok::<_, ApiError>(report.into())
    })
}
