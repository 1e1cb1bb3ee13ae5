//! Writes what can still be read of a damaged database to a new home.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::Home;
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The new home: a folder that does not exist yet, or has no database.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub to: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub home: String,
    /// Keys that were recovered with their values.
    pub keys: u64,
    pub executions: u64,
    /// Remembered entries.
    pub entries: u64,
    /// Tasks with their saved states.
    pub checkpoints: u64,
    /// Keys whose values are lost.
    pub lost_keys: u64,
    /// The first 1,000 of them.
    pub lost_key_names: Vec<String>,
    pub lost_executions: u64,
    /// Remembered entries that are lost.
    pub lost_entries: u64,
    /// Pages of the file that are damaged.
    pub damaged_pages: u64,
    /// Whether the counts of what is lost are complete; they are not if a table and its index are both damaged.
    pub exact: bool,
}

/// Writes everything that can still be read of the database to a new home; the damaged file is only read. The statistics
/// of the skills are computed again. Other files of the home, such as config.json, are not copied.
///
/// # Errors
///
/// `invalid_input` for an empty path, and if the new home has a database; `not_found` if this one has none; `storage` if it
/// cannot be read or the new one cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`recover`")?;
    let to = Home::new(runtime.folder(&request.to, "use a folder that does not exist yet")?);
    let recovered = clawpowers_executor::recover(&runtime.home()?, &to)?;
    Ok(Response {
        home: display_path(to.folder()),
        keys: recovered.keys,
        executions: recovered.executions,
        entries: recovered.entries,
        checkpoints: recovered.checkpoints,
        lost_keys: recovered.lost_keys,
        lost_key_names: recovered.lost_key_names,
        lost_executions: recovered.lost_executions,
        lost_entries: recovered.lost_entries,
        damaged_pages: recovered.damaged_pages,
        exact: recovered.exact,
    })
}
