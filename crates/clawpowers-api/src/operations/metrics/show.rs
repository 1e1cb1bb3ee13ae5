//! Shows the last executions.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::ApiError;
use crate::wire::execution::execution_filter;
use serde::Serialize;

/// How many are shown where the request does not say.
const DEFAULT_LIMIT: usize = 20;

execution_filter! {
    /// Which executions to show.
    #[derive(Debug, Clone, Default, serde::Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(deny_unknown_fields)]
    pub struct Request {
        /// The number of executions to return (default: 20).
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub limit: Option<usize>,
    }
}

/// The executions.
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
/// `invalid_input` for a time or an outcome that is none; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let (response, damage) = readable(runtime, request)?;
    damage.map_or(Ok(response), Err)
}

/// As [`run`]; where rows are damaged, the others come with the error.
///
/// # Errors
///
/// As [`run`], and where there are no others.
pub fn readable(runtime: &Runtime, request: &Request) -> Result<(Response, Option<ApiError>), ApiError> {
    let filter = request.shared().filter()?;
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let found = runtime.read(|db| {
        let home = db.home_id()?;
        let (executions, read) = db.ledger().last_readable(&filter, limit);
        match read {
            Err(error) if executions.is_empty() => Err(error.into()),
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
