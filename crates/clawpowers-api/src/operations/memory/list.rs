//! Lists entries.

use crate::runtime::Runtime;
use crate::wire::memory::memory_filter;
use crate::wire::{MemoryEntry, Result};
use clawpowers_executor::memory::Order;
use serde::Serialize;

const DEFAULT_LIMIT: usize = 20;

memory_filter! {
    pub struct Request {
        /// The number of entries to return (default: 20).
        #[serde(default, deserialize_with = "crate::wire::number::count")]
        pub limit: Option<usize>,
    }
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entries, the last created first.
    pub entries: Vec<MemoryEntry>,
}

/// Lists entries.
///
/// # Errors
///
/// `invalid_input` for an invalid filter; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let filter = request.shared().filter()?;
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let found = runtime.with_existing_db(|db| db.memory().list(&filter, Order::Newest, limit))?;
    let entries = found.unwrap_or_default().into_iter().map(MemoryEntry::from);
    Ok(Response {
        entries: entries.collect(),
    })
}
