//! Sets keys from JSON lines.

use crate::runtime::Runtime;
use crate::wire::{ApiError, Result, bytes::bytes_of};
use clawpowers_executor::wait::yield_to_host;
use clawpowers_executor::{Key, MAX_VALUE_BYTES};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read as _};

/// The maximum number of bytes of a line: a value in base64 or with every byte escaped, its key, and the rest.
const MAX_LINE_BYTES: usize = MAX_VALUE_BYTES * 6 + 16 * 1024;

/// The number of lines after which other operations of this process get a turn.
const LINES_AT_ONCE: usize = 4096;

#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: Option<String>,
    /// The lines. Exactly one of `path` and `text` is required.
    pub text: Option<String>,
    /// Do not overwrite existing keys.
    #[serde(default)]
    pub keep: bool,
}

#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Keys that were set.
    pub set: usize,
    /// Keys that kept their values.
    pub kept: usize,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Line {
    key: String,
    value: Option<String>,
    value_base64: Option<String>,
}

/// Sets keys, all or none. Other processes can write while many are set, and see none of them before all are set.
///
/// # Errors
///
/// `invalid_input` for a line that is not an entry, and unless either `path` or `text` is given; `io` if the file cannot
/// be read; `storage` if the database cannot be written. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response> {
    let (lines, source) = runtime.lines(request.path.as_deref(), request.text.as_deref())?;
    from_reader(runtime, lines, source, request.keep)
}

/// Sets keys from any reader, with the errors of [`run`]; `source` is its name in messages.
pub fn from_reader(runtime: &Runtime, mut lines: impl BufRead, source: &str, keep: bool) -> Result<Response> {
    let mut entries = Vec::new();
    for number in 1_usize.. {
        if number.is_multiple_of(LINES_AT_ONCE) {
            yield_to_host();
        }
        let mut bytes = Vec::new();
        let mut line = lines.by_ref().take(MAX_LINE_BYTES as u64 + 1);
        line.read_until(b'\n', &mut bytes).map_err(|error| {
            ApiError::io(format!("`{source}` cannot be read: {error}")).hint("nothing was written")
        })?;
        if bytes.is_empty() {
            break;
        }
        let wrong = |why: String| {
            ApiError::invalid_input(format!("`{source}` line {number}: {why}"))
                .hint("a line is an object with `key`, and `value` or `value_base64`; nothing was written")
        };
        if bytes.len() > MAX_LINE_BYTES {
            return Err(wrong(format!("more than {MAX_LINE_BYTES} bytes")));
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        // A byte order mark is not part of the first line.
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).filter(|_| number == 1);
        let text = text.unwrap_or(&bytes);
        // The deserializer would accept a list of the fields' values too.
        if text.trim_ascii_start().starts_with(b"[") {
            return Err(wrong("it is a list".to_owned()));
        }
        let line: Line = serde_json::from_slice(text).map_err(|error| {
            let (why, column) = (error.to_string(), error.column());
            // The parser sees one line and calls it line 1.
            let why = why.split(" at line ").next().unwrap_or_default();
            wrong(format!("{why} at column {column}"))
        })?;
        let value = bytes_of(line.value.as_deref(), line.value_base64.as_deref())
            .map_err(|error| wrong(error.message))?
            .ok_or_else(|| wrong("neither `value` nor `value_base64`".to_owned()))?;
        Key::new(&line.key).map_err(|error| wrong(error.to_string()))?;
        entries.push((line.key, value));
    }
    let mut keys = Vec::new();
    for (key, value) in &entries {
        keys.push((Key::new(key)?, value.as_slice()));
    }
    // In the order of the index, so that each of its pages is changed once. The sort is stable: the last of duplicate
    // keys counts.
    keys.sort_by_key(|(key, _)| key.as_str());
    let set = runtime.with_db(|db| db.store().import(&keys, !keep))?;
    Ok(Response {
        set,
        kept: entries.len() - set,
    })
}
