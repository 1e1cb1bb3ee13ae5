//! Counts entries.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::memory::Stats;
use serde::{Deserialize, Serialize};

/// The number of projects that are listed.
const MAX_PROJECTS: usize = 100;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Count only entries of this project, and those of none.
    pub project: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The number of entries, with those that searches leave out.
    pub entries: u64,
    /// The number of entries of each kind.
    pub kinds: Vec<NameCount>,
    /// The number of entries of each source.
    pub sources: Vec<NameCount>,
    /// The number of entries of each project, the largest first, at most 100 projects.
    pub projects: Vec<ProjectCount>,
    /// The number of projects that are not listed.
    pub more_projects: usize,
    /// The number of entries that are not confirmed.
    pub unconfirmed: u64,
    /// The number of entries that others replace.
    pub superseded: u64,
    /// The number of expired entries.
    pub expired: u64,
    /// The number of entries that others were merged with.
    pub merged: u64,
    /// How often entries were created, merged ones included.
    pub uses: u64,
    /// The bytes of titles, contents and examples.
    pub bytes: u64,
    /// The number of entries with a vector.
    pub vectors: u64,
    /// The number of links, of all projects.
    pub links: u64,
    /// The number of tasks with a saved state.
    pub checkpoints: u64,
    /// When the first entry was created.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub oldest_at: Option<String>,
    /// When the last entry was created.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub newest_at: Option<String>,
}

/// A name and how many entries have it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NameCount {
    pub name: String,
    pub count: u64,
}

/// A project and how many entries it has.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectCount {
    /// `null` counts the entries that belong to no project.
    pub project: Option<String>,
    pub count: u64,
}

impl From<Stats> for Response {
    fn from(stats: Stats) -> Self {
        let named = |name: &str, count| NameCount {
            name: name.to_owned(),
            count,
        };
        let kinds = stats
            .kinds
            .iter()
            .map(|(kind, count)| named(kind.as_str(), *count));
        let sources = stats
            .sources
            .iter()
            .map(|(source, count)| named(source.as_str(), *count));
        let more_projects = stats.projects.len().saturating_sub(MAX_PROJECTS);
        let projects = stats.projects.into_iter().take(MAX_PROJECTS);
        Self {
            entries: stats.entries,
            kinds: kinds.collect(),
            sources: sources.collect(),
            projects: projects
                .map(|(project, count)| ProjectCount { project, count })
                .collect(),
            more_projects,
            unconfirmed: stats.unconfirmed,
            superseded: stats.superseded,
            expired: stats.expired,
            merged: stats.merged,
            uses: stats.uses,
            bytes: stats.bytes,
            vectors: stats.vectors,
            links: stats.links,
            checkpoints: stats.checkpoints,
            oldest_at: stats.oldest.map(|time| time.to_string()),
            newest_at: stats.newest.map(|time| time.to_string()),
        }
    }
}

/// Counts entries.
///
/// # Errors
///
/// `storage` if they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let stats = runtime.with_existing_db(|db| db.memory().stats(request.project.as_deref()))?;
    Ok(stats.unwrap_or_else(Stats::none).into())
}
