//! Lists keys.

use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use clawpowers_executor::Pattern;
use serde::{Deserialize, Serialize};

/// Which keys.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A prefix, or a pattern with `*`, `?` and `[…]` (default: every key).
    #[serde(default)]
    pub pattern: Option<String>,
}

/// The keys.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The keys, in byte order.
    pub keys: Vec<String>,
}

/// Lists keys.
///
/// # Errors
///
/// `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    let keys = runtime.read(|db| Ok(db.store().list(&pattern)?))?;
    Ok(Response {
        keys: keys.unwrap_or_default(),
    })
}

/// Hands over the keys one by one, for what writes them on, until `each` answers `false`.
///
/// # Errors
///
/// As [`run`]; a damaged row is an error after every other one was handed over.
pub fn each(runtime: &Runtime, request: &Request, each: impl FnMut(&str) -> bool) -> Result<(), ApiError> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    runtime.read(|db| Ok(db.store().each_key(&pattern, each)?))?;
    Ok(())
}
