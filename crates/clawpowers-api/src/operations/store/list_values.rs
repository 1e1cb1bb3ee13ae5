//! Lists keys with their values.

use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::ApiError;
use clawpowers_executor::Pattern;
use serde::{Deserialize, Serialize};

/// Which keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A prefix, or a pattern with `*`, `?` and `[…]` (default: every key).
    #[serde(default)]
    pub pattern: Option<String>,
}

/// The entries.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entries, in byte order of their keys.
    pub entries: Vec<StoreEntry>,
}

/// Lists keys with their values.
///
/// # Errors
///
/// `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut entries = Vec::new();
    each(runtime, request, |entry| {
        entries.push(entry);
        true
    })?;
    Ok(Response { entries })
}

/// A key with its value.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreEntry {
    /// The key.
    pub key: String,
    /// The value.
    #[serde(flatten)]
    pub value: wire::StoreValue,
    /// The time of the last write.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub updated_at: String,
}

/// Hands over the entries one by one, for what writes them on, until `each` answers `false`.
///
/// # Errors
///
/// As [`run`].
pub fn each(
    runtime: &Runtime,
    request: &Request,
    mut each: impl FnMut(StoreEntry) -> bool,
) -> Result<(), ApiError> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    runtime.read(|db| {
        Ok(db.store().each(&pattern, |entry| {
            each(StoreEntry {
                key: entry.key,
                value: wire::StoreValue::new(entry.value),
                updated_at: entry.updated_at.to_string(),
            })
        })?)
    })?;
    Ok(())
}
