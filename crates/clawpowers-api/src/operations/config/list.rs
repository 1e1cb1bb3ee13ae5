//! Lists the settings.

use crate::config::key::leaves;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The path of config.json, even if it does not exist.
    pub path: String,
    pub exists: bool,
    /// The format of the file: `1.x`, `2.x`, `mixed` if it has settings of both, `other` if of neither, or `none` if it
    /// has no settings.
    pub dialect: &'static str,
    /// The settings in the order of the file.
    pub entries: Vec<Setting>,
}

/// A setting.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Setting {
    /// The dotted key, such as `payments.mode`.
    pub key: String,
    /// The value: any JSON except an object with members.
    pub value: Value,
}

/// Lists the settings of config.json; there are none if it does not exist.
///
/// # Errors
///
/// `invalid_config` for a file that is not a JSON object; `io` if it cannot be read.
pub fn run(runtime: &Runtime, _: &Request) -> Result<Response> {
    runtime.needs_disk("config.json")?;
    let path = file::path_of(runtime)?;
    let document = file::read(&path)?;
    let exists = document.is_some();
    let map = document.map(|document| document.value).unwrap_or_default();
    let entries = leaves(&map).into_iter().map(|(key, value)| Setting {
        key,
        value: settings::readable(value),
    });
    Ok(Response {
        path: display_path(&path),
        exists,
        dialect: settings::format(&map),
        entries: entries.collect(),
    })
}
