//! Returns the saved state of a task.

use crate::operations::checkpoint::list::Checkpoint;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::quote;
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
    pub checkpoint: Checkpoint,
    /// The state as it was saved.
    pub state: String,
}

/// Returns the saved state of a task.
///
/// # Errors
///
/// `not_found` if none was saved; `storage` if it cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let found = runtime.with_existing_db(|db| db.memory().checkpoint(&request.task))?;
    let checkpoint = found.flatten().ok_or_else(|| {
        let task = quote(&request.task);
        ApiError::not_found(format!("no state of the task {task} was saved"))
            .hint("{checkpoint_list} lists the tasks with a saved state")
    })?;
    Ok(Response {
        state: checkpoint.state.clone(),
        checkpoint: Checkpoint::new(checkpoint, None)?,
    })
}
