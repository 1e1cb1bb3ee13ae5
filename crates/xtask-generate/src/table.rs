//! The table of operations with the schemas of their requests and responses.

use clawpowers_api::operations::{Generators, OPERATIONS, Operation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Every operation, and the types that they share.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// The types, by their names in other languages.
    pub(crate) types: Map<String, Value>,
}

/// An operation.
pub(crate) struct Row {
    pub(crate) operation: &'static Operation,
    /// The names of the types of its request and its reply.
    pub(crate) request: String,
    pub(crate) reply: String,
}

/// Reads the table of `clawpowers-api`.
pub(crate) fn table() -> Table {
    let mut generators = Generators::default();
    let mut names = BTreeMap::new();
    let mut rows = Vec::new();
    for operation in OPERATIONS.iter().copied() {
        let (request, reply) = (operation.schemas)(&mut generators);
        let stem = camel(operation.name, true);
        let row = Row {
            operation,
            request: format!("{stem}Request"),
            reply: format!("{stem}Reply"),
        };
        names.insert(format!("q{}", target(&request.to_value())), row.request.clone());
        names.insert(format!("a{}", target(&reply.to_value())), row.reply.clone());
        rows.push(row);
    }
    let mut types = Map::new();
    let requests = generators.requests.take_definitions(true);
    let replies = generators.responses.take_definitions(true);
    for (side, definitions) in [("q", requests), ("a", replies)] {
        let name = |old: &str| {
            let plain = old.to_owned();
            names.get(&format!("{side}{old}")).cloned().unwrap_or(plain)
        };
        for (old, mut schema) in definitions {
            rename(&mut schema, &name);
            types.insert(name(&old), schema);
        }
    }
    types.sort_keys();
    Table { rows, types }
}

impl Table {
    /// Returns the content of `schemas/operations.json`.
    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            let operation = row.operation;
            json!({
                "name": row.operation.name,
                "summary": row.operation.summary,
                "group": (operation.group != "runtime").then_some(operation.group),
                "method": operation.method,
                "positional": operation.positional,
                "result": operation.result,
                "request": { "$ref": format!("#/$defs/{}", row.request) },
                "reply": { "$ref": format!("#/$defs/{}", row.reply) },
            })
        };
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "The operations of ClawPowers",
            "version": env!("CARGO_PKG_VERSION"),
            "operations": self.rows.iter().map(row).collect::<Vec<_>>(),
            "$defs": self.types,
        })
    }

    /// Returns the fields of a type.
    pub(crate) fn fields(&self, name: &str) -> Vec<Field<'_>> {
        let Some(schema) = self.types.get(name) else {
            return Vec::new();
        };
        let required: Vec<&str> = schema["required"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let properties = schema["properties"].as_object();
        let field = |(name, schema)| Field {
            name,
            schema,
            required: required.contains(&name),
        };
        properties
            .into_iter()
            .flatten()
            .map(|(name, schema): (&String, &Value)| field((name.as_str(), schema)))
            .collect()
    }
}

/// A field of a type.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) schema: &'a Value,
    pub(crate) required: bool,
}

impl Field<'_> {
    pub(crate) fn description(&self) -> &str {
        self.schema["description"].as_str().unwrap_or_default()
    }
}

fn target(schema: &Value) -> &str {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.strip_prefix("#/$defs/").unwrap_or_default()
}

/// Replaces the names of the types that a schema refers to. An enum with a description for each value becomes a list of
/// values.
fn rename(schema: &mut Value, name: &impl Fn(&str) -> String) {
    match schema {
        Value::Object(map) => {
            if let Some(values) = map.get("oneOf").and_then(texts) {
                map.insert("enum".to_owned(), values);
                map.insert("type".to_owned(), json!("string"));
                map.remove("oneOf");
            }
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "$ref" => {
                        *text = format!("#/$defs/{}", name(text.trim_start_matches("#/$defs/")));
                    }
                    _ => rename(value, name),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, name)),
        _ => {}
    }
}

/// Returns the values of alternatives that are all strings.
fn texts(alternatives: &Value) -> Option<Value> {
    let mut values = Vec::new();
    for one in alternatives.as_array()? {
        match (one.get("const"), one.get("enum").and_then(Value::as_array)) {
            (Some(value @ Value::String(_)), _) => values.push(value.clone()),
            (None, Some(list)) => values.extend(list.iter().cloned()),
            _ => return None,
        }
    }
    Some(Value::Array(values))
}

/// Writes words with underscores in camel case.
pub(crate) fn camel(words: &str, first: bool) -> String {
    let mut upper = first;
    let mut out = String::new();
    for c in words.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}
