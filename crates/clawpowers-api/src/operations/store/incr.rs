//! Adds a number to the value of a key.

use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::number::{Amount, text};
use clawpowers_executor::Key;
use clawpowers_loader::display::quote;
use serde::{Deserialize, Serialize};

/// What to add to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key.
    pub key: String,
    /// The integer to add, up to 64 bits (default: 1).
    #[serde(default)]
    pub by: Option<Amount>,
}

/// The sum.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The key.
    pub key: String,
    /// The sum, as text because it may need 64 bits.
    #[serde(serialize_with = "text")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "int64")))]
    pub value: i64,
}

/// Adds a number to the value of a key, which counts as 0 where it is missing.
///
/// # Errors
///
/// `invalid_input` for a key that breaks the rules of keys, a value that is not an integer, and a sum beyond 64 bits; `storage` where it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let key = Key::new(&request.key)?;
    let by = request.by.as_ref().map_or("1", |by| by.0.as_str());
    let by: i64 = by.parse().map_err(|_| {
        ApiError::new(
            ErrorCode::InvalidInput,
            format!("the increment {} is not an integer of 64 bits", quote(by)),
        )
        .hint("give a whole number such as 1 or -5")
    })?;
    let sum = runtime.write(|db| Ok(db.store().incr(&key, by)?))?;
    Ok(Response {
        key: request.key.clone(),
        value: sum,
    })
}
