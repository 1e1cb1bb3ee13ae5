//! Undoes the merging of an entry.

use crate::runtime::Runtime;
use crate::wire::memory::{entry_id, no_entry};
use crate::wire::{MemoryEntry, Result};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the entry.
    pub id: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The created entries, one for each kept content.
    pub entries: Vec<MemoryEntry>,
}

/// Undoes the merging of an entry: each kept content (`examples`) becomes an entry, and none of them is merged again.
///
/// # Errors
///
/// `not_found` if it does not exist; `invalid_input` for an id that is not a number; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let created = runtime.with_existing_db(|db| db.memory().split(id))?;
    let entries = created.ok_or_else(|| no_entry(id))?;
    Ok(Response {
        entries: entries.into_iter().map(MemoryEntry::from).collect(),
    })
}
