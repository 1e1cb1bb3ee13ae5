//! Deletes an execution.

use crate::runtime::Runtime;
use crate::wire::{self, ApiError, Result, execution::id};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the execution in this home.
    pub id: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The execution as it was.
    pub execution: wire::Execution,
}

/// Deletes an execution and updates the statistics of its skill in the same transaction. Exports contain its tombstone, so
/// that a home that imports them deletes it too.
///
/// # Errors
///
/// `not_found` if there is no such execution; `invalid_input` for an id that is not a number; `storage` if it cannot be
/// written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let hint = "{metrics_show} lists the last executions with their ids";
    let id = id(&request.id, hint)?;
    let deleted = runtime.with_existing_db(|db| db.ledger().delete(id))?;
    let execution = deleted.ok_or_else(|| {
        ApiError::not_found(format!("there is no execution `{id}`"))
            .hint("nothing has been recorded in this home")
    })?;
    let execution = execution.into();
    Ok(Response { execution })
}
