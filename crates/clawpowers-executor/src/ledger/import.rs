//! Reads lines of JSON as executions.

use super::deletion::{self, Deletion};
use super::execution::{Execution, Outcome};
use super::fields::{
    ExecutionFields, FIELDS, Field, FieldValue, Kind, MAX_NOTES_BYTES, MAX_TEXT_BYTES, MAX_TOKENS, Values,
    is_traceparent,
};
use super::identity::{EXECUTION, Hash, hash, identity};
use super::jsonl::{JsonlRecord, Reason, jsonl, plain};
use crate::decimal;
use crate::display::escaped;
use crate::error::{Error, Result, Storage};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{BufRead, Read as _};

/// The maximum length of a line in bytes. An export never writes a longer one, even though JSON may need six bytes for
/// one byte of notes.
const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;
/// Lines up to this length stay within the limit when they are exported again.
const SHORT_LINE_BYTES: usize = 1024 * 1024;
/// How many skipped lines are listed one by one; the others are counted.
const MAX_SKIPPED: usize = 1000;

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The number of executions that were imported.
    pub imported: u64,
    /// The number of lines that changed nothing: executions that were imported before, and tombstones of executions that do
    /// not exist here.
    pub known: u64,
    /// The number of executions that tombstones removed.
    pub deleted: u64,
    /// How many lines were skipped or imported with changes, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The first 1,000 of them.
    pub skipped: Vec<Skipped>,
}

/// A line or a file that was skipped or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file, or another source.
    pub source: String,
    /// The line, from 1; 0 for a whole file.
    pub line: usize,
    /// The reason, as a stable code.
    pub reason: &'static str,
    /// The reason, for people.
    pub detail: String,
}

impl ImportReport {
    /// Adds another report.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.imported += other.imported;
        self.known += other.known;
        self.deleted += other.deleted;
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        let room = MAX_SKIPPED.saturating_sub(self.skipped.len());
        self.skipped.extend(other.skipped.into_iter().take(room));
    }

    /// Adds a line that was skipped or changed.
    pub(crate) fn skip(
        &mut self,
        source: &str,
        line: usize,
        reason: &'static str,
        detail: impl Into<String>,
    ) {
        *self.reasons.entry(reason).or_default() += 1;
        if self.skipped.len() < MAX_SKIPPED {
            self.skipped.push(Skipped {
                source: source.to_owned(),
                line,
                reason,
                detail: detail.into(),
            });
        }
    }
}

/// Records that were read and not yet written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: VecDeque<Record>,
    /// The size of their lines.
    pub(super) bytes: usize,
    /// Applied at the end, when the statistics are up to date.
    pub(super) deletions: Vec<Deletion>,
}

/// An execution, before it is known whether it was imported before.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) execution: Execution,
    /// Its id here, if its uid has the id of this home.
    pub(super) own: Option<i64>,
    /// The hash by which it is known after the import.
    pub(super) hash: Hash,
    /// The size of its line.
    pub(super) bytes: usize,
}

/// Reads the records of one source.
pub(super) struct RecordReader<'a> {
    /// The id of the home that imports.
    home: &'a str,
    /// The source in the report.
    source: &'a str,
    /// How often each line without a uid occurred so far.
    seen: HashMap<Hash, u32>,
    number: usize,
}

impl<'a> RecordReader<'a> {
    pub(super) fn new(home: &'a str, source: &'a str) -> Self {
        Self {
            home,
            source,
            seen: HashMap::new(),
            number: 0,
        }
    }

    /// Reads the next line; returns whether there was one.
    pub(super) fn next(
        &mut self,
        lines: &mut impl BufRead,
        report: &mut ImportReport,
        batch: &mut Batch,
    ) -> Result<bool> {
        self.number += 1;
        let mut bytes = Vec::new();
        let whole = read_line(lines, &mut bytes).map_err(|error| {
            Error::storage(Storage::Io, format!("`{}` cannot be read: {error}", self.source))
        })?;
        let more = !bytes.is_empty();
        if more && !whole {
            let detail = format!("the line has more than {MAX_LINE_BYTES} bytes");
            report.skip(self.source, self.number, "too-long", detail);
        } else if more {
            let text = String::from_utf8_lossy(&bytes);
            if matches!(text, Cow::Owned(_)) {
                let detail = "the line was not UTF-8: invalid bytes were replaced by U+FFFD";
                report.skip(self.source, self.number, "mended", detail);
            }
            let text = text.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                self.text(text, report, batch);
            }
        }
        Ok(more)
    }

    /// Reads a line, which is one record unless something went wrong when it was written.
    fn text(&mut self, text: &str, report: &mut ImportReport, batch: &mut Batch) {
        if let Ok(line) = serde_json::from_str(text) {
            return self.record(text, &line, report, batch);
        }
        if let Ok(line) = serde_json::from_str(&repaired(text)) {
            let detail =
                "the line was not JSON: it had raw control characters or a number with leading zeros";
            report.skip(self.source, self.number, "mended", detail);
            return self.record(text, &line, report, batch);
        }
        // An interrupted writer leaves the start of a record, and the next record follows on the same line.
        let mut records = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{\"ts\"") {
            let tail = rest.get(start..).unwrap_or_default();
            let mut stream = serde_json::Deserializer::from_str(tail).into_iter::<JsonlRecord>();
            let mut end = 1;
            if let Some(Ok(line)) = stream.next() {
                end = stream.byte_offset();
                records.push((tail.get(..end).unwrap_or_default(), line));
            }
            rest = tail.get(end..).unwrap_or_default();
        }
        let (reason, detail) = match serde_json::from_str::<Value>(text) {
            _ if !records.is_empty() => {
                let detail = format!("several records on one line: {} could be read", records.len());
                ("glued", detail)
            }
            Ok(value) => (
                "not-object",
                format!("the line is not a record: {}", escaped(&value.to_string())),
            ),
            Err(error) => {
                let (why, column) = (error.to_string(), error.column());
                // The parser was given one line, so its line number is always 1.
                let why = why.split(" at line ").next().unwrap_or_default();
                (
                    "not-json",
                    format!("the line is not JSON: {why} at column {column}"),
                )
            }
        };
        report.skip(self.source, self.number, reason, detail);
        for (text, line) in records {
            self.record(text, &line, report, batch);
        }
    }

    /// Reads a record: an execution or a tombstone.
    fn record(&mut self, text: &str, line: &JsonlRecord, report: &mut ImportReport, batch: &mut Batch) {
        let read = if line.outcome() == deletion::OUTCOME {
            Deletion::read(line).map(|deletion| batch.deletions.push(deletion))
        } else {
            self.execution(text, line).map(|record| {
                batch.bytes += record.bytes;
                batch.records.push_back(record);
            })
        };
        if let Err((reason, detail)) = read {
            report.skip(self.source, self.number, reason, detail);
        }
    }

    fn execution(&mut self, text: &str, line: &JsonlRecord) -> std::result::Result<Record, Reason> {
        let execution = read_execution(line)?;
        if text.len() > SHORT_LINE_BYTES && jsonl(&execution, self.home).len() > MAX_LINE_BYTES {
            let detail = format!("the line would have more than {MAX_LINE_BYTES} bytes in an export");
            return Err(("too-long", detail));
        }
        let uid = execution.uid.as_deref();
        let own = uid.and_then(|uid| uid.strip_prefix(self.home)?.strip_prefix('-')?.parse().ok());
        let hash = match uid {
            Some(uid) => identity(EXECUTION, uid, execution.at, &execution.skill),
            None => {
                let line = hash(&[b"line", text.as_bytes()]);
                let occurrence = self.seen.entry(line).or_default();
                *occurrence += 1;
                hash(&[&line, &occurrence.to_le_bytes()])
            }
        };
        Ok(Record {
            execution,
            own,
            hash,
            bytes: text.len(),
        })
    }
}

