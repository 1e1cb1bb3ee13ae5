//! Deletes an entry.

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
    /// The entry as it was.
    pub entry: MemoryEntry,
}

/// Deletes an entry and its links. An entry that it superseded is found again; if the deleted entry was superseded, its
/// successor supersedes that one, too.
///
/// # Errors
///
/// `not_found` if it does not exist; `invalid_input` for an id that is not a number; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let deleted = runtime.with_existing_db(|db| db.memory().delete(id))?;
    let entry = deleted.ok_or_else(|| no_entry(id))?.into();
    Ok(Response { entry })
}
