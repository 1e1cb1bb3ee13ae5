//! Deletes an entry so that its text is not left in the database.

use crate::runtime::Runtime;
use crate::wire::Result;
use crate::wire::memory::{entry_id, no_entry};
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
    /// The id that the entry had; it is not used again.
    pub id: String,
    /// Whether no byte of its text is left in the database and its WAL. `false` if another process was in a transaction: the
    /// WAL contains the text until a later write truncates it.
    pub erased: bool,
    /// The ids of entries that it superseded, or that superseded it: they may say the same.
    pub related: Vec<String>,
}

/// Deletes an entry so that no byte of its text is left in the database.
///
/// # Errors
///
/// `not_found` if it does not exist; `invalid_input` for an id that is not a number; `storage` if it cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let id = entry_id(&request.id)?;
    let forgotten = runtime.with_existing_db(|db| db.memory().forget(id))?;
    let forgotten = forgotten.ok_or_else(|| no_entry(id))?;
    Ok(Response {
        id: id.to_string(),
        erased: forgotten.erased,
        related: forgotten.related.iter().map(i64::to_string).collect(),
    })
}
