//! Shows the runtime home.

use crate::operations::feedback::analyze;
use crate::runtime::Runtime;
use crate::wire::{self, ApiError, Result};
use clawpowers_executor::SCHEMA_VERSION;
use clawpowers_executor::ledger::Filter;
use clawpowers_feedback::Recommendation;
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};
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
    /// The path of the database; `null` if nothing has been written yet.
    pub database: Option<String>,
    /// The version of its schema.
    pub schema: i32,
    /// Its size in bytes, including the WAL.
    pub bytes: u64,
    pub keys: i64,
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
        Ok::<_, ApiError>((db.store().count()?, last))
    })?;
    // Measured now: the first call on a home of 1.x creates the database.
    let (home, database, bytes) = location(runtime)?;
    let exists = found.is_some();
    let (keys, last) = found.unwrap_or_default();
    Ok(Response {
        home,
        database: exists.then_some(database),
        schema: SCHEMA_VERSION,
        bytes,
        keys,
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
