//! Exports entries as JSON lines.

use crate::atomic_write::write_whole;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_executor::memory::Exported;
use clawpowers_loader::display::quote;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Include checkpoints: the saved states of tasks.
    #[serde(default)]
    pub checkpoints: bool,
    /// Write to this file, atomically, instead of returning the text.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub output: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// One JSON object on each line; `null` if a file was written.
    pub text: Option<String>,
    /// The number of entries.
    pub count: usize,
    /// The number of states of tasks.
    pub checkpoints: usize,
}

/// Writes every entry with its links, in the order of their ids; `memory_import` reads them in another home.
///
/// # Errors
///
/// `invalid_input` for an empty path, and for one of a device or of the database; `io` if the file cannot be written; `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let output = request.output.as_deref().map(|named| {
        runtime.needs_disk("a file to export to")?;
        if named.is_empty() {
            return Err(ApiError::invalid_input("the path of the file is empty")
                .hint("pass the path of the file to write"));
        }
        target(runtime, named)
    });
    let output = output.transpose()?;
    let mut text = String::new();
    let written = each(runtime, request, |line| {
        text.push_str(line);
        text.push('\n');
        true
    })?;
    if let (Some(path), Some(named)) = (&output, &request.output) {
        write_whole(path, text.as_bytes()).map_err(|error| {
            ApiError::io(format!("{} cannot be written: {error}", quote(named)))
                .hint("use a file in a folder that exists and that this user can write to")
        })?;
    }
    Ok(Response {
        text: output.is_none().then_some(text),
        count: written.entries,
        checkpoints: written.checkpoints,
    })
}

/// Returns the file to write: what a symlink leads to, and neither a device nor a file of the database.
fn target(runtime: &Runtime, named: &str) -> Result<PathBuf> {
    let path = runtime.absolute(named.as_ref());
    let path = path.canonicalize().unwrap_or(path);
    let rejected = |what: &str| ApiError::invalid_input(format!("{} {what}", quote(named)));
    if path.exists() && !path.is_file() {
        return Err(rejected("is not a file").hint("pass the path of a file, or use stdout"));
    }
    let home = runtime.home_folder().and_then(|home| home.canonicalize().ok());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    let name = path.file_name().map(|name| name.to_string_lossy());
    let is_database = name.is_some_and(|name| name.starts_with("clawpowers.db"));
    if is_database && home.is_some() && home == folder {
        return Err(rejected("is a file of the database").hint("pass the path of another file"));
    }
    Ok(path)
}

/// Calls `write` with each line until it returns false. The errors are those of [`run`].
pub fn each(runtime: &Runtime, request: &Request, write: impl FnMut(&str) -> bool) -> Result<Exported> {
    let written = runtime.with_existing_db(|db| db.memory().export(request.checkpoints, write))?;
    Ok(written.unwrap_or_default())
}
