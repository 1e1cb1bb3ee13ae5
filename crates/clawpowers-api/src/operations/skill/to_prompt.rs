//! Prints skills as the reference validator's prompt block.

use super::read_properties::existing;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::skills_ref::to_prompt;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Folders of skills, or their SKILL.md.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub paths: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The text, without a newline after the last line.
    pub text: String,
}

/// Prints the block.
///
/// # Errors
///
/// `invalid_input` with the message of the reference validator for the first skill that it rejects, `io` for a path that
/// does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`skill_to_prompt`")?;
    let paths = request.paths.iter().map(|path| existing(runtime, path));
    let paths = paths.collect::<Result<Vec<_>, _>>()?;
    let text = to_prompt(&paths).map_err(ApiError::invalid_input)?;
    Ok(Response { text })
}
