//! Creates the runtime home.

use crate::operations::home::shims;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The folder to write the 1.x scripts to; they call this program.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub legacy_shims: Option<String>,
    /// The program that the scripts call (default: `clawpowers`).
    pub program: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub home: String,
    /// How many folders were created; 7 for a new home.
    pub folders_created: usize,
    pub version: &'static str,
    /// The scripts that were written.
    pub shims: Vec<String>,
}

/// Creates the home with the folders that skills of 1.x expect, and its database. What exists is kept.
///
/// # Errors
///
/// `invalid_input` for an empty path, and if a script would replace a file that this program did not write; `storage` and
/// `io` if a file operation fails.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("`init`")?;
    let folder = |folder: &String| runtime.folder(folder, "pass the folder in which to write the scripts");
    let shims = request.legacy_shims.as_ref().map(folder).transpose()?;
    let home = runtime.home()?;
    let folders_created = home.create_all()?;
    runtime.with_db(|_| Ok::<_, ApiError>(()))?;
    let program = request.program.as_deref().unwrap_or("clawpowers");
    let shims = shims.map(|folder| shims::write(&folder, program)).transpose()?;
    Ok(Response {
        home: display_path(home.folder()),
        folders_created,
        version: env!("CARGO_PKG_VERSION"),
        shims: shims.unwrap_or_default(),
    })
}
