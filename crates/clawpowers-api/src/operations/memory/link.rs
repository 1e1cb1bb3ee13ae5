//! Links two entries.

use crate::runtime::Runtime;
use crate::wire::memory::{entry_id, no_entry};
use crate::wire::{MemoryLink, Result};
use clawpowers_executor::memory::{Link, Relation};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the entry that the link starts at.
    pub origin: String,
    /// How `origin` is related to `target`: `supersedes`, `caused_by`, `resolves` or `contradicts`.
    pub relation: String,
    /// The id of the entry that it leads to.
    pub target: String,
    /// Remove the link.
    #[serde(default)]
    pub remove: bool,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub link: MemoryLink,
    /// Whether it was added or removed; `false` if nothing had to be done.
    pub changed: bool,
}

/// Links two entries, or removes a link.
///
/// # Errors
///
/// `not_found` if one of the entries does not exist; `invalid_input` for an unknown relation, for a link to itself, for one
/// that closes a cycle, and if another entry supersedes the target already; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let link = Link {
        origin: entry_id(&request.origin)?,
        target: entry_id(&request.target)?,
        relation: Relation::parse(&request.relation)?,
    };
    link.check()?;
    let changed = runtime.with_existing_db(|db| {
        let mut memory = db.memory();
        match request.remove {
            true => memory.unlink(&link),
            false => memory.link(&link),
        }
    })?;
    let changed = changed.ok_or_else(|| no_entry(link.origin))?;
    Ok(Response {
        link: link.into(),
        changed,
    })
}
