//! Prints a skill's properties as the reference validator does.

use crate::error::{ApiError, ErrorCode};
use crate::runtime::Runtime;
use clawpowers_loader::diag::quoted;
use clawpowers_loader::reference::read_properties;
use serde::{Deserialize, Serialize};

/// What to read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A skill's folder or its SKILL.md.
    pub path: String,
}

/// The properties.
#[derive(Debug, Clone, Serialize)]
pub struct Response {
    /// JSON text indented by two, ASCII only.
    pub text: String,
}

/// Reads the properties.
///
/// # Errors
///
/// `invalid_input` with the reference's message where it refuses the skill, `io` for a path that does not exist.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    existing(runtime, &request.path)?;
    let text =
        read_properties(&request.path).map_err(|message| ApiError::new(ErrorCode::InvalidInput, message))?;
    Ok(Response { text })
}

/// Makes sure that a path exists.
pub(super) fn existing(runtime: &Runtime, path: &str) -> Result<(), ApiError> {
    match runtime.surroundings.cwd.join(path).metadata() {
        Ok(_) if !path.is_empty() => Ok(()),
        Ok(_) => Err(empty_path()),
        Err(error) => Err(ApiError::new(
            ErrorCode::Io,
            format!("the path {} cannot be read: {error}", quoted(path)),
        )
        .hint("name a skill's folder or its SKILL.md")),
    }
}

/// Says that a path is empty.
pub(super) fn empty_path() -> ApiError {
    ApiError::new(ErrorCode::InvalidInput, "the path is empty").hint("name a skill's folder")
}
