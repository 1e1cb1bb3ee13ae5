//! Removes a key.

use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

/// What to remove.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key.
    pub key: String,
}

/// What was removed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The key.
    pub key: String,
    /// Whether it existed.
    pub deleted: bool,
}

/// Removes a key.
///
/// # Errors
///
/// `invalid_input` for a key that breaks the rules of keys; `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let key = Key::new(&request.key)?;
    // Where there is no home, nothing is made to delete from.
    let deleted = runtime.read(|db| Ok(db.store().delete(&key)?))?;
    Ok(Response {
        key: request.key.clone(),
        deleted: deleted.unwrap_or(false),
    })
}
