//! Validates one skill as the reference validator does.

use super::read_properties::existing;
use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_loader::skills_ref::{shown_path, validate};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A skill's folder or its SKILL.md.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The path as the reference validator prints it.
    pub path: String,
    pub valid: bool,
    /// The errors, in the words and the order of the reference validator.
    pub errors: Vec<String>,
}

/// Validates a skill.
///
/// # Errors
///
/// `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`skill_reference_validate`")?;
    let path = existing(runtime, &request.path)?;
    let errors = validate(&path);
    Ok(Response {
        path: shown_path(&path),
        valid: errors.is_empty(),
        errors,
    })
}
