//! Adds a line to the value of a key.

use crate::runtime::Runtime;
use crate::wire::bytes::needed_bytes;
use crate::wire::error::ApiError;
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

/// What to add.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key.
    pub key: String,
    /// The value as text. Exactly one of `value` and `value_base64` is required.
    #[serde(default)]
    pub value: Option<String>,
    /// The value in base64, for bytes that are not UTF-8.
    #[serde(default)]
    pub value_base64: Option<String>,
}

/// The key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The key.
    pub key: String,
}

/// Adds a line feed and the value to what is there; sets the key where there is nothing.
///
/// # Errors
///
/// `invalid_request` where there is no value; `invalid_input` for a key that breaks the rules of keys and a value that would be above 16 MiB; `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let key = Key::new(&request.key)?;
    let value = needed_bytes("value", request.value.as_deref(), request.value_base64.as_deref())?;
    runtime.write(|db| Ok(db.store().append(&key, &value)?))?;
    Ok(Response {
        key: request.key.clone(),
    })
}
