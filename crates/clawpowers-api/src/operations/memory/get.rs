//! Returns an entry.

use crate::runtime::Runtime;
use crate::wire::memory::{entry_id, no_entry};
use crate::wire::{MemoryEntry, MemoryLink, Result};
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
    pub entry: MemoryEntry,
    /// The links from and to it.
    pub links: Vec<MemoryLink>,
}

/// Returns an entry with its links.
///
/// # Errors
///
/// `not_found` if it does not exist; `invalid_input` for an id that is not a number; `storage` if it cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let found = runtime.with_existing_db(|db| {
        let mut memory = db.memory();
        Ok::<_, clawpowers_executor::Error>((memory.get(id)?, memory.links(id)?))
    })?;
    let (entry, links) = found.ok_or_else(|| no_entry(id))?;
    Ok(Response {
        entry: entry.into(),
        links: links.into_iter().map(MemoryLink::from).collect(),
    })
}
