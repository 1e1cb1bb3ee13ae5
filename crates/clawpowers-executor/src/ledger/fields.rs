//! The optional fields of an execution: one list of their names, columns and types, used by everything that reads or writes
//! executions.

use crate::decimal::{MAX_DOLLARS, MAX_MICROS, MAX_NANODOLLARS, MAX_SECONDS};
use crate::display::quoted;
use crate::error::{Error, Result};
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput};

/// The longest text of a field, such as the name of a skill or a session, in bytes.
pub const MAX_TEXT_BYTES: usize = 1024;
/// The longest notes, in bytes.
pub const MAX_NOTES_BYTES: usize = 1024 * 1024;
/// The largest number of tokens; every language can read it from JSON without loss.
pub(super) const MAX_TOKENS: i64 = (1 << 53) - 1;

/// The kind of a field, which decides how it is written and which values are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Microseconds, written as seconds.
    Duration,
    /// Billionths of a US dollar, written as dollars.
    Cost,
    Tokens,
    Text,
    Notes,
    /// A W3C trace context.
    Trace,
}

#[derive(Debug)]
pub(super) struct Field {
    /// Its column in the table `execution`.
    pub(super) column: &'static str,
    /// Its key in a line of JSON and its column in CSV.
    pub(super) key: &'static str,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldValue<'a> {
    Number(i64),
    Text(&'a str),
}

impl ToSql for FieldValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl Field {
    pub(super) const fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Duration | Kind::Cost | Kind::Tokens)
    }

    /// Returns an error for a value that is not valid.
    fn check(&self, value: FieldValue<'_>) -> Result<()> {
        let (message, hint) = match (self.kind, value) {
            (Kind::Duration, FieldValue::Number(micros)) if !(0..=MAX_MICROS).contains(&micros) => (
                format!("the duration of `{micros}` µs is not from 0 to {MAX_SECONDS} s"),
                "use seconds such as 12.5",
            ),
            (Kind::Cost, FieldValue::Number(cost)) if !(0..=MAX_NANODOLLARS).contains(&cost) => (
                format!("the cost of `{cost}` billionths is not from 0 to {MAX_DOLLARS} US dollars"),
                "use dollars such as 0.0125",
            ),
            (Kind::Tokens, FieldValue::Number(tokens)) if !(0..=MAX_TOKENS).contains(&tokens) => (
                format!("the number of tokens `{tokens}` is not from 0 to {MAX_TOKENS}"),
                "use whole numbers",
            ),
            (Kind::Notes, FieldValue::Text(notes)) if notes.len() > MAX_NOTES_BYTES => (
                format!(
                    "the notes have {} bytes, more than {MAX_NOTES_BYTES}",
                    notes.len()
                ),
                "write long notes to a file and note its path",
            ),
            (Kind::Trace, FieldValue::Text(text)) if !is_traceparent(text) => (
                format!("the trace context {} is not a W3C traceparent", quoted(text)),
                "use the value of `TRACEPARENT`: 00, 32, 16 and 2 lower-case hexadecimal digits, separated by `-`",
            ),
            (Kind::Text, FieldValue::Text(text)) => return check_text(&self.column.replace('_', " "), text),
            _ => return Ok(()),
        };
        Err(Error::invalid(message, hint))
    }
}

/// Returns whether a text is a W3C `traceparent` of version 00 whose ids are not zero.
#[must_use]
pub fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, digits| {
        part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let id = |part: &str, digits| hex(part, digits) && part.bytes().any(|byte| byte != b'0');
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), ["00", trace, parent, flags] if id(trace, 32) && id(parent, 16) && hex(flags, 2))
}

/// Returns an error for a string that is too long or has control characters.
pub(super) fn check_text(name: &str, value: &str) -> Result<()> {
    if value.len() > MAX_TEXT_BYTES {
        let (shown, length) = (quoted(value), value.len());
        let message = format!("the {name} {shown} has {length} bytes, more than {MAX_TEXT_BYTES}");
        return Err(Error::invalid(message, "put long text into the notes"));
    }
    if value.chars().any(char::is_control) {
        let message = format!(
            "the {name} `{}` contains control characters",
            value.escape_debug()
        );
        return Err(Error::invalid(
            message,
            "put text of several lines into the notes",
        ));
    }
    Ok(())
}

