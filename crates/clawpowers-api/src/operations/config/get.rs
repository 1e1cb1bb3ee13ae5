//! Reads one setting.

use crate::config::key::Key;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{display_path, quote};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The dotted key, such as `payments.mode`.
    pub key: String,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The name, as the file spells it.
    pub key: String,
    pub value: Value,
    /// Always `file`.
    pub source: &'static str,
}

/// Reads a setting of config.json, under its name in the 1.x or the 2.x format.
///
/// # Errors
///
/// `not_found` if there is no such setting or no file; `invalid_input` for an invalid key; `invalid_config` for a file that
/// is not a JSON object; `io` if it cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("config.json")?;
    let key = Key::parse(&request.key)?;
    let path = file::path_of(runtime)?;
    let Some(document) = file::read(&path)? else {
        let message = format!("there is no {}", quote(&display_path(&path)));
        return Err(ApiError::not_found(message)
            .hint("{config_set key=KEY value=VALUE} creates it, {--home} selects another home"));
    };
    let key = key.spelled_in(&document.value);
    let Some((_, value)) = key.find(&document.value) else {
        return Err(settings::unknown(&key, &document.value));
    };
    Ok(Response {
        value: settings::readable(value),
        key: key.as_str().to_owned(),
        source: "file",
    })
}
