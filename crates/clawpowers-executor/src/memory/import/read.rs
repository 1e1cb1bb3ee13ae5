//! Reads files: lines of JSON, or one JSON document.

use super::mcp::Graph;
use super::{Format, Importer, Origin, formats, own, reason};
use crate::display::escaped;
use crate::error::{Error, Result, Storage};
use crate::memory::MAX_STATE_BYTES;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, Read as _};

/// The most bytes of a line or a document: a state with each byte escaped, and the rest.
const MAX_BYTES: usize = MAX_STATE_BYTES * 6 + 64 * 1024;

/// What was read of one file.
struct File<'a, 'i, 'm> {
    importer: &'i mut Importer<'m>,
    origin: Origin<'a>,
    format: Option<Format>,
    graph: Graph,
    /// How often each line without an identity occurred so far.
    seen: HashMap<crate::ledger::Hash, u32>,
    /// The current line.
    line: usize,
}

pub(super) fn file(
    importer: &mut Importer<'_>,
    mut lines: impl BufRead,
    origin: Origin<'_>,
    format: Option<Format>,
) -> Result<()> {
    let mut file = File {
        importer,
        origin,
        format,
        graph: Graph::default(),
        seen: HashMap::new(),
        line: 0,
    };
    let mut bytes = Vec::new();
    let mut is_first = true;
    while read(&mut lines, &mut bytes, origin.name, b'\n')? {
        file.line += 1;
        let text = file.decoded(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let value = parse(text, bytes.len());
        if is_first && !value.as_ref().is_ok_and(Value::is_object) {
            file.document(&bytes, lines)?;
            return file.end();
        }
        is_first = false;
        match value {
            Ok(value) => file.value(value, text)?,
            Err(why) => file.skip(why.0, why.1),
        }
    }
    file.end()
}

/// Reads up to a delimiter, or to the end; a longer line is cut after one byte too many, and its rest skipped. Returns
/// whether there was anything.
fn read(lines: &mut impl BufRead, bytes: &mut Vec<u8>, name: &str, delimiter: u8) -> Result<bool> {
    bytes.clear();
    let failed = |error| Error::storage(Storage::Io, format!("`{name}` cannot be read: {error}"));
    let mut limited = lines.by_ref().take(MAX_BYTES as u64 + 1);
    limited.read_until(delimiter, bytes).map_err(failed)?;
    if bytes.len() > MAX_BYTES && bytes.last() != Some(&delimiter) {
        lines.skip_until(delimiter).map_err(failed)?;
    }
    Ok(!bytes.is_empty())
}

type Why = (&'static str, String);

fn parse(text: &str, bytes: usize) -> std::result::Result<Value, Why> {
    if bytes > MAX_BYTES {
        return Err((reason::TOO_LONG, format!("it has more than {MAX_BYTES} bytes")));
    }
    serde_json::from_str(text).map_err(|error| {
        let why = error.to_string();
        // The parser was given one line, so its line number is always 1.
        let why = why.split(" at line ").next().unwrap_or_default();
        let detail = format!("the line is not JSON: {why} at column {}", error.column());
        (reason::NOT_JSON, detail)
    })
}

impl File<'_, '_, '_> {
    fn skip(&mut self, reason: &'static str, detail: impl Into<String>) {
        self.importer.skip(self.origin.name, self.line, reason, detail);
    }

    fn decoded<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        let text = String::from_utf8_lossy(bytes);
        if matches!(text, Cow::Owned(_)) {
            let detail = "not UTF-8: invalid bytes were replaced by U+FFFD";
            self.skip(reason::MENDED, detail);
        }
        text
    }

    /// Reads a document of several lines, whose first one was read; if it is not JSON, its lines.
    fn document(&mut self, first: &[u8], mut lines: impl BufRead) -> Result<()> {
        let name = self.origin.name;
        let failed = |error| Error::storage(Storage::Io, format!("`{name}` cannot be read: {error}"));
        let mut bytes = first.to_vec();
        let mut rest = lines
            .by_ref()
            .take((MAX_BYTES + 1).saturating_sub(bytes.len()) as u64);
        rest.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > MAX_BYTES {
            self.line = 0;
            self.skip(
                reason::TOO_LONG,
                format!("more than {MAX_BYTES} bytes that are not lines of JSON"),
            );
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        match serde_json::from_str(text) {
            Ok(Value::Array(items)) => {
                for (number, item) in items.into_iter().enumerate() {
                    // Its elements are counted like lines.
                    self.line = number + 1;
                    let text = item.to_string();
                    self.value(item, &text)?;
                }
            }
            Ok(value) => {
                self.line = 0;
                self.value(value, text)?;
            }
            Err(_) => {
                self.line -= 1;
                for line in text.lines() {
                    self.line += 1;
                    let line = line.trim();
                    match parse(line, line.len()) {
                        _ if line.is_empty() => {}
                        Ok(value) => self.value(value, line)?,
                        Err(why) => self.skip(why.0, why.1),
                    }
                }
            }
        }
        Ok(())
    }

    /// Imports a value: a line, an element of a list, or a whole document.
    fn value(&mut self, value: Value, text: &str) -> Result<()> {
        let (name, line) = (self.origin.name, self.line);
        let Some(found) = format_of(&value) else {
            let detail = format!("no entry of a known format: {}", escaped(text));
            self.skip(reason::FORMAT, detail);
            return Ok(());
        };
        if self.format.is_some_and(|format| format != found) {
            self.skip(
                reason::FORMAT,
                format!("an entry of the format `{}`", found.name()),
            );
            return Ok(());
        }
        let now = self.importer.writer.now;
        let read = match found {
            Format::Clawpowers if value.get("checkpoint").is_some() => {
                own::checkpoint(value).map(Read::Checkpoint)
            }
            Format::Clawpowers => own::entry(value).map(Read::entry),
            Format::Patterns => Ok(Read::entry(formats::pattern(&value, now))),
            Format::Episodic => {
                let times = self
                    .seen
                    .entry(crate::ledger::hash(&[text.as_bytes()]))
                    .or_default();
                *times += 1;
                Ok(Read::entry(formats::episode(&value, (text, *times), now)))
            }
            Format::Procedural => Ok(Read::entry(formats::procedure(&value, self.origin, now))),
            Format::Checkpoint => Ok(Read::Checkpoint(formats::checkpoint(&value, text, now))),
            Format::Mcp => {
                if let Err(why) = self.graph.add(&value, line) {
                    self.skip(reason::INVALID, why);
                }
                return Ok(());
            }
            Format::Markdown => return Ok(()),
        };
        match read {
            Ok(Read::Entry(record)) => self.importer.entry(*record, name, line),
            Ok(Read::Checkpoint(checkpoint)) => self.importer.checkpoint(checkpoint, name, line),
            Err(error) => {
                self.skip(reason::INVALID, error.message);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<()> {
        self.graph.import(self.importer, self.origin)
    }
}

enum Read {
    Entry(Box<super::Record>),
    Checkpoint(crate::memory::Checkpoint),
}

impl Read {
    fn entry(record: super::Record) -> Self {
        Self::Entry(Box::new(record))
    }
}

/// Returns the format that a value has, by its fields.
fn format_of(value: &Value) -> Option<Format> {
    let object = value.as_object()?;
    let has = |name: &str| object.contains_key(name);
    let kind = object.get("type").and_then(Value::as_str);
    Some(match () {
        () if has("uid") && has("content") || object.len() == 1 && has("checkpoint") => Format::Clawpowers,
        () if matches!(kind, Some("entity" | "relation")) => Format::Mcp,
        () if has("pattern_id") || has("description") && has("solution") => Format::Patterns,
        () if has("skillName") && has("invocationCount") => Format::Procedural,
        () if has("taskId") && has("agentStatus") => Format::Checkpoint,
        () if has("taskId") && has("description") && has("timestamp") => Format::Episodic,
        () => return None,
    })
}
