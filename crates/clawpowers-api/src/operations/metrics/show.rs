//! Shows the last executions.

use crate::runtime::Runtime;
use crate::wire::{self, ApiError, Result, execution::execution_filter};
use serde::Serialize;

const DEFAULT_LIMIT: usize = 20;

execution_filter! {
    pub struct Request {
        /// The number of executions to return (default: 20).
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub limit: Option<usize>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The executions, the oldest first.
    pub executions: Vec<wire::Execution>,
    /// The executions as `metrics_export` writes them.
    #[serde(skip)]
    pub lines: Vec<String>,
}

/// Shows executions.
///
/// # Errors
///
/// `invalid_input` for an invalid time or outcome; `storage` if the executions cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let (response, damage) = readable(runtime, request)?;
    damage.map_or(Ok(response), Err)
}

/// Like [`run`], but if some rows are damaged, returns the others with the error.
///
/// # Errors
///
/// Like [`run`]; damaged rows are an error only if there are no others.
pub fn readable(runtime: &Runtime, request: &Request) -> Result<(Response, Option<ApiError>)> {
    let filter = request.shared().filter()?;
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let found = runtime.with_existing_db(|db| {
        let home = db.home_id()?;
        let (executions, read) = db.ledger().last_readable(&filter, limit);
        match read {
            Err(error) if executions.is_empty() => Err(error),
            read => Ok((executions, home, read.err().map(ApiError::from))),
        }
    })?;
    let (executions, home, damage) = found.unwrap_or_default();
    let line = |execution| clawpowers_executor::ledger::jsonl(execution, &home);
    let response = Response {
        lines: executions.iter().map(line).collect(),
        executions: executions.into_iter().map(wire::Execution::from).collect(),
    };
    Ok((response, damage))
}
