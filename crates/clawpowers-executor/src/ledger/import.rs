//! Reads lines of JSON as executions.

use super::deletion::{self, Deletion};
use super::execution::{Execution, NewExecution, Outcome};
use super::fields::{
    ExecutionFields, FIELDS, Field, FieldValue, Kind, MAX_NOTES_BYTES, MAX_TEXT_BYTES, Values,
};
use super::identity::{Hash, hash, identity};
use super::jsonl::{JsonlRecord, Reason, Scalar, jsonl, subject};
use crate::decimal;
use crate::display::escaped;
use crate::error::{Error, Result, Storage};
use crate::timestamp::Timestamp;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{BufRead, Read as _};

/// How long a line may be, in bytes: as long as any that an export writes, where each byte of notes may take six.
const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;
/// A line below this is within the bound however an export writes it.
const SHORT_LINE_BYTES: usize = 1024 * 1024;
/// How many skipped lines are listed one by one; the others are counted.
const MAX_SKIPPED: usize = 1000;

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Executions that were imported.
    pub taken: u64,
    /// Lines that change nothing: executions that were imported before, and deletions of what is not here.
    pub known: u64,
    /// Executions that were deleted because a line says so.
    pub deleted: u64,
    /// How many lines were skipped or imported with changes, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The first 1,000 of them.
    pub skipped: Vec<Skipped>,
}

/// A line or a file that was skipped or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file, or what else it came from.
    pub source: String,
    /// The line, from 1; 0 for a whole file.
    pub line: usize,
    /// Why, as a stable word.
    pub reason: &'static str,
    /// Why, for people.
    pub detail: String,
}

impl ImportReport {
    /// Adds the rows of another report.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.taken += other.taken;
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

/// What was read and is not written yet.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: VecDeque<Record>,
    /// How many bytes their lines have.
    pub(super) bytes: usize,
    /// Applied at the end, when the figures are right.
    pub(super) deletions: Vec<Deletion>,
}

/// An execution, before it is known whether it is here already.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) execution: Execution,
    /// Its number, where its name says that it is one of this home.
    pub(super) own: Option<i64>,
    /// What it is remembered by.
    pub(super) hash: Hash,
    /// How many bytes its line has.
    pub(super) bytes: usize,
}

/// Reads the lines of one source.
pub(super) struct Reader<'a> {
    /// The name of the home that imports.
    home: &'a str,
    /// What the report calls the source.
    source: &'a str,
    /// How often each line was there.
    seen: HashMap<Hash, u32>,
    number: usize,
    bytes: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(home: &'a str, source: &'a str) -> Self {
        Self {
            home,
            source,
            seen: HashMap::new(),
            number: 0,
            bytes: Vec::new(),
        }
    }

    /// Reads the next line; tells whether there was one.
    pub(super) fn next(
        &mut self,
        lines: &mut impl BufRead,
        report: &mut ImportReport,
        batch: &mut Batch,
    ) -> Result<bool> {
        self.number += 1;
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
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
                let detail = "the line was not UTF-8: what is not became U+FFFD";
                report.skip(self.source, self.number, "mended", detail);
            }
            let text = text.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                self.text(text, report, batch);
            }
        }
        self.bytes = bytes;
        Ok(more)
    }

    /// Reads a line, which holds one record unless something went wrong when it was written.
    fn text(&mut self, text: &str, report: &mut ImportReport, batch: &mut Batch) {
        if let Ok(line) = serde_json::from_str::<JsonlRecord<'_>>(text) {
            return self.one(text, &line, report, batch);
        }
        let mended = mended(text);
        if let Ok(line) = serde_json::from_str::<JsonlRecord<'_>>(&mended) {
            let detail =
                "the line was not JSON: it held raw control characters or a number with leading zeros";
            report.skip(self.source, self.number, "mended", detail);
            return self.one(text, &line, report, batch);
        }
        // A writer that was stopped leaves the start of a record, and the next one is glued to it.
        let mut records = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{\"ts\"") {
            let tail = rest.get(start..).unwrap_or_default();
            let mut stream = serde_json::Deserializer::from_str(tail).into_iter::<JsonlRecord<'_>>();
            match stream.next() {
                Some(Ok(line)) => {
                    let end = stream.byte_offset();
                    records.push((tail.get(..end).unwrap_or_default(), line));
                    rest = tail.get(end..).unwrap_or_default();
                }
                _ => rest = tail.get(1..).unwrap_or_default(),
            }
        }
        let (reason, detail) = match serde_json::from_str::<Value>(text) {
            _ if !records.is_empty() => {
                let detail = format!("several records on one line: {} could be read", records.len());
                ("glued", detail)
            }
            Ok(value) => (
                "not-object",
                format!("the line is no record: {}", escaped(&value.to_string())),
            ),
            Err(error) => {
                let (why, column) = (error.to_string(), error.column());
                // The parser was given one line, and calls it the first.
                let why = why.split(" at line ").next().unwrap_or_default();
                (
                    "not-json",
                    format!("the line is not JSON: {why} at column {column}"),
                )
            }
        };
        report.skip(self.source, self.number, reason, detail);
        for (text, line) in records {
            self.one(text, &line, report, batch);
        }
    }

    /// Reads a record.
    fn one(&mut self, text: &str, line: &JsonlRecord<'_>, report: &mut ImportReport, batch: &mut Batch) {
        if line.outcome.text() == Some(deletion::OUTCOME) {
            match Deletion::read(line) {
                Ok(deletion) => batch.deletions.push(deletion),
                Err((reason, detail)) => report.skip(self.source, self.number, reason, detail),
            }
            return;
        }
        let mut execution = match judge(line) {
            Ok((new, outcome, at)) => new.execution(Some(outcome), at),
            Err((reason, detail)) => return report.skip(self.source, self.number, reason, detail),
        };
        execution.extra = (!line.extra.is_empty()).then(|| Value::Object(line.extra.clone()).to_string());
        if text.len() > SHORT_LINE_BYTES && jsonl(&execution, self.home).len() > MAX_LINE_BYTES {
            let detail = format!("the line would have more than {MAX_LINE_BYTES} bytes in an export");
            return report.skip(self.source, self.number, "too-long", detail);
        }
        let uid = line
            .uid
            .text()
            .filter(|uid| !uid.is_empty() && uid.len() <= MAX_TEXT_BYTES);
        let own = uid.and_then(|uid| uid.strip_prefix(self.home)?.strip_prefix('-')?.parse().ok());
        let hash = match uid {
            Some(uid) => identity(uid, execution.at, &execution.skill),
            None => {
                let line = hash(&[b"line", text.as_bytes()]);
                let occurrence = self.seen.entry(line).or_default();
                *occurrence += 1;
                hash(&[&line, &occurrence.to_le_bytes()])
            }
        };
        execution.uid = uid.map(str::to_owned);
        batch.bytes += text.len();
        batch.records.push_back(Record {
            execution,
            own,
            hash,
            bytes: text.len(),
        });
    }
}

