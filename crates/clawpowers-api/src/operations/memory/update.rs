//! Changes an entry.

use crate::runtime::Runtime;
use crate::wire::memory::{entry_id, model_vector, no_entry};
use crate::wire::{MemoryEntry, Result};
use clawpowers_executor::Timestamp;
use clawpowers_executor::memory::{Change, Kind};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id of the entry.
    pub id: String,
    pub content: Option<String>,
    /// `working`, `episodic`, `semantic` or `procedural`.
    pub kind: Option<String>,
    /// The title; empty removes it.
    pub title: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// From 0 to 1.
    pub importance: Option<f64>,
    /// When it expires: a time, a date, how long from now (`7d`), or `never`.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub expires: Option<String>,
    /// Whether it is confirmed.
    pub confirmed: Option<bool>,
    /// A vector of the content; empty removes it. Without one, another content removes it, too.
    #[serde(default, deserialize_with = "crate::wire::number::list")]
    pub vector: Option<Vec<f64>>,
    /// The name of the model that computed the vector, which `vector` needs unless it is empty.
    pub vector_model: Option<String>,
    /// Change it only if it has this revision.
    pub revision: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The entry as it is now.
    pub entry: MemoryEntry,
}

/// Changes an entry; what the request does not name is kept.
///
/// # Errors
///
/// `not_found` if it does not exist; `invalid_input` for an invalid value and for another revision; `storage` if it cannot be
/// written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let now = Timestamp::now();
    let expires_at = match request.expires.as_deref() {
        None => None,
        Some("never") => Some(None),
        Some(text) => Some(Some(Timestamp::parse_expiry(text, now)?)),
    };
    let vector = match request.vector.as_deref() {
        Some([]) if request.vector_model.is_none() => Some(None),
        numbers => model_vector(numbers, request.vector_model.as_deref())?.map(Some),
    };
    let change = Change {
        content: request.content.as_deref(),
        kind: request.kind.as_deref().map(Kind::parse).transpose()?,
        title: request.title.as_deref(),
        tags: request.tags.as_deref(),
        importance: request.importance,
        expires_at,
        confirmed: request.confirmed,
        vector: vector.as_ref().map(Option::as_ref),
        revision: request.revision,
    };
    change.check()?;
    let changed = runtime.with_existing_db(|db| db.memory().update(id, &change))?;
    let entry = changed.ok_or_else(|| no_entry(id))?.into();
    Ok(Response { entry })
}
