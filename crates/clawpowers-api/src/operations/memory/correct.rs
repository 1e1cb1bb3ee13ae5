//! Replaces an entry that is wrong.

use crate::runtime::Runtime;
use crate::wire::memory::{entry_id, no_entry};
use crate::wire::{MemoryEntry, Result};
use clawpowers_executor::Timestamp;
use clawpowers_executor::memory::{Kind, NewEntry, Source};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the entry.
    pub id: String,
    /// What is right.
    pub content: String,
    /// `user`, `agent`, `hook` or `import` (default: `agent`).
    pub source: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entry that supersedes the old one, which searches leave out from now on: a new one with its kind, title, tags and
    /// importance, or an existing one with this text.
    pub entry: MemoryEntry,
}

/// Supersedes an entry with a new one, or with an existing one that has this text.
///
/// # Errors
///
/// `not_found` if that does not exist; `invalid_input` if it is superseded already, and for invalid content; `storage` if
/// it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let source = request
        .source
        .as_deref()
        .map_or(Ok(Source::Agent), Source::parse)?;
    NewEntry::new(Kind::Semantic, &request.content).check(Timestamp::now())?;
    let created = runtime.with_existing_db(|db| db.memory().correct(id, &request.content, source))?;
    let entry = created.ok_or_else(|| no_entry(id))?.into();
    Ok(Response { entry })
}
