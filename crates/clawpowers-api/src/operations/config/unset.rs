//! Removes one setting.

use crate::config::key::Key;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::error::ApiError;
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Which setting to remove.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name of the setting, with dots between the levels.
    pub key: String,
}

/// What was removed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The name, as it was spelled in the file.
    pub key: String,
    /// The previous value.
    pub previous: Value,
    /// The path of config.json.
    pub path: String,
}

/// Removes a setting from config.json: all else stays as it is, byte for byte. An object that is empty afterwards stays.
///
/// # Errors
///
/// `not_found` where the file does not have the setting; `invalid_input` for a key that is none; `invalid_config` for a file
/// that is not a JSON object or holds a name twice; `io` where it cannot be read or written; `storage` (`busy`) where
/// another process holds `config.lock` for more than 30 seconds. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("config.json")?;
    let key = Key::parse(&request.key)?;
    let path = file::path_of(runtime)?;
    // What is refused leaves no trace, so no lock file is made before it is known that there is something to write.
    plan(&path, &key)?;
    let _held = file::hold(&path)?;
    let (response, bytes) = plan(&path, &key)?;
    file::write(&path, &bytes)?;
    Ok(response)
}

/// Works out what the file would hold.
fn plan(path: &Path, key: &Key) -> Result<(Response, Vec<u8>), ApiError> {
    let document = file::read(path)?;
    let nothing = serde_json::Map::new();
    let map = document.as_ref().map_or(&nothing, |document| &document.value);
    let key = key.clone().spelled_in(map);
    let Some((names, previous)) = key.find(map) else {
        return Err(settings::unknown(&key, map));
    };
    let bytes = file::changed(path, document.as_ref(), &names, None)?;
    let response = Response {
        key: key.as_str().to_owned(),
        previous: settings::readable(previous),
        path: display_path(path),
    };
    Ok((response, bytes))
}
