//! Removes the saved state of a task.

use crate::runtime::Runtime;
use crate::wire::Result;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub task: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub task: String,
    /// Whether a state had been saved.
    pub removed: bool,
}

/// Removes the saved state of a task.
///
/// # Errors
///
/// `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let removed = runtime.with_existing_db(|db| db.memory().remove_checkpoint(&request.task))?;
    Ok(Response {
        task: request.task.clone(),
        removed: removed.unwrap_or_default(),
    })
}
