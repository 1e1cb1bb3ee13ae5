//! Tells whether a key is there.

use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key.
    pub key: String,
}

/// Whether it exists.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The key.
    pub key: String,
    /// Whether it exists.
    pub exists: bool,
}

/// Tells whether a key is there.
///
/// # Errors
///
/// `invalid_input` for a key that breaks the rules of keys; `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let key = Key::new(&request.key)?;
    let exists = runtime.read(|db| Ok(db.store().exists(&key)?))?;
    Ok(Response {
        key: request.key.clone(),
        exists: exists.unwrap_or(false),
    })
}
