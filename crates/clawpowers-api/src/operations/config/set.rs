//! Changes one setting.

use crate::config::key::Key;
use crate::config::{file, settings};
use crate::runtime::Runtime;
use crate::wire::{ApiError, ErrorCode, Result};
use clawpowers_loader::display::display_path;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The dotted key, such as `payments.mode`.
    pub key: String,
    /// The value as text, parsed by the type of the setting. Exactly one of `text` and `value` is required.
    pub text: Option<String>,
    /// The value as JSON, including `null`. Exactly one of `text` and `value` is required.
    #[serde(default, deserialize_with = "given")]
    pub value: Option<Value>,
}

/// Distinguishes `null` from a missing value.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The name, as the file spells it.
    pub key: String,
    pub value: Value,
    /// The previous value; `null` if there was none.
    pub previous: Option<Value>,
    /// Whether the file was written. It is not written if the value is the same.
    pub changed: bool,
    /// The path of config.json.
    pub path: String,
}

/// Changes a setting of config.json and no other byte.
///
/// The file is created if it does not exist, and replaced atomically. If the file has the setting in the spelling of the other
/// release, that spelling is kept. Concurrent changes are all kept.
///
/// # Errors
///
/// `invalid_request` unless either `text` or `value` is given; `invalid_input` for an invalid key, for a setting that no
/// release knows and that the file does not have, and for a value that the setting does not accept; `invalid_config` for a
/// file that is not a JSON object or has a duplicate key; `io` if it cannot be read or written; `storage` (`busy`) if another
/// process holds `config.lock` for more than 30 seconds. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    runtime.needs_disk("config.json")?;
    if request.text.is_some() == request.value.is_some() {
        let message = "the request is not valid: it needs either `text` or `value`";
        return Err(ApiError::new(ErrorCode::InvalidRequest, message)
            .hint("docs/reference.md lists the fields of each operation"));
    }
    let key = Key::parse(&request.key)?;
    let path = file::path_of(runtime)?;
    file::update(&path, |document, map| {
        let key = key.clone().spelled_in(map);
        let names = key.place(map)?;
        let previous = key.find(map).map(|(_, value)| value);
        let value = match (&request.text, &request.value) {
            (Some(text), _) => settings::coerced(key.as_str(), text, previous)?,
            (None, value) => value.clone().unwrap_or_default(),
        };
        settings::check_known(key.as_str(), &value, map)?;
        settings::check_numbers(key.as_str(), &value)?;
        settings::check(key.as_str(), &value)?;
        let changed = previous != Some(&value);
        let bytes = changed.then(|| file::changed(&path, document, &names, Some(&value)));
        let response = Response {
            key: key.as_str().to_owned(),
            value: settings::readable(&value),
            previous: previous.map(settings::readable),
            changed,
            path: display_path(&path),
        };
        Ok((response, bytes.transpose()?))
    })
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