/// Declares [`ExecutionFields`] and the list [`FIELDS`].
macro_rules! execution_fields {
    ($($(#[$doc:meta])* $name:ident: $type:tt = $key:literal $kind:ident;)*) => {
        /// The optional fields of an execution; `T` is the type of its strings.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct ExecutionFields<T> {
            $($(#[$doc])* pub $name: Option<$type>,)*
        }

        /// Every field, in the order of an export.
        pub(super) const FIELDS: [Field; [$($key),*].len()] =
            [$(Field { column: stringify!($name), key: $key, kind: Kind::$kind },)*];

        impl<T: AsRef<str>> ExecutionFields<T> {
            /// Returns the values in the order of [`FIELDS`]; an empty text counts as absent.
            pub(super) fn values(&self) -> Values<'_> {
                [$(execution_fields!(@value $type, self.$name),)*]
            }
        }

        impl ExecutionFields<String> {
            /// Reads columns in the order of [`FIELDS`], from the column `first` on.
            pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
                let mut columns = first..;
                let mut next = || columns.next().unwrap_or_default();
                Ok(Self { $($name: row.get(next())?,)* })
            }
        }

        impl<'a, T: From<&'a str>> From<Values<'a>> for ExecutionFields<T> {
            fn from([$($name),*]: Values<'a>) -> Self {
                Self { $($name: execution_fields!(@field $type, $name),)* }
            }
        }
    };
    (@value i64, $value:expr) => { $value.map(FieldValue::Number) };
    (@value T, $value:expr) => {
        $value.as_ref().map(AsRef::as_ref).filter(|text: &&str| !text.is_empty()).map(FieldValue::Text)
    };
    (@field i64, $value:expr) => {
        match $value {
            Some(FieldValue::Number(number)) => Some(number),
            _ => None,
        }
    };
    (@field T, $value:expr) => {
        match $value {
            Some(FieldValue::Text(text)) => Some(text.into()),
            _ => None,
        }
    };
}

// A new field goes to the end; its column is added by a new migration in `db/schema.rs`.
execution_fields! {
    /// The duration in microseconds.
    duration: i64 = "duration_s" Duration;
    /// Notes for people.
    notes: T = "notes" Notes;
    /// The session that it belongs to.
    session: T = "session" Text;
    /// The agent that ran it.
    agent: T = "agent" Text;
    /// The model that was used.
    model: T = "model" Text;
    /// A label for the tier of the model, such as `large`.
    tier: T = "tier" Text;
    /// The project that it belongs to.
    project: T = "project" Text;
    /// The cost in billionths of a US dollar.
    cost: i64 = "cost_usd" Cost;
    /// The number of input tokens.
    tokens_in: i64 = "tokens_in" Tokens;
    /// The number of output tokens.
    tokens_out: i64 = "tokens_out" Tokens;
    /// The version of the skill.
    skill_version: T = "skill_version" Text;
    /// The digest of the skill.
    skill_digest: T = "skill_digest" Text;
    /// `run` or `import`; `None` if it was recorded directly.
    source: T = "source" Text;
    /// The W3C trace context that it ran in.
    traceparent: T = "traceparent" Trace;
}

/// The number of fields that have a column in the first version of the schema.
pub(super) const FIRST_FIELDS: usize = 13;

/// A value for each of [`FIELDS`].
pub(super) type Values<'a> = [Option<FieldValue<'a>>; FIELDS.len()];

impl<T: AsRef<str>> ExecutionFields<T> {
    pub(super) fn check(&self) -> Result<()> {
        let fields = FIELDS.iter().zip(self.values());
        fields
            .filter_map(|(field, value)| Some((field, value?)))
            .try_for_each(|(field, value)| field.check(value))
    }

    /// Returns these fields, with the values of `others` for those that are unset.
    pub(super) fn or(&self, others: &ExecutionFields<String>) -> ExecutionFields<String> {
        let mut values = self.values();
        for (value, other) in values.iter_mut().zip(others.values()) {
            *value = value.or(other);
        }
        values.into()
    }
}
