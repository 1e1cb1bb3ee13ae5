//! Takes in what 1.x left in a home.

use crate::operations::feedback::input::catch_up;
use crate::operations::metrics;
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::legacy;
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};

/// The home of 1.x to import.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The folder that contains `state` and `metrics` (default: the runtime home).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub from: Option<String>,
}

/// The result.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The folder.
    pub from: String,
    /// Keys that were set.
    pub keys: u64,
    /// Keys that were imported before.
    pub known_keys: u64,
    /// The executions, and everything that was skipped or changed.
    pub executions: metrics::import::Response,
}

impl Response {
    /// Takes the report of an import.
    #[must_use]
    pub fn new(from: String, report: legacy::Report) -> Self {
        Self {
            from,
            keys: report.keys,
            known_keys: report.known_keys,
            executions: report.executions.into(),
        }
    }
}

/// Takes in state and metrics of 1.x, all or none; its files are only read, and what was taken in before is passed over.
///
/// # Errors
///
/// `invalid_input` for an empty path; `not_found` where the folder is missing; `storage` where it cannot be read or the database cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("`import`")?;
    let home = runtime.home()?;
    let from = match &request.from {
        // An unset shell variable must not mean the working directory.
        Some(from) if from.is_empty() => {
            return Err(
                ApiError::new(ErrorCode::InvalidInput, "the path of the folder is empty")
                    .hint("name the home of 1.x, the folder that holds `state` and `metrics`"),
            );
        }
        Some(from) => runtime.absolute(from.as_ref()),
        None => home.folder().to_owned(),
    };
    let shown = display_path(&from);
    if !from.is_dir() {
        let message = format!("there is no folder {}", quote(&shown));
        return Err(ApiError::new(ErrorCode::NotFound, message)
            .hint("name the home of 1.x, the folder that holds `state` and `metrics`, with {--from}"));
    }
    let report = runtime.write(|db| {
        // Opening the database of a home that has not been taken in yet does it.
        if from == home.folder()
            && let Some(report) = runtime.take_imported()
        {
            return Ok(report);
        }
        let report = legacy::import(db, &from)?;
        catch_up(db);
        Ok(report)
    })?;
    Ok(Response::new(shown, report))
}
