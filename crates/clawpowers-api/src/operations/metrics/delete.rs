//! Deletes an execution.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::execution::id;
use serde::{Deserialize, Serialize};

/// Which execution.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the execution in this home.
    pub id: String,
}

/// What was deleted.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The execution as it was.
    pub execution: wire::Execution,
}

/// Deletes an execution; the figures of its skill change in the same transaction. Exports say that it was deleted, and a
/// home that imports them deletes it too.
///
/// # Errors
///
/// `not_found` where there is no such execution; `invalid_input` where the id is not a number; `storage` where it cannot
/// be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let id = id(
        &request.id,
        "`metrics show` lists the last executions with their ids",
    )?;
    let deleted = runtime.read(|db| Ok(db.ledger().delete(id)?))?;
    let execution = deleted.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound, format!("there is no execution `{id}`"))
            .hint("nothing has been recorded in this home")
    })?;
    Ok(Response {
        execution: execution.into(),
    })
}
