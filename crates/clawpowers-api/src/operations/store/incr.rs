//! Adds a number to the value of a key.

use crate::runtime::Runtime;
use crate::wire::number::{Amount, text};
use crate::wire::{ApiError, Result};
use clawpowers_executor::Key;
use clawpowers_loader::display::quote;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub key: String,
    /// The integer to add, up to 64 bits (default: 1).
    pub by: Option<Amount>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub key: String,
    /// The sum, as text because it may need 64 bits.
    #[serde(serialize_with = "text")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "int64")))]
    pub value: i64,
}

/// Adds a number to the value of a key; a missing key counts as 0.
///
/// # Errors
///
/// `invalid_input` for an invalid key, a value that is not an integer, and a sum beyond 64 bits; `storage` if it cannot be
/// written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let by = request.by.as_ref().map_or("1", |by| by.0.as_str());
    let by: i64 = by.parse().map_err(|_| {
        let message = format!("the increment {} is not a 64-bit integer", quote(by));
        ApiError::invalid_input(message).hint("use a whole number such as 1 or -5")
    })?;
    let sum = runtime.with_db(|db| db.store().incr(&key, by))?;
    Ok(Response {
        key: request.key.clone(),
        value: sum,
    })
}
