//! Prints a skill's properties as the reference validator does.

use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::{display_path, quote};
use clawpowers_loader::skills_ref::read_properties;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;

/// What to read.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A skill's folder or its SKILL.md.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: String,
}

/// The properties.
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
/// `invalid_input` with the reference's message where it refuses the skill, `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("`skill_read_properties`")?;
    let path = existing(runtime, &request.path)?;
    let text = read_properties(&path).map_err(|message| ApiError::new(ErrorCode::InvalidInput, message))?;
    Ok(Response { text })
}

/// Makes sure that a path exists and returns it in the form that holds for this process.
pub(super) fn existing(runtime: &Runtime, path: &str) -> Result<String, ApiError> {
    if path.is_empty() {
        return Err(empty_path());
    }
    let full = runtime.as_named(path);
    // The reference takes a folder that may not be looked into for one without a SKILL.md.
    let closed = || {
        let probe = full.join("SKILL.md").symlink_metadata();
        probe
            .err()
            .filter(|error| error.kind() == ErrorKind::PermissionDenied)
    };
    match full.metadata().and_then(|_| closed().map_or(Ok(()), Err)) {
        Ok(()) => Ok(display_path(&full)),
        Err(error) => Err(ApiError::new(
            ErrorCode::Io,
            format!("the path {} cannot be read: {error}", quote(path)),
        )
        .hint("name a skill's folder or its SKILL.md")),
    }
}

/// Says that a path is empty.
pub(super) fn empty_path() -> ApiError {
    ApiError::new(ErrorCode::InvalidInput, "the path is empty").hint("name a skill's folder")
}
