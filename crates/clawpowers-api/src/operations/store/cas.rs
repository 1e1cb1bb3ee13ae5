//! Sets the value of a key if it has not changed.

use crate::runtime::Runtime;
use crate::wire::bytes::{bytes_of, needed_bytes};
use crate::wire::{self, Result};
use clawpowers_executor::{CompareAndSet, Key};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub key: String,
    /// The expected value as text.
    pub old: Option<String>,
    /// The expected value in base64. Without `old` and `old_base64` the key is expected to be missing.
    pub old_base64: Option<String>,
    /// The new value as text. Exactly one of `new` and `new_base64` is required.
    pub new: Option<String>,
    /// The new value in base64.
    pub new_base64: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub key: String,
    /// Whether the value was the expected one and was set.
    pub swapped: bool,
    /// The current value if it was not the expected one; `null` if there is none.
    pub current: Option<wire::StoreValue>,
}

/// Sets the value of a key if it has not changed.
///
/// # Errors
///
/// `invalid_request` without a new value; `invalid_input` for an invalid key and for a value above 16 MiB; `storage` if it
/// cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let key = Key::new(&request.key)?;
    let old = bytes_of(request.old.as_deref(), request.old_base64.as_deref())?;
    let new = needed_bytes("new", request.new.as_deref(), request.new_base64.as_deref())?;
    let swap = runtime.with_db(|db| db.store().compare_and_set(&key, old.as_deref(), &new))?;
    let (swapped, current) = match swap {
        CompareAndSet::Done => (true, None),
        CompareAndSet::Differs(current) => (false, current.map(wire::StoreValue::new)),
    };
    Ok(Response {
        key: request.key.clone(),
        swapped,
        current,
    })
}
