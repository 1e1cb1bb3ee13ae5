//! Shows the runtime home.

use super::notes::Place;
use crate::operations::feedback::analyze;
use crate::runtime::{HomeSource, Runtime};
use crate::wire::{self, ApiError, Result};
use clawpowers_executor::ledger::Filter;
use clawpowers_executor::memory::{Counts, Kind};
use clawpowers_executor::{Journal, SCHEMA_VERSION};
use clawpowers_feedback::Recommendation;
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;

/// The number of executions that are shown.
const LAST: usize = 5;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    pub home: String,
    /// What the path of the home comes from: `option`, `CLAWPOWERS_DIR`, `XDG_STATE_HOME`, or `default`, which is the user's home
    /// folder; `null` in memory.
    pub home_source: Option<&'static str>,
    /// The network or shared file system that the home is on: `nfs`, `smb`, `9p`, `fuse`, or another name; `null` on an
    /// ordinary disk, and if the system does not say.
    pub file_system: Option<&'static str>,
    /// The path of the database; `null` if nothing has been written yet.
    pub database: Option<String>,
    /// How writes are protected: `wal`, or `rollback` on a network or shared file system, and in a file that another tool set to
    /// it; `null` if there is no file.
    pub journal: Option<&'static str>,
    /// Whether this user can read the database but not write to it.
    pub read_only: bool,
    /// Facts about the database that are not problems.
    pub notes: Vec<String>,
    /// The version of its schema.
    pub schema: i32,
    /// Its size in bytes, including the WAL.
    pub bytes: u64,
    pub keys: i64,
    /// The number of entries that are remembered, by kind; empty if there are none.
    pub entries: BTreeMap<&'static str, u64>,
    /// The number of tasks with a saved state.
    pub checkpoints: u64,
    /// The number of skills with executions.
    pub skills: usize,
    /// Statistics of all executions.
    pub executions: wire::Figures,
    /// The last five executions.
    pub last: Vec<wire::Execution>,
    /// The recommendations of `analyze` of the kinds `worse` and `low`.
    pub recommendations: Vec<Recommendation>,
}

/// Shows the home without changing anything. If there is no home yet, every number is 0.
///
/// # Errors
///
/// `io` if the home is not a folder; `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, _request: &Request) -> Result<Response> {
    location(runtime)?;
    let mut analysis = analyze::run(runtime, &analyze::Request::default())?;
    analysis.recommendations.retain(|one| one.kind.is_failing());
    let found = runtime.with_existing_db(|db| {
        let last = db.ledger().last(&Filter::default(), LAST)?;
        let counts = db.memory().counts()?;
        Ok::<_, ApiError>((db.store().count()?, last, Place::of(db)?, counts))
    })?;
    // Measured now: the first call on a 1.x home creates the database.
    let (home, database, bytes) = location(runtime)?;
    let exists = found.is_some();
    let (keys, last, place, counts) = match found {
        Some(found) => found,
        None => (0, Vec::new(), Place::of_missing(runtime), Counts::default()),
    };
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str()).zip(counts.kinds);
    Ok(Response {
        home,
        home_source: runtime.home_source().map(HomeSource::as_str),
        file_system: place.file_system,
        database: exists.then_some(database),
        journal: place.journal.map(Journal::as_str),
        read_only: place.read_only,
        notes: place.notes(),
        schema: SCHEMA_VERSION,
        bytes,
        keys,
        entries: kinds.filter(|(_, count)| *count > 0).collect(),
        checkpoints: counts.checkpoints,
        skills: analysis.skills.len(),
        executions: analysis.all,
        last: last.into_iter().map(wire::Execution::from).collect(),
        recommendations: analysis.recommendations,
    })
}

/// Returns the home, its database, and the size of the database.
fn location(runtime: &Runtime) -> Result<(String, String, u64)> {
    if !runtime.has_disk() {
        let found =
            runtime.with_existing_db(|db| Ok::<_, ApiError>((display_path(db.path()), db.bytes()?)))?;
        let (name, bytes) = found.unwrap_or_else(|| ("memory".to_owned(), 0));
        return Ok((name.clone(), name, bytes));
    }
    let home = runtime.home()?;
    let shown = display_path(home.folder());
    if home.folder().exists() && !home.folder().is_dir() {
        return Err(
            ApiError::io(format!("the runtime home {} is not a folder", quote(&shown)))
                .hint("choose another home with {--home} or in `CLAWPOWERS_DIR`"),
        );
    }
    let database = home.database();
    let size = |suffix: &str| {
        let mut name = database.clone().into_os_string();
        name.push(suffix);
        fs::metadata(name).map_or(0, |metadata| metadata.len())
    };
    Ok((shown, display_path(&database), size("") + size("-wal")))
}
