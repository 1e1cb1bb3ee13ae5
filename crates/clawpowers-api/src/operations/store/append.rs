//! Adds a line to the value of a key.

use crate::runtime::Runtime;
use crate::wire::{Result, bytes::needed_bytes};
use clawpowers_executor::Key;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub key: String,
    /// The value as text. Exactly one of `value` and `value_base64` is required.
    pub value: Option<String>,
    /// The value in base64, for bytes that are not UTF-8.
    pub value_base64: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub key: String,
}

/// Adds a newline and the value to the current value, or sets the key if it does not exist.
///
/// # Errors
///
/// `invalid_request` without a value; `invalid_input` for an invalid key and for a value that would exceed 16 MiB; `storage`
/// if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let value = needed_bytes("value", request.value.as_deref(), request.value_base64.as_deref())?;
    runtime.with_db(|db| db.store().append(&key, &value))?;
    Ok(Response {
        key: request.key.clone(),
    })
}
