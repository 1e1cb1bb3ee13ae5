//! Exports keys and values as JSON lines.

use crate::operations::store::list_values;
use crate::runtime::Runtime;
use crate::wire::{Result, json::to_json};
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
    /// One JSON object on each line: `key`, `value` or `value_base64`, `updated_at`.
    pub text: String,
    pub count: usize,
}

/// Writes entries in byte order of their keys; `store_import` reads them.
///
/// # Errors
///
/// `storage` if the database cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let mut text = String::new();
    let count = each(runtime, request, |line| {
        text.push_str(line);
        text.push('\n');
        true
    })?;
    Ok(Response { text, count })
}

/// Calls `write` with each line until it returns false, and returns the number of lines. The errors are those of [`run`].
pub fn each(runtime: &Runtime, request: &Request, mut write: impl FnMut(&str) -> bool) -> Result<usize> {
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
