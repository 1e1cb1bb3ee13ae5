//! Executions as lines: JSON in the form of 1.x with more fields, and CSV.

use super::execution::{Execution, Outcome};
use super::fields::{FIELDS, FieldValue, Kind, MAX_TEXT_BYTES};
use super::identity::uid;
use crate::decimal;
use crate::display::escaped;
use crate::timestamp::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::fmt;

/// A line that was parsed but not checked. A key that occurs twice has its last value.
#[derive(Default)]
pub(super) struct JsonlRecord {
    ts: Value,
    skill: Value,
    outcome: Value,
    uid: Value,
    /// The values of [`FIELDS`].
    pub(super) fields: [Value; FIELDS.len()],
    /// The fields that ClawPowers does not know, and those of a tombstone.
    pub(super) others: Map<String, Value>,
}

impl JsonlRecord {
    pub(super) fn outcome(&self) -> &str {
        self.outcome.as_str().unwrap_or_default()
    }

    /// Returns whether it has a uid, which may be too long.
    pub(super) fn has_uid(&self) -> bool {
        self.uid.as_str().is_some_and(|uid| !uid.is_empty())
    }

    /// Returns the uid; `None` for one that is empty or too long.
    pub(super) fn uid(&self) -> Option<&str> {
        let uid = self.uid.as_str();
        uid.filter(|uid| !uid.is_empty() && uid.len() <= MAX_TEXT_BYTES)
    }

    /// Returns the skill and the time.
    pub(super) fn subject(&self) -> Result<(&str, Timestamp), Reason> {
        let Some(skill) = self.skill.as_str().filter(|skill| !skill.is_empty()) else {
            let detail = match self.others.contains_key("skillName") {
                true => "`skillName` instead of `skill`: a record of 2.x",
                false => "no `skill`",
            };
            return Err(("no-skill", detail.to_owned()));
        };
        let ts = self.ts.as_str().unwrap_or_default();
        let at =
            Timestamp::parse(ts).map_err(|_| ("no-time", format!("no time in `ts`: {}", escaped(ts))))?;
        Ok((skill, at))
    }

    /// Returns the JSON object of the fields that ClawPowers does not know, if there are any.
    pub(super) fn extra(&self) -> Option<String> {
        (!self.others.is_empty()).then(|| Value::Object(self.others.clone()).to_string())
    }

    fn set(&mut self, key: &str, value: Value) {
        match key {
            "ts" => self.ts = value,
            "skill" => self.skill = value,
            "outcome" => self.outcome = value,
            "uid" => self.uid = value,
            _ => match FIELDS
                .iter()
                .zip(&mut self.fields)
                .find(|(field, _)| field.key == key)
            {
                Some((field, place)) => {
                    *place = match value {
                        // Some programs number their sessions.
                        Value::Number(number) if !field.is_number() => Value::String(plain(&number)),
                        value => value,
                    };
                }
                None => drop(self.others.insert(key.to_owned(), value)),
            },
        }
    }
}

// A map of all keys and values would hash each key of each line several times.
impl<'de> Deserialize<'de> for JsonlRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = JsonlRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonlRecord, A::Error> {
        /// A key, borrowed from the line if it has no escapes.
        #[derive(serde::Deserialize)]
        struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

        let mut record = JsonlRecord::default();
        while let Some((Key(key), value)) = map.next_entry()? {
            record.set(&key, value);
        }
        Ok(record)
    }
}

/// Writes a number without an exponent.
pub(super) fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// Why a line or a file was skipped: a stable code, and a message for people.
pub(crate) type Reason = (&'static str, String);

/// Returns the fields of an execution in the order of an export: key, and value as text with whether it is a number.
fn fields(execution: &Execution, home: &str) -> impl Iterator<Item = (&'static str, Option<String>, bool)> {
    let outcome = execution.outcome.map_or("open", Outcome::as_str);
    let first = [
        ("ts", Some(execution.at.to_string()), false),
        ("skill", Some(execution.skill.clone()), false),
        ("outcome", Some(outcome.to_owned()), false),
    ];
    let fields = FIELDS
        .iter()
        .zip(execution.fields.values())
        .map(|(field, value)| {
            let text = value.and_then(|value| match (field.kind, value) {
                // An import sets it again.
                _ if field.column == "source" && value == FieldValue::Text("import") => None,
                (Kind::Duration, FieldValue::Number(micros)) => Some(decimal::seconds(micros)),
                (Kind::Cost, FieldValue::Number(nanodollars)) => Some(decimal::dollars(nanodollars)),
                (_, FieldValue::Number(number)) => Some(number.to_string()),
                (_, FieldValue::Text(text)) => Some(text.to_owned()),
            });
            (field.key, text, field.is_number())
        });
    let last = [("uid", uid(execution, home), false)];
    first.into_iter().chain(fields).chain(last)
}

/// Writes an execution as one line of JSON in the form of 1.x (`ts`, `skill`, `outcome`, `duration_s`, `notes`, `session`),
/// followed by fields that 1.x did not have; `home` is the id of the home that has it.
#[must_use]
pub fn jsonl(execution: &Execution, home: &str) -> String {
    let mut out = String::from("{");
    for (name, value, number) in fields(execution, home) {
        if let Some(value) = value {
            put(&mut out, name, &if number { value } else { quoted(&value) });
        }
    }
    let extra = execution
        .extra
        .as_deref()
        .and_then(|extra| serde_json::from_str::<Map<String, Value>>(extra).ok());
    for (name, value) in extra.iter().flatten() {
        put(&mut out, name, &value.to_string());
    }
    out.push('}');
    out
}

/// Adds a field with its value in JSON.
fn put(out: &mut String, name: &str, value: &str) {
    if out.len() > 1 {
        out.push(',');
    }
    out.push_str(&format!("{}:{value}", quoted(name)));
}

/// Writes a string in JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns the header of the CSV form.
#[must_use]
pub fn csv_header() -> String {
    let fields = FIELDS.map(|field| format!(",{}", field.key));
    format!("id,ts,skill,outcome{},uid", fields.concat())
}

/// Writes an execution as one record of CSV (RFC 4180) without its newline.
#[must_use]
pub fn csv(execution: &Execution, home: &str) -> String {
    let mut out = execution.id.to_string();
    for (_, value, _) in fields(execution, home) {
        out.push(',');
        let value = value.unwrap_or_default();
        if value.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", value.replace('"', "\"\"")));
        } else {
            out.push_str(&value);
        }
    }
    out
}
