//! Proposes entries that nearly say the same.

use crate::runtime::Runtime;
use crate::wire::{MemoryEntry, Result};
use clawpowers_executor::memory::{Duplicates, check_shared};
use serde::{Deserialize, Serialize};

const DEFAULT_LIMIT: usize = 20;
const DEFAULT_SHARED: f64 = 0.6;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Compare only entries of this project, and those of none.
    pub project: Option<String>,
    /// The share of the words of two entries that must be in both, above 0 and at most 1 (default: 0.6).
    pub min_shared: Option<f64>,
    /// The number of groups to return (default: 20).
    #[serde(default, deserialize_with = "crate::wire::number::count")]
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Entries that nearly say the same, those of the most alike entries first. Nothing was changed.
    pub groups: Vec<DuplicateGroup>,
    /// The number of groups that were found.
    pub found: usize,
    /// The number of entries that were compared.
    pub compared: usize,
    /// Whether some entries were not compared with all others, because more than 100 have the same rare words.
    pub bounded: bool,
}

/// An entry, and others that nearly say the same.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DuplicateGroup {
    /// The one to keep: confirmed before not confirmed, then the most used, the most important, the latest.
    pub keep: MemoryEntry,
    /// The others.
    pub others: Vec<DuplicateEntry>,
}

/// An entry that nearly says the same as the one to keep, and why it is proposed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DuplicateEntry {
    pub entry: MemoryEntry,
    /// The share of the words of both entries that is in both, from 0 to 1; values and words such as `the` do not count.
    pub shared: f64,
    /// Words that only this entry has, at most 8.
    pub only_here: Vec<String>,
    /// Words that only the entry to keep has, at most 8.
    pub only_in_keep: Vec<String>,
}

impl From<Duplicates> for Response {
    fn from(found: Duplicates) -> Self {
        let groups = found.groups.into_iter().map(|group| {
            let others = group.others.into_iter().map(|one| DuplicateEntry {
                entry: one.entry.into(),
                shared: one.shared,
                only_here: one.only_here,
                only_in_keep: one.only_in_keep,
            });
            DuplicateGroup {
                keep: group.keep.into(),
                others: others.collect(),
            }
        });
        Self {
            groups: groups.collect(),
            found: found.found,
            compared: found.compared,
            bounded: found.bounded,
        }
    }
}

/// Proposes entries that nearly say the same, although their fingerprints differ; nothing is changed.
///
/// Superseded and expired entries, entries that are linked, and those of different projects are not compared with each other.
/// `memory_link` with `supersedes`, `memory_correct` and `memory_delete` act on a proposal.
///
/// # Errors
///
/// `invalid_input` for a share that is not above 0 and at most 1; `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let shared = request.min_shared.unwrap_or(DEFAULT_SHARED);
    check_shared(shared)?;
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
    let project = request.project.as_deref();
    let found = runtime.with_existing_db(|db| db.memory().duplicates(project, shared, limit))?;
    Ok(found.unwrap_or_default().into())
}
