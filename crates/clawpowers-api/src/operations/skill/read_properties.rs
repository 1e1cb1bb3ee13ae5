//! Prints a skill's properties as the reference validator does.

use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::skills_ref::read_properties;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;

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
    /// JSON with an indentation of two spaces, ASCII only.
    pub text: String,
}

/// Reads the properties.
///
/// # Errors
///
/// `invalid_input` with the message of the reference validator if that rejects the skill, `io` for a path that does not
/// exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`skill_read_properties`")?;
    let path = existing(runtime, &request.path)?;
    let text = read_properties(&path).map_err(ApiError::invalid_input)?;
    Ok(Response { text })
}

/// Checks that a path exists and returns it as this process can open it.
pub(super) fn existing(runtime: &Runtime, path: &str) -> Result<String> {
    if path.is_empty() {
        return Err(empty_path());
    }
    let full = runtime.as_named(path);
    // The reference validator does not distinguish a folder without permission from one without a SKILL.md.
    let closed = || {
        let probe = full.join("SKILL.md").symlink_metadata();
        probe
            .err()
            .filter(|error| error.kind() == ErrorKind::PermissionDenied)
    };
    match full.metadata().and_then(|_| closed().map_or(Ok(()), Err)) {
        Ok(()) => Ok(display_path(&full)),
        Err(error) => Err(
            ApiError::io(format!("the path {} cannot be read: {error}", quote(path)))
                .hint("pass a skill's folder or its SKILL.md"),
        ),
    }
}

pub(super) fn empty_path() -> ApiError {
    ApiError::invalid_input("the path is empty").hint("pass a skill's folder")
}
