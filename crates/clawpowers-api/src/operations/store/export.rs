//! Writes keys and values as JSON lines.

use crate::operations::store::list_values;
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use crate::wire::json::to_json;
use serde::{Deserialize, Serialize};

/// Which keys to write.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// A prefix, or a pattern with `*`, `?` and `[…]` (default: every key).
    #[serde(default)]
    pub pattern: Option<String>,
}

/// The entries as text.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// One JSON object on each line: `key`, `value` or `value_base64`, `updated_at`.
    pub text: String,
    /// The number of entries.
    pub count: usize,
}

/// Writes entries in the order of their keys' bytes; `store_import` reads them.
///
/// # Errors
///
/// `storage` where the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let mut text = String::new();
    let count = each(runtime, request, |line| {
        text.push_str(line);
        text.push('\n');
        true
    })?;
    Ok(Response { text, count })
}

/// Hands over the lines one by one until `write` answers `false`, and returns how many there were.
///
/// # Errors
///
/// As [`run`].
pub fn each(
    runtime: &Runtime,
    request: &Request,
    mut write: impl FnMut(&str) -> bool,
) -> Result<usize, ApiError> {
    let mut count = 0;
    let request = list_values::Request {
        pattern: request.pattern.clone(),
    };
    list_values::each(runtime, &request, |entry| {
        count += 1;
        write(&to_json(&entry))
    })?;
    Ok(count)
}
