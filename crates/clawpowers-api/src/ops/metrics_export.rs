//! Writes executions as JSON lines or CSV.

use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use clawpowers_executor::ledger::{CSV_HEADER, Order, csv, jsonl};
use clawpowers_loader::diag::quoted;
use serde::Serialize;

picking! {
    /// Which executions to write, and how. Open ones are written only where `outcome` asks for them.
    {
        /// `jsonl`, the form of 1.x with further fields, or `csv`; `jsonl` where it is not said.
        format: Option<String>,
    }
}

/// The executions as text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The text.
    pub text: String,
    /// How many executions it holds.
    pub count: usize,
}

/// Writes executions, the oldest first.
///
/// # Errors
///
/// `invalid_input` for a format, a time or an outcome that is none; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut text = String::new();
    let count = each(runtime, request, |line| {
        text.push_str(line);
        text.push('\n');
        true
    })?;
    Ok(Response { text, count })
}

/// Hands over the lines one by one until `write` answers `false`, and returns how many executions they hold.
///
/// # Errors
///
/// As [`run`].
pub fn each(
    runtime: &Runtime,
    request: &Request,
    mut write: impl FnMut(&str) -> bool,
) -> Result<usize, ApiError> {
    let filter = request.which().filter()?;
    let form: fn(&_, &str) -> String = match request.format.as_deref() {
        None | Some("jsonl") => jsonl,
        Some("csv") => {
            if !write(CSV_HEADER) {
                return Ok(0);
            }
            csv
        }
        Some(other) => {
            let message = format!("the format {} is not one", quoted(other));
            return Err(ApiError::new(ErrorCode::InvalidInput, message).hint("the formats are jsonl and csv"));
        }
    };
    let mut count = 0;
    runtime.read(|db| {
        let home = db.home_id()?;
        db.ledger().each(&filter, Order::OldestFirst, |execution| {
            if execution.outcome.is_none() && filter.outcome.is_none() {
                return true;
            }
            count += 1;
            write(&form(&execution, &home))
        })?;
        Ok(())
    })?;
    Ok(count)
}
