//! An operation as a method: its positional parameters, its options, its result.

use super::table::{Field, Row, Table};
use serde_json::Value;

/// A method of a binding.
pub(crate) struct Method<'a> {
    pub(crate) row: &'a Row,
    pub(crate) params: Vec<Param<'a>>,
    /// The fields that are named arguments.
    pub(crate) options: Vec<Field<'a>>,
    /// The field of the reply that the method returns; `None` if it returns the whole.
    pub(crate) result: Option<Field<'a>>,
    /// Whether the reply may contain bytes.
    pub(crate) bytes: bool,
}

/// A positional parameter.
pub(crate) struct Param<'a> {
    pub(crate) field: Field<'a>,
    pub(crate) presence: Presence,
    /// Whether it may be bytes.
    pub(crate) bytes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is required.
    Required,
    /// It is required, and may be null.
    Nullable,
    /// It is optional.
    Optional,
}

impl<'a> Method<'a> {
    pub(crate) fn new(table: &'a Table, row: &'a Row) -> Self {
        let fields = table.fields(&row.request);
        let operation = row.operation;
        let last = operation.positional.last();
        let param = |name: &&str| {
            let field = *fields.iter().find(|field| field.name == *name)?;
            let bytes = has_twin(&fields, name);
            let presence = match (field.required, Some(name) == last) {
                (true, _) => Presence::Required,
                (false, false) => Presence::Nullable,
                // A missing value must not be mistaken for an empty one.
                (false, true) if bytes => Presence::Required,
                (false, true) => Presence::Optional,
            };
            Some(Param {
                field,
                presence,
                bytes,
            })
        };
        let named = |field: &&Field<'_>| {
            let twin = field.name.strip_suffix("_base64");
            !operation.positional.contains(&field.name)
                && !twin.is_some_and(|base| fields.iter().any(|other| other.name == base))
        };
        let reply = table.fields(&row.reply);
        Self {
            row,
            params: operation.positional.iter().filter_map(param).collect(),
            options: fields.iter().filter(named).copied().collect(),
            result: operation
                .result
                .and_then(|name| reply.into_iter().find(|field| field.name == name)),
            bytes: holds_bytes(table, &row.reply),
        }
    }

    /// Returns all methods of a group, in the order of the table.
    pub(crate) fn of(table: &'a Table, group: &str) -> Vec<Self> {
        let rows = table.rows.iter();
        rows.filter(|row| row.operation.group == group)
            .map(|row| Self::new(table, row))
            .collect()
    }

    /// Returns whether a named argument is required.
    pub(crate) fn needs_options(&self) -> bool {
        self.options.iter().any(|field| field.required)
    }

    /// Returns whether the method returns an integer of 64 bits, which is text in replies.
    pub(crate) fn is_integer(&self) -> bool {
        self.result.is_some_and(|field| is_wide(field.schema))
    }
}

/// Returns whether a field is the text of an integer of 64 bits.
pub(crate) fn is_wide(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "int64"
}

/// Returns whether the field of this name may be bytes.
pub(crate) fn has_twin(fields: &[Field<'_>], name: &str) -> bool {
    fields
        .iter()
        .any(|field| field.name.strip_suffix("_base64") == Some(name))
}

/// Returns whether a type contains bytes, at any depth.
fn holds_bytes(table: &Table, name: &str) -> bool {
    let fields = table.fields(name);
    let below = |field: &Field<'_>| {
        references(field.schema)
            .iter()
            .any(|name| holds_bytes(table, name))
    };
    fields.iter().any(|field| field.name.ends_with("_base64")) || fields.iter().any(below)
}

/// Returns the names of the types that a schema refers to.
pub(crate) fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "$ref" => text.strip_prefix("#/$defs/").into_iter().collect(),
                value => references(value),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
