//! Lists keys.

use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_executor::Pattern;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A prefix, or a pattern with `*`, `?` and `[…]` (default: every key).
    pub pattern: Option<String>,
}

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
/// `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    let keys = runtime
        .with_existing_db(|db| db.store().list(&pattern))?
        .unwrap_or_default();
    Ok(Response { keys })
}

/// Calls `each` with each key until it returns false.
///
/// # Errors
///
/// Like [`run`]; a damaged row is an error after all others.
pub fn each(runtime: &Runtime, request: &Request, each: impl FnMut(&str) -> bool) -> Result<()> {
    let pattern = Pattern::new(request.pattern.as_deref().unwrap_or_default());
    runtime.with_existing_db(|db| db.store().each_key(&pattern, each))?;
    Ok(())
}