/// Reads the execution of a record.
fn read_execution(line: &JsonlRecord) -> std::result::Result<Execution, Reason> {
    let (skill, at) = line.subject()?;
    let outcome = line.outcome();
    if outcome == "open" {
        let detail = "the execution had not ended when it was exported";
        return Err(("open", detail.to_owned()));
    }
    let outcome =
        Outcome::parse(outcome).map_err(|_| ("outcome", format!("unknown outcome {}", escaped(outcome))))?;
    let mut values = Values::default();
    for ((value, field), read) in values.iter_mut().zip(&FIELDS).zip(&line.fields) {
        *value = field_value(field, read)?;
    }
    let mut fields = ExecutionFields::<String>::from(values);
    // What another home ran keeps that source.
    if !line.has_uid() || fields.source.as_deref() != Some("run") {
        fields.source = Some("import".to_owned());
    }
    // 1.x had no rules for names, so only the sizes are checked.
    let notes = fields.notes.as_ref();
    if skill.len() > MAX_TEXT_BYTES || notes.is_some_and(|notes| notes.len() > MAX_NOTES_BYTES) {
        let detail = "the skill's name or the notes are too long";
        return Err(("too-long", detail.to_owned()));
    }
    Ok(Execution {
        id: 0,
        skill: skill.to_owned(),
        outcome: Some(outcome),
        at,
        fields,
        uid: line.uid().map(str::to_owned),
        extra: line.extra(),
    })
}

/// Reads the value of a field.
fn field_value<'a>(field: &Field, value: &'a Value) -> std::result::Result<Option<FieldValue<'a>>, Reason> {
    let read = match field.kind {
        Kind::Text | Kind::Notes => return Ok(value.as_str().map(FieldValue::Text)),
        Kind::Trace => {
            return Ok(value
                .as_str()
                .filter(|text| is_traceparent(text))
                .map(FieldValue::Text));
        }
        Kind::Duration => decimal::micros,
        Kind::Cost => decimal::nanodollars,
        Kind::Tokens => tokens,
    };
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => read(&plain(number)).map_err(|error| error.message),
        Value::String(text) => read(text).map_err(|error| error.message),
        other => Err(format!("`{}` is {other}", field.key)),
    };
    match number {
        Ok(number) => Ok(Some(FieldValue::Number(number))),
        Err(why) => Err(("figure", format!("`{}`: {why}", field.key))),
    }
}

fn tokens(text: &str) -> Result<i64> {
    let number = text.parse().ok();
    let number = number.filter(|number| (0..=MAX_TOKENS).contains(number));
    number.ok_or_else(|| Error::invalid(format!("`{text}` is not a number of tokens"), ""))
}

/// Repairs the mistakes of the shell scripts of 1.x: raw control characters, and durations with leading zeros.
fn repaired(text: &str) -> String {
    const FIELD: &str = "\"duration_s\":";
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_control() {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    if let Some((before, after)) = out.split_once(FIELD) {
        let digits = after.trim_start_matches('0');
        let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) || digits.len() == after.len() {
            ""
        } else {
            "0"
        };
        out = format!("{before}{FIELD}{zero}{digits}");
    }
    out
}

/// Reads a line with its end; returns whether it was within the limit. The rest of a longer line is skipped.
fn read_line(lines: &mut impl BufRead, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    lines
        .by_ref()
        .take(MAX_LINE_BYTES as u64)
        .read_until(b'\n', bytes)?;
    if bytes.len() < MAX_LINE_BYTES || bytes.last() == Some(&b'\n') {
        return Ok(true);
    }
    lines.skip_until(b'\n')?;
    Ok(false)
}
