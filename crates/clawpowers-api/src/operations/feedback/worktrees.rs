//! Lists the worktrees that skills have registered.

use super::plan::{ValueLine, lines};
use crate::runtime::Runtime;
use crate::wire::Result;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The keys under `worktree:` with their values.
    pub worktrees: Vec<ValueLine>,
}

/// Lists the keys under `worktree:`.
///
/// # Errors
///
/// `storage` if they cannot be read.
pub fn run(runtime: &Runtime, _request: &Request) -> Result<Response> {
    let worktrees = lines(runtime, "worktree:")?;
    Ok(Response { worktrees })
}
