//! Lists keys with their values.

use crate::runtime::Runtime;
use crate::wire::{self, Result};
use clawpowers_executor::Pattern;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A prefix, or a pattern with `*`, `?` and `[…]` (default: every key).
    pub pattern: Option<String>,
}

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
/// `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
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
    pub key: String,
    #[serde(flatten)]
    pub value: wire::StoreValue,
    /// The time of the last write.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub updated_at: String,
}

/// Calls `each` with each entry until it returns false. The errors are those of [`run`].
pub fn each(runtime: &Runtime, request: &Request, mut each: impl FnMut(StoreEntry) -> bool) -> Result<()> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    runtime.with_existing_db(|db| {
        db.store().each(&pattern, |entry| {
            each(StoreEntry {
                key: entry.key,
                value: wire::StoreValue::new(entry.value),
                updated_at: entry.updated_at.to_string(),
            })
        })
    })?;
    Ok(())
}
