//! Returns the value of a key.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

/// What to get.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key.
    pub key: String,
    /// The value to return if the key does not exist.
    #[serde(default)]
    pub default: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The key.
    pub key: String,
    /// The value.
    #[serde(flatten)]
    pub value: wire::StoreValue,
    /// Whether the key exists; if not, the value is the default.
    pub found: bool,
}

/// Returns the value of a key.
///
/// # Errors
///
/// `not_found` where there is neither the key nor a default; `invalid_input` for a key that breaks the rules of keys; `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let key = Key::new(&request.key)?;
    let found = runtime.read(|db| Ok(db.store().get(&key)?))?.flatten();
    let is_found = found.is_some();
    let Some(value) = found.or_else(|| request.default.clone().map(String::into_bytes)) else {
        return Err(
            ApiError::new(ErrorCode::NotFound, format!("key not found: {}", request.key))
                .hint("{store_list} shows the keys; a default can be given"),
        );
    };
    Ok(Response {
        key: request.key.clone(),
        value: wire::StoreValue::new(value),
        found: is_found,
    })
}
