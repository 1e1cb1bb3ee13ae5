//! Removes a key.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub key: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub key: String,
    pub deleted: bool,
}

/// Removes a key.
///
/// # Errors
///
/// `invalid_input` for an invalid key; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let deleted = runtime.with_existing_db(|db| db.store().delete(&key))?;
    Ok(Response {
        key: request.key.clone(),
        deleted: deleted.unwrap_or(false),
    })
}
