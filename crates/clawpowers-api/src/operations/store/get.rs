//! Returns the value of a key.

use crate::runtime::Runtime;
use crate::wire::{self, ApiError, Result};
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub key: String,
    /// The value to return if the key does not exist.
    pub default: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub key: String,
    #[serde(flatten)]
    pub value: wire::StoreValue,
    /// Whether the key exists; if not, the value is the default.
    pub found: bool,
}

/// Returns the value of a key.
///
/// # Errors
///
/// `not_found` if there is neither the key nor a default; `invalid_input` for an invalid key; `storage` if the database
/// cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let found = runtime.with_existing_db(|db| db.store().get(&key))?.flatten();
    let is_found = found.is_some();
    let Some(value) = found.or_else(|| request.default.clone().map(String::into_bytes)) else {
        return Err(ApiError::not_found(format!("key not found: {}", request.key))
            .hint("{store_list} lists the keys; pass a default value to avoid this error"));
    };
    Ok(Response {
        key: request.key.clone(),
        value: wire::StoreValue::new(value),
        found: is_found,
    })
}
