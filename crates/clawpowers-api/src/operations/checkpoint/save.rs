//! Saves the state of a task.

use crate::runtime::Runtime;
use crate::wire::Result;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The task: any text of at most 1,024 bytes without control characters.
    pub task: String,
    /// Any text of at most 16 MiB, usually JSON. It replaces the state that was saved before.
    pub state: String,
    /// What the task is doing, such as `executing`.
    pub status: Option<String>,
    /// What the task is for.
    pub goal: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub task: String,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub saved_at: String,
}

/// Saves the state of a task.
///
/// # Errors
///
/// `invalid_input` for an invalid task or state; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let (status, goal) = (request.status.as_deref(), request.goal.as_deref());
    let saved = runtime.with_db(|db| {
        db.memory()
            .save_checkpoint(&request.task, &request.state, status, goal)
    })?;
    Ok(Response {
        task: saved.task,
        saved_at: saved.saved_at.to_string(),
    })
}
