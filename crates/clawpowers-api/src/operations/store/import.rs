//! Sets keys from JSON lines.

use crate::runtime::Runtime;
use crate::wire::bytes::bytes_of;
use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_executor::wait::give_way;
use clawpowers_executor::{Key, MAX_VALUE_BYTES};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Cursor, Read as _};

/// How long a line may be, in bytes: a value in base64 or with every byte escaped, its key, and the rest.
const MAX_LINE_BYTES: usize = MAX_VALUE_BYTES * 6 + 16 * 1024;

/// How many lines are read before others of this process get a turn.
const LINES_AT_ONCE: usize = 4096;

/// What to set: the lines of a file or a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "path")))]
    pub path: Option<String>,
    /// The lines. Exactly one of `path` and `text` is required.
    #[serde(default)]
    pub text: Option<String>,
    /// Keep the values of existing keys.
    #[serde(default)]
    pub keep: bool,
}

/// The result.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Keys that were set.
    pub set: usize,
    /// Keys that kept their values.
    pub kept: usize,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(expecting = "an object")]
struct Line {
    key: String,
    value: Option<String>,
    value_base64: Option<String>,
}

/// Sets keys, all or none. Where there are many, other processes write in between, and see none of them before all are there.
///
/// # Errors
///
/// `invalid_input` for a line that is no entry, and unless there is either a path or a text; `io` where the file cannot
/// be read; `storage` where the database cannot be written. Nothing is written then.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    match (&request.path, &request.text) {
        (Some(path), None) => {
            runtime.needs_disk("a file to import")?;
            let file = BufReader::with_capacity(1 << 16, runtime.open_file(path)?);
            from_reader(runtime, file, path, request.keep)
        }
        (None, Some(text)) => from_reader(runtime, Cursor::new(text), "text", request.keep),
        _ => Err(ApiError::new(
            ErrorCode::InvalidInput,
            "exactly one of `path` and `text` is required",
        )
        .hint("give either the path of a file or the lines themselves")),
    }
}

/// Sets keys from any reader, as [`run`] does; `source` is what messages call it.
///
/// # Errors
///
/// As [`run`].
pub fn from_reader(
    runtime: &Runtime,
    mut lines: impl BufRead,
    source: &str,
    keep: bool,
) -> Result<Response, ApiError> {
    let mut entries = Vec::new();
    for number in 1_usize.. {
        if number.is_multiple_of(LINES_AT_ONCE) {
            give_way();
        }
        let mut bytes = Vec::new();
        let read = lines
            .by_ref()
            .take(MAX_LINE_BYTES as u64 + 1)
            .read_until(b'\n', &mut bytes);
        read.map_err(|error| {
            ApiError::new(ErrorCode::Io, format!("`{source}` cannot be read: {error}"))
                .hint("nothing was written")
        })?;
        if bytes.is_empty() {
            break;
        }
        let wrong = |why: String| {
            ApiError::new(
                ErrorCode::InvalidInput,
                format!("`{source}` line {number}: {why}"),
            )
            .hint("a line is an object with `key`, and `value` or `value_base64`; nothing was written")
        };
        if bytes.len() > MAX_LINE_BYTES {
            return Err(wrong(format!("more than {MAX_LINE_BYTES} bytes")));
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        // A byte order mark is no part of the first line.
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).filter(|_| number == 1);
        let text = text.unwrap_or(&bytes);
        // The deserializer would take a list of the fields' values as well.
        if text.trim_ascii_start().starts_with(b"[") {
            return Err(wrong("it is a list".to_owned()));
        }
        let line: Line = serde_json::from_slice(text).map_err(|error| {
            let (why, column) = (error.to_string(), error.column());
            // The parser was given one line, and calls it the first.
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
    // In the order of the index, so that each of its pages is changed once; of equal keys the order stays.
    keys.sort_by_key(|(key, _)| key.as_str());
    let set = runtime.write(|db| Ok(db.store().import(&keys, !keep)?))?;
    Ok(Response {
        set,
        kept: entries.len() - set,
    })
}
