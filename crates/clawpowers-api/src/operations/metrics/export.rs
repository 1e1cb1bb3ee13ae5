//! Writes executions as JSON lines or CSV.

use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::execution::execution_filter;
use clawpowers_executor::ledger::{Order, csv, csv_header, jsonl};
use clawpowers_loader::display::quote;
use serde::Serialize;

execution_filter! {
    /// Which executions to write, and in which format. Open executions are written only if `outcome` is `open`.
    /// Without a filter by session or outcome, JSON lines end with the deletions, so that an import deletes these
    /// executions too.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// `jsonl` (the format of 1.x with more fields) or `csv` (default: `jsonl`).
        #[serde(default)]
        pub format: Option<String>,
    }
}

/// The executions as text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The text.
    pub text: String,
    /// The number of executions in the text.
    pub count: usize,
    /// How many lines record a deletion.
    pub deletions: usize,
}

/// Writes executions, the oldest first.
///
/// # Errors
///
/// `invalid_input` for a format, a time or an outcome that is none; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut text = String::new();
    let written = each(runtime, request, |line| {
        text.push_str(line);
        text.push('\n');
        true
    })?;
    Ok(Response {
        text,
        count: written.executions,
        deletions: written.deletions,
    })
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Executions.
    pub executions: usize,
    /// Lines that say of an execution that it was deleted.
    pub deletions: usize,
}

/// Hands over the lines one by one until `write` answers `false`, and returns what they hold.
///
/// # Errors
///
/// As [`run`].
pub fn each(
    runtime: &Runtime,
    request: &Request,
    mut write: impl FnMut(&str) -> bool,
) -> Result<Written, ApiError> {
    let filter = request.shared().filter()?;
    let form: fn(&_, &str) -> String = match request.format.as_deref() {
        None | Some("jsonl") => jsonl,
        Some("csv") => {
            if !write(&csv_header()) {
                return Ok(Written::default());
            }
            csv
        }
        Some(other) => {
            let message = format!("unknown format {}", quote(other));
            return Err(ApiError::new(ErrorCode::InvalidInput, message).hint("the formats are jsonl and csv"));
        }
    };
    let mut written = Written::default();
    // A table of another program has no use for what was deleted, and of a session or an outcome nothing is known then.
    let with_deletions =
        request.format.as_deref() != Some("csv") && filter.session.is_none() && filter.outcome.is_none();
    let mut is_open = true;
    runtime.read(|db| {
        let home = db.home_id()?;
        db.ledger().each(&filter, Order::OldestFirst, |execution| {
            if execution.outcome.is_none() && filter.outcome.is_none() {
                return true;
            }
            written.executions += 1;
            is_open = write(&form(&execution, &home));
            is_open
        })?;
        if with_deletions && is_open {
            db.ledger().each_deletion(&filter, |deletion| {
                written.deletions += 1;
                write(&deletion.jsonl())
            })?;
        }
        Ok(())
    })?;
    Ok(written)
}
