//! Imports entries: of other homes, of 1.x and 2.x, of other programs, and notes.

use super::notes;
use crate::operations::metrics::import::Skipped;
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_executor::Pattern;
use clawpowers_executor::memory::import::{Format, Importer, Origin, Report};
use clawpowers_loader::display::quote;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::BufRead;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A file, or a folder with files of any format.
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: Option<String>,
    /// The content of a file.
    pub text: Option<String>,
    /// Import the keys of the store that match this prefix or pattern, such as `debug:hypothesis:*`; they stay. Exactly one of
    /// `path`, `text` and `store_keys` is required.
    pub store_keys: Option<String>,
    /// `clawpowers` (an export), `patterns` (of 1.x), `episodic`, `procedural` or `checkpoint` (of 2.x), `mcp` (the file of the
    /// official memory server) or `markdown`: import only this format, and read every file as it (default: every format that is found).
    pub format: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Entries that were created.
    pub created: u64,
    /// Entries that were merged with others, which only differ in values.
    pub merged: u64,
    /// Entries that were imported before and have changed in their source since.
    pub updated: u64,
    /// Entries and states of tasks that were imported before.
    pub known: u64,
    /// Links that were added.
    pub links: u64,
    /// States of tasks that were saved.
    pub checkpoints: u64,
    /// How many lines and files were skipped or changed, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The first 1,000 of them.
    pub skipped: Vec<Skipped>,
}

impl From<Report> for Response {
    fn from(report: Report) -> Self {
        Self {
            created: report.created,
            merged: report.merged,
            updated: report.updated,
            known: report.known,
            links: report.links,
            checkpoints: report.checkpoints,
            reasons: report.notes.reasons,
            skipped: report.notes.skipped.into_iter().map(Skipped::from).collect(),
        }
    }
}

/// Imports entries and states of tasks. Known entries are not imported again; those whose source changed are updated, and
/// those that were deleted here stay deleted. The originals are not changed.
///
/// # Errors
///
/// `invalid_input` unless exactly one of `path`, `text` and `store_keys` is given, and for an unknown format; `io` if the
/// path cannot be read; `storage` if the database cannot be written.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let format = request.format.as_deref().map(Format::parse).transpose()?;
    match (&request.path, &request.text, &request.store_keys) {
        (Some(path), None, None) => from_path(runtime, path, format),
        (None, Some(text), None) => from_reader(runtime, text.as_bytes(), "text", request.format.as_deref()),
        (None, None, Some(pattern)) => {
            let pattern = Pattern::new(pattern);
            import(runtime, |importer| importer.keys(&pattern))
        }
        _ => Err(
            ApiError::invalid_input("exactly one of `path`, `text` and `store_keys` is required")
                .hint("pass the path of a file or a folder, the text itself, or a pattern of keys"),
        ),
    }
}

/// Imports from any reader, with the errors of [`run`]; `source` is its name in the report.
pub fn from_reader(
    runtime: &Runtime,
    mut reader: impl BufRead,
    source: &str,
    format: Option<&str>,
) -> Result<Response> {
    let format = format.map(Format::parse).transpose()?;
    let origin = Origin {
        name: source,
        place: None,
    };
    import(runtime, |importer| match format {
        Some(Format::Markdown) => notes::read(importer, reader, origin, None),
        format => importer.file(&mut reader, origin, format),
    })
}

fn from_path(runtime: &Runtime, named: &str, format: Option<Format>) -> Result<Response> {
    runtime.needs_disk("a file to import")?;
    let path = runtime.folder(named, "pass the path of a file or a folder")?;
    let unreadable = |error: std::io::Error| {
        ApiError::io(format!("{} cannot be read: {error}", quote(named)))
            .hint("pass the path of a file or a folder that this user can read")
    };
    let found = path.metadata().map_err(unreadable)?;
    if found.is_dir() {
        let root = path.canonicalize().map_err(unreadable)?;
        return import(runtime, |importer| notes::folder(importer, &root, format));
    }
    if !found.is_file() {
        let message = format!("{} is neither a file nor a folder", quote(named));
        return Err(ApiError::io(message).hint("pass a regular file, or a folder"));
    }
    import(runtime, |importer| notes::file(importer, &path, named, format))
}

fn import(
    runtime: &Runtime,
    read: impl FnOnce(&mut Importer<'_>) -> clawpowers_executor::Result<()>,
) -> Result<Response> {
    let report = runtime.with_db(|db| db.memory().import(read))?;
    Ok(report.into())
}
