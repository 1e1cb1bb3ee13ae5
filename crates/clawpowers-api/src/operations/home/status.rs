//! Shows the runtime home.

use crate::operations::feedback::analyze;
use crate::runtime::Runtime;
use crate::wire;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::SCHEMA_VERSION;
use clawpowers_executor::ledger::Filter;
use clawpowers_feedback::Recommendation;
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};
use std::fs;

/// How many executions are shown.
const LAST: usize = 5;

/// No fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

/// The home.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The folder.
    pub home: String,
    /// The path of the database; `null` if nothing has been written yet.
    pub database: Option<String>,
    /// The version of its schema.
    pub schema: i32,
    /// Its size in bytes, including the WAL.
    pub bytes: u64,
    /// The number of keys.
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

/// Shows the home; nothing is changed. Where there is no home yet every figure is 0.
///
/// # Errors
///
/// `io` where the home is no folder; `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, _request: &Request) -> Result<Response, ApiError> {
    if !runtime.has_disk() {
        return without_home(runtime);
    }
    let home = runtime.home()?;
    if home.folder().exists() && !home.folder().is_dir() {
        let shown = quote(&display_path(home.folder()));
        return Err(
            ApiError::new(ErrorCode::Io, format!("the runtime home {shown} is not a folder"))
                .hint("name another home with {--home} or in `CLAWPOWERS_DIR`"),
        );
    }
    let database = home.database();
    let size = |suffix: &str| {
        let mut name = database.clone().into_os_string();
        name.push(suffix);
        fs::metadata(name).map_or(0, |metadata| metadata.len())
    };
    let mut response = shown(runtime, display_path(home.folder()), &display_path(&database))?;
    response.bytes = size("") + size("-wal");
    Ok(response)
}

/// Shows a runtime that has no home on disk.
fn without_home(runtime: &Runtime) -> Result<Response, ApiError> {
    let found = runtime.read(|db| Ok((display_path(db.path()), db.bytes()?)))?;
    let (name, bytes) = found.unwrap_or_else(|| ("memory".to_owned(), 0));
    let mut response = shown(runtime, name.clone(), &name)?;
    response.bytes = bytes;
    Ok(response)
}

fn shown(runtime: &Runtime, home: String, database: &str) -> Result<Response, ApiError> {
    let mut analysis = analyze::run(runtime, &analyze::Request::default())?;
    analysis.recommendations.retain(|one| one.kind.is_failing());
    let found = runtime.read(|db| Ok((db.store().count()?, db.ledger().last(&Filter::default(), LAST)?)))?;
    let there = found.is_some();
    let (keys, last) = found.unwrap_or_default();
    Ok(Response {
        home,
        database: there.then(|| database.to_owned()),
        schema: SCHEMA_VERSION,
        bytes: 0,
        keys,
        skills: analysis.skills.len(),
        executions: analysis.all,
        last: last.into_iter().map(wire::Execution::from).collect(),
        recommendations: analysis.recommendations,
    })
}
