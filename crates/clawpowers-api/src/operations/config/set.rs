//! Changes one setting.

use crate::config::key::Key;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::Path;

/// What to change.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name of the setting, with dots between the levels.
    pub key: String,
    /// The value as text, parsed by the type of the setting. Exactly one of `text` and `value` is required.
    #[serde(default)]
    pub text: Option<String>,
    /// The value as JSON, including `null`. Exactly one of `text` and `value` is required.
    #[serde(default, deserialize_with = "given")]
    pub value: Option<Value>,
}

/// Keeps a value that is null apart from one that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What was changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The name, as the file spells it.
    pub key: String,
    /// The new value.
    pub value: Value,
    /// The previous value; `null` if there was none.
    pub previous: Option<Value>,
    /// Whether the file was written. It is not written if the value is the same.
    pub changed: bool,
    /// The path of config.json.
    pub path: String,
}

/// Changes a setting of config.json in its text: all else stays as it is, byte for byte.
///
/// Where there is no file it is made. A setting that the file spells as the other of 1.x and 2.x did keeps that spelling.
/// The file is replaced as a whole or not at all, and two callers at once lose nothing.
///
/// # Errors
///
/// `invalid_request` unless there is either `text` or `value`; `invalid_input` for a key that is none, for a setting that no
/// release knows and the file does not have, and for a value that the setting does not take; `invalid_config` for a file
/// that is not a JSON object or holds a name twice; `io` where it cannot be read or written; `storage` (`busy`) where
/// another process holds `config.lock` for more than 30 seconds. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    runtime.needs_disk("config.json")?;
    if request.text.is_some() == request.value.is_some() {
        let message = "the request is not valid: it needs either `text` or `value`";
        return Err(ApiError::new(ErrorCode::InvalidRequest, message)
            .hint("docs/reference.md lists the fields of each operation"));
    }
    let key = Key::parse(&request.key)?;
    let path = file::path_of(runtime)?;
    // What is refused leaves no trace, so no folder is made before it is known that there is something to write.
    let (response, _) = plan(&path, &key, request)?;
    if !response.changed {
        return Ok(response);
    }
    let _held = file::hold(&path)?;
    let (response, bytes) = plan(&path, &key, request)?;
    if response.changed {
        file::write(&path, &bytes)?;
    }
    Ok(response)
}

/// Works out what the file would hold; without a change there are no bytes.
fn plan(path: &Path, key: &Key, request: &Request) -> Result<(Response, Vec<u8>), ApiError> {
    let document = file::read(path)?;
    let nothing = serde_json::Map::new();
    let map = document.as_ref().map_or(&nothing, |document| &document.value);
    let key = key.clone().spelled_in(map);
    let names = key.place(map)?;
    let previous = key.find(map).map(|(_, value)| value.clone());
    let value = match (&request.text, &request.value) {
        (Some(text), _) => settings::coerced(key.as_str(), text, previous.as_ref())?,
        (None, value) => value.clone().unwrap_or_default(),
    };
    settings::check_known(key.as_str(), &value, map)?;
    settings::check_numbers(key.as_str(), &value)?;
    settings::check(key.as_str(), &value)?;
    let changed = previous.as_ref() != Some(&value);
    let bytes = match changed {
        true => file::changed(path, document.as_ref(), &names, Some(&value))?,
        false => Vec::new(),
    };
    let response = Response {
        key: key.as_str().to_owned(),
        value: settings::readable(&value),
        previous: previous.as_ref().map(settings::readable),
        changed,
        path: display_path(path),
    };
    Ok((response, bytes))
}

#[cfg(test)]
mod tests {
    use crate::{Options, Runtime};

    #[test]
    fn a_request_has_a_text_or_a_value_and_null_is_a_value() {
        let home = tempfile::tempdir().unwrap();
        let runtime = Runtime::open(Options {
            home: Some(home.path().to_owned()),
            ..Options::default()
        });
        for (request, start) in [
            (
                r#"{"key": "profiles.dev.a", "value": null}"#,
                r#"{"ok":{"key":"profiles.dev.a","value":null,"previous":null,"changed":true,"#,
            ),
            (
                r#"{"key": "profiles.dev.a", "value": null}"#,
                r#"{"ok":{"key":"profiles.dev.a","value":null,"previous":null,"changed":false,"#,
            ),
            (
                r#"{"key": "profiles.dev.a", "text": "7"}"#,
                r#"{"ok":{"key":"profiles.dev.a","value":7,"previous":null,"changed":true,"#,
            ),
            (
                r#"{"key": "profiles.dev.a"}"#,
                r#"{"error":{"code":"invalid_request","#,
            ),
            (
                r#"{"key": "profiles.dev.a", "text": "1", "value": null}"#,
                r#"{"error":{"code":"invalid_request","#,
            ),
            (
                r#"{"key": "profiles.dev.a", "text": "1", "json": true}"#,
                r#"{"error":{"code":"invalid_request","#,
            ),
        ] {
            let reply = runtime.call("config_set", request);
            assert!(reply.starts_with(start), "{request}: {reply}");
        }
    }
}
