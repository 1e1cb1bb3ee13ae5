//! Removes one setting.

use crate::config::key::Key;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::Result;
use clawpowers_loader::display::display_path;
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
    /// The name, as it was spelled in the file.
    pub key: String,
    pub previous: Value,
    /// The path of config.json.
    pub path: String,
}

/// Removes a setting from config.json and no other byte. An object that becomes empty is kept.
///
/// # Errors
///
/// `not_found` if the file does not have the setting; `invalid_input` for an invalid key; `invalid_config` for a file that is
/// not a JSON object or has a duplicate key; `io` if it cannot be read or written; `storage` (`busy`) if another process holds
/// `config.lock` for more than 30 seconds. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("config.json")?;
    let key = Key::parse(&request.key)?;
    let path = file::path_of(runtime)?;
    file::update(&path, |document, map| {
        let key = key.clone().spelled_in(map);
        let (names, previous) = key.find(map).ok_or_else(|| settings::unknown(&key, map))?;
        let bytes = file::changed(&path, document, &names, None)?;
        let response = Response {
            key: key.as_str().to_owned(),
            previous: settings::readable(previous),
            path: display_path(&path),
        };
        Ok((response, Some(bytes)))
    })
}
