//! Exports executions as JSON lines or CSV.

use crate::runtime::Runtime;
use crate::text::unknown_name;
use crate::wire::{ApiError, Result, execution::execution_filter};
use clawpowers_executor::ledger::{Order, csv, csv_header, jsonl};
use serde::Serialize;

execution_filter! {
    /// Which executions to write, and in which format. Open executions are written only if `outcome` is `open`.
    /// Without a filter by session or outcome, JSON lines end with the tombstones of deleted executions, so that an import
    /// deletes these executions too.
    pub struct Request {
        /// `jsonl` (the format of 1.x with more fields) or `csv` (default: `jsonl`).
        pub format: Option<String>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub text: String,
    pub count: usize,
    /// The number of lines that are tombstones, which record deletions.
    pub deletions: usize,
}

/// Writes executions, the oldest first.
///
/// # Errors
///
/// `invalid_input` for an invalid format, time or outcome; `storage` if the executions cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
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

/// How much [`each`] has written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub executions: usize,
    /// Lines that are tombstones, which record a deletion.
    pub deletions: usize,
}

/// Calls `write` with each line until it returns false. The errors are those of [`run`].
pub fn each(runtime: &Runtime, request: &Request, mut write: impl FnMut(&str) -> bool) -> Result<Written> {
    let filter = request.shared().filter()?;
    let form: fn(&_, &str) -> String = match request.format.as_deref() {
        None | Some("jsonl") => jsonl,
        Some("csv") => {
            if !write(&csv_header()) {
                return Ok(Written::default());
            }
            csv
        }
        Some(other) => return Err(unknown_name("format", other, &["jsonl", "csv"])),
    };
    let mut written = Written::default();
    // Deletions are for an import, which does not read CSV. They have no session and no outcome to filter by.
    let with_deletions =
        request.format.as_deref() != Some("csv") && filter.session.is_none() && filter.outcome.is_none();
    let mut is_open = true;
    runtime.with_existing_db(|db| {
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
        Ok::<_, ApiError>(())
    })?;
    Ok(written)
}
