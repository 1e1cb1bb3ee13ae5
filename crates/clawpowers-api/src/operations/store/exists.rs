//! Returns whether a key exists.

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
    pub exists: bool,
}

/// Returns whether a key exists.
///
/// # Errors
///
/// `invalid_input` for an invalid key; `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let exists = runtime.with_existing_db(|db| db.store().exists(&key))?;
    Ok(Response {
        key: request.key.clone(),
        exists: exists.unwrap_or(false),
    })
}
