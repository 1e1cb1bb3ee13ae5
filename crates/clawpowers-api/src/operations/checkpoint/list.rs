//! Lists the tasks with a saved state.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::{Timestamp, memory};
use serde::{Deserialize, Serialize};

/// How old a state is at most that is not stale.
const DEFAULT_STALE_AFTER: &str = "24h";

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A state that was saved before this time is stale: a time, a date, or how long ago (default: `24h`).
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub stale_after: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The tasks, the last saved first.
    pub checkpoints: Vec<Checkpoint>,
}

/// A task with a saved state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checkpoint {
    pub task: String,
    pub status: Option<String>,
    pub goal: Option<String>,
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub saved_at: String,
    /// The size of the state in bytes.
    pub bytes: usize,
    /// Whether it was saved so long ago that nobody may be working on the task.
    pub stale: bool,
}

impl Checkpoint {
    pub(in crate::operations) fn new(
        checkpoint: memory::Checkpoint,
        stale_after: Option<&str>,
    ) -> Result<Self> {
        let after = stale_after.unwrap_or(DEFAULT_STALE_AFTER);
        let limit = Timestamp::parse_bound(after, Timestamp::now())?;
        Ok(Self {
            task: checkpoint.task,
            status: checkpoint.status,
            goal: checkpoint.goal,
            saved_at: checkpoint.saved_at.to_string(),
            bytes: checkpoint.state.len(),
            stale: checkpoint.saved_at < limit,
        })
    }
}

/// Lists the tasks with a saved state.
///
/// # Errors
///
/// `invalid_input` for an invalid time; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let found = runtime.with_existing_db(|db| db.memory().checkpoints())?;
    let stale_after = request.stale_after.as_deref();
    let checkpoints = found.unwrap_or_default().into_iter();
    let checkpoints: Result<_> = checkpoints.map(|one| Checkpoint::new(one, stale_after)).collect();
    Ok(Response {
        checkpoints: checkpoints?,
    })
}
