//! The cases in `cases/OPERATION.json`, whose format README.md describes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawpowers_api::to_json;
use clawpowers_executor::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// The cases of one operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    pub(crate) operation: String,
    pub(crate) cases: Vec<Case>,
}

/// A request with the reply in every language.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) files: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) setup: Vec<(String, Value)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) request_text: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cli: Option<Vec<Bytes>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cli_not: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stdin: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cli_reply: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wasm: Option<Value>,
}

impl Case {
    pub(crate) fn reply(&self) -> Value {
        expanded(self.reply.as_ref().unwrap_or(&Value::Null))
    }
}

/// A string, a generated string, or bytes as `{"$base64": …}`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Bytes(pub(crate) Value);

impl Bytes {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Some(text) = self.0.get("$base64").and_then(Value::as_str) {
            return STANDARD.decode(text).unwrap();
        }
        match expanded(&self.0) {
            Value::String(text) => text.into_bytes(),
            other => panic!("{other} is not a string"),
        }
    }
}

/// Returns a value with its generated strings: `{"$repeat": [TEXT, TIMES]}` and `{"$concat": [TEXT, …]}`.
pub(crate) fn expanded(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(expanded).collect(),
        Value::Object(map) => {
            if let Some([Value::String(piece), times]) =
                map.get("$repeat").and_then(Value::as_array).map(Vec::as_slice)
            {
                let times = usize::try_from(times.as_u64().unwrap()).unwrap();
                return Value::String(piece.repeat(times));
            }
            if let Some(parts) = map.get("$concat").and_then(Value::as_array) {
                let parts = parts.iter().map(expanded);
                return Value::String(parts.map(|part| part.as_str().unwrap().to_owned()).collect());
            }
            let entries = map.iter().map(|(key, value)| (key.clone(), expanded(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/cases")
}

fn paths() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Suite {
    let text = fs::read_to_string(path).unwrap();
    let suite: Suite =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(
        path.file_stem().and_then(|stem| stem.to_str()),
        Some(suite.operation.as_str()),
        "a file is named after its operation"
    );
    suite
}

/// Returns all cases.
pub(crate) fn suites() -> Vec<Suite> {
    paths().iter().map(|path| read(path)).collect()
}

/// Writes the replies of cases without one into the files, for a person to check.
pub(crate) fn fill(answer: impl Fn(&Suite, &Case) -> Value) {
    for path in paths() {
        let suite = read(&path);
        if suite.cases.iter().all(|case| case.reply.is_some()) {
            continue;
        }
        let mut cases = Vec::new();
        for case in &suite.cases {
            let mut case = case.clone();
            if case.reply.is_none() {
                case.reply = Some(timeless(answer(&suite, &case)));
            }
            let fields = serde_json::to_value(&case).unwrap();
            let fields = fields.as_object().unwrap().iter();
            let fields: Vec<String> = fields
                .map(|(name, value)| format!("      \"{name}\": {}", to_json(value)))
                .collect();
            cases.push(format!("    {{\n{}\n    }}", fields.join(",\n")));
        }
        let text = format!(
            "{{\n  \"operation\": \"{}\",\n  \"cases\": [\n{}\n  ]\n}}\n",
            suite.operation,
            cases.join(",\n")
        );
        fs::write(path, text).unwrap();
    }
}

/// Replaces every time of today with `$time`.
fn timeless(value: Value) -> Value {
    let today: String = Timestamp::now().to_string().chars().take(11).collect();
    match value {
        Value::String(text) if text.starts_with(&today) && Timestamp::parse(&text).is_ok() => {
            Value::String("$time".to_owned())
        }
        Value::Array(list) => list.into_iter().map(timeless).collect(),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| (key, timeless(value)))
                .collect(),
        ),
        other => other,
    }
}
