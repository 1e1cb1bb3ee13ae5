//! Executions as lines: JSON in the form of 1.x with further fields, and CSV.

use super::execution::{Execution, Outcome};
use super::fields::{FIELDS, FieldValue, Kind};
use super::identity::uid;
use crate::decimal;
use crate::display::escaped;
use crate::timestamp::Timestamp;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// A line as it was read; nothing has been checked.
#[derive(Debug, Default)]
pub(super) struct JsonlRecord<'a> {
    pub(super) ts: Scalar<'a>,
    pub(super) skill: Scalar<'a>,
    pub(super) outcome: Scalar<'a>,
    /// The values of [`FIELDS`].
    pub(super) fields: [Scalar<'a>; FIELDS.len()],
    pub(super) uid: Scalar<'a>,
    pub(super) extra: Map<String, Value>,
}

impl<'a> JsonlRecord<'a> {
    /// Returns the value of a field; absent for a key that is not in [`FIELDS`].
    pub(super) fn field(&self, key: &str) -> &Scalar<'a> {
        let mut fields = FIELDS.iter().zip(&self.fields);
        fields
            .find(|(field, _)| field.key == key)
            .map_or(&Scalar::Absent, |(_, value)| value)
    }
}

/// A value of a line.
#[derive(Debug, Default)]
pub(super) enum Scalar<'a> {
    /// It is absent or null.
    #[default]
    Absent,
    Text(Cow<'a, str>),
    /// A number, written without an exponent.
    Number(String),
    Other(Value),
}

impl Scalar<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a text or a number as text: others number their sessions.
    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) => Some(text),
            _ => None,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Number(text) => text.parse().map_or(Value::Null, Value::Number),
            Self::Other(value) => value,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number.to_string()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Other(Value::Bool(value)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Scalar::Other)
    }
}

impl<'de> Deserialize<'de> for JsonlRecord<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = JsonlRecord<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut line = JsonlRecord::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            let value = map.next_value::<Scalar<'de>>()?;
            let place = match &*name.0 {
                "ts" => &mut line.ts,
                "skill" => &mut line.skill,
                "outcome" => &mut line.outcome,
                "uid" => &mut line.uid,
                other => {
                    let fields = FIELDS.iter().zip(&mut line.fields);
                    let mut own = fields.filter(|(field, _)| field.key == other);
                    if let Some((_, place)) = own.next() {
                        *place = value;
                        continue;
                    }
                    line.extra.insert(other.to_owned(), value.value());
                    continue;
                }
            };
            *place = value;
        }
        Ok(line)
    }
}

/// Why a line was skipped: a stable word, and words for people.
pub(super) type Reason = (&'static str, String);

/// Returns the skill and the time of a line.
pub(super) fn subject<'a>(line: &'a JsonlRecord<'_>) -> std::result::Result<(&'a str, Timestamp), Reason> {
    let skill = line.skill.text().unwrap_or_default();
    if skill.is_empty() {
        let other = line.extra.contains_key("skillName");
        let detail = if other {
            "`skillName` instead of `skill`: a record of 2.x"
        } else {
            "no `skill`"
        };
        return Err(("no-skill", detail.to_owned()));
    }
    let ts = line.ts.text().unwrap_or_default();
    let at = Timestamp::parse(ts).map_err(|_| ("no-time", format!("no time in `ts`: {}", escaped(ts))))?;
    Ok((skill, at))
}

/// A field's name, borrowed where it holds no escape.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(ScalarVisitor)? {
            Scalar::Text(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a field's name is not a text")),
        }
    }
}

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
/// followed by what 1.x did not know; `home` is the name of the home that it is of.
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
pub(super) fn put(out: &mut String, name: &str, value: &str) {
    if out.len() > 1 {
        out.push(',');
    }
    out.push_str(&format!("{}:{value}", quoted(name)));
}

/// Writes a text in JSON.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns the heading of the CSV form.
#[must_use]
pub fn csv_header() -> String {
    let fields = FIELDS.map(|field| format!(",{}", field.key));
    format!("id,ts,skill,outcome{},uid", fields.concat())
}

/// Writes an execution as one record of CSV (RFC 4180) without its line end.
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