type Judged<'a> = (NewExecution<'a>, Outcome, Timestamp);

/// Takes a line for an execution, or says why it is none.
fn judge<'a>(line: &'a JsonlRecord<'_>) -> std::result::Result<Judged<'a>, Reason> {
    let (skill, at) = subject(line)?;
    let named = line.outcome.text().unwrap_or_default();
    if named == "open" {
        return Err((
            "open",
            "the execution had not ended when it was written down".to_owned(),
        ));
    }
    let outcome =
        Outcome::parse(named).map_err(|_| ("outcome", format!("no outcome: {}", escaped(named))))?;
    let mut values = Values::default();
    for ((value, field), scalar) in values.iter_mut().zip(&FIELDS).zip(&line.fields) {
        *value = field_value(field, scalar)?;
    }
    let fields = ExecutionFields {
        source: Some(came(line)),
        ..values.into()
    };
    // 1.x had no rules for names, so only the sizes are checked.
    let long =
        skill.len() > MAX_TEXT_BYTES || fields.notes.is_some_and(|notes| notes.len() > MAX_NOTES_BYTES);
    if long {
        return Err((
            "too-long",
            "the skill's name or the notes are too long".to_owned(),
        ));
    }
    let new = NewExecution {
        skill,
        at: Some(at),
        fields,
    };
    Ok((new, outcome, at))
}

/// Reads the value of a field.
fn field_value<'a>(
    field: &Field,
    scalar: &'a Scalar<'_>,
) -> std::result::Result<Option<FieldValue<'a>>, Reason> {
    let read = match field.kind {
        Kind::Text | Kind::Notes => return Ok(scalar.label().map(FieldValue::Text)),
        Kind::Duration => decimal::micros,
        Kind::Cost => decimal::nanodollars,
        Kind::Tokens => tokens,
    };
    let key = field.key;
    match scalar {
        Scalar::Absent => Ok(None),
        Scalar::Number(text) => read(text).map(|number| Some(FieldValue::Number(number))),
        Scalar::Text(text) => read(text).map(|number| Some(FieldValue::Number(number))),
        Scalar::Other(value) => Err(Error::invalid(format!("`{key}` is {value}"), "")),
    }
    .map_err(|error| ("figure", format!("`{key}`: {error}")))
}

/// Returns how an execution came to be known: what another home ran is still what was run.
fn came(line: &JsonlRecord<'_>) -> &'static str {
    let named = line.uid.text().is_some_and(|uid| !uid.is_empty());
    match line.field("source").label() {
        Some("run") if named => "run",
        _ => "import",
    }
}

fn tokens(text: &str) -> Result<i64> {
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|number| (0..1 << 53).contains(number));
    number.ok_or_else(|| Error::invalid(format!("`{text}` is not a number of tokens"), ""))
}

/// Mends what the shell scripts of 1.x wrote wrong: raw control characters, and durations with leading zeros.
fn mended(text: &str) -> String {
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

/// Reads a line with its end; tells whether it was within the bound. The rest of a longer line is skipped.
fn read_line(lines: &mut impl BufRead, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    lines
        .by_ref()
        .take(MAX_LINE_BYTES as u64)
        .read_until(b'\n', bytes)?;
    if bytes.len() < MAX_LINE_BYTES || bytes.last() == Some(&b'\n') {
        return Ok(true);
    }
    loop {
        let buffer = lines.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        lines.consume(used);
        if end.is_some() {
            return Ok(false);
        }
    }
}
