//! The declarations of the JavaScript API.

use super::javascript::{GROUPS, mark, parameter};
use super::method::{Method, Presence, has_twin, is_wide};
use super::table::{Field, Table, camel};
use clawpowers_api::ErrorCode;
use serde_json::Value;

const BYTES: &str = "string | Uint8Array | ArrayBuffer";
// The description of a value that is not UTF-8: in a reply, and in the JavaScript API.
const AS_JSON: &str = "`null` if it is not UTF-8";
const AS_BYTES: &str = "bytes if it is not UTF-8";

/// Writes `index.d.ts`.
pub(crate) fn declarations(table: &Table) -> String {
    let codes: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| format!("\"{}\"", code.as_str()))
        .collect();
    let mut out = include_str!("head.d.ts").replace("$CODES", &codes.join(" | "));
    for (group, about) in GROUPS {
        out.push_str(&format!(
            "\n/** {about} */\nexport interface {} {{\n",
            camel(group, true)
        ));
        methods(&mut out, table, group);
        out.push_str("}\n");
    }
    out.push_str("\n/** Operations of the runtime itself. */\nexport interface Own {\n");
    methods(&mut out, table, "runtime");
    out.push_str("}\n");
    for row in &table.rows {
        let method = Method::new(table, row);
        if !method.options.is_empty() {
            let about = format!("Named arguments of `{}`.", row.operation.name);
            interface(
                &mut out,
                &options_name(&method),
                &about,
                &method.options,
                &|field| {
                    let kind = argument(field.schema);
                    // Undefined fields are left out, so they are allowed even with `exactOptionalPropertyTypes`.
                    if field.required {
                        kind
                    } else {
                        format!("{kind} | undefined")
                    }
                },
            );
        }
    }
    for (name, schema) in &table.types {
        if table.rows.iter().any(|row| row.request == *name) {
            continue;
        }
        let about = schema["description"].as_str().unwrap_or_default();
        let about = &about.replace("else base64", "else bytes");
        let fields = table.fields(name);
        if schema["type"] == "object" {
            let shown: Vec<_> = fields
                .iter()
                .filter(|field| !is_twin(&fields, field))
                .copied()
                .collect();
            interface(&mut out, name, about, &shown, &|field| {
                if has_twin(&fields, field.name) {
                    "string | Uint8Array".to_owned()
                } else {
                    reply(field.schema)
                }
            });
        } else {
            out.push('\n');
            doc(&mut out, "", about);
            out.push_str(&format!("export type {name} = {};\n", argument(schema)));
        }
    }
    out
}

fn options_name(method: &Method<'_>) -> String {
    format!("{}Options", camel(method.row.operation.name, true))
}

fn is_twin(fields: &[Field<'_>], field: &Field<'_>) -> bool {
    let base = field.name.strip_suffix("_base64");
    base.is_some_and(|base| fields.iter().any(|other| other.name == base))
}

fn methods(out: &mut String, table: &Table, group: &str) {
    for method in Method::of(table, group) {
        let operation = method.row.operation;
        let mut list: Vec<String> = method
            .params
            .iter()
            .map(|param| {
                let kind = if param.bytes {
                    BYTES.to_owned()
                } else {
                    argument(param.field.schema)
                };
                let kind = match param.presence {
                    Presence::Nullable => format!("{kind} | null"),
                    Presence::Required | Presence::Optional => kind,
                };
                format!("{}{}: {kind}", parameter(param.field.name), mark(param.presence))
            })
            .collect();
        if !method.options.is_empty() {
            let mark = if method.needs_options() { "" } else { "?" };
            list.push(format!("options{mark}: {}", options_name(&method)));
        }
        let returned = match method.result {
            Some(field) if is_wide(field.schema) => "number | bigint".to_owned(),
            Some(field) if has_twin(&table.fields(&method.row.reply), field.name) => {
                "string | Uint8Array".to_owned()
            }
            Some(field) => reply(field.schema),
            None => method.row.reply.clone(),
        };
        let (name, list) = (camel(operation.method, false), list.join(", "));
        let summary = method.row.operation.summary;
        doc(out, "  ", summary);
        out.push_str(&format!("  {name}({list}): {returned};\n"));
        doc(out, "  ", &format!("{summary} Returns a promise."));
        out.push_str(&format!("  {name}Async({list}): Promise<{returned}>;\n"));
    }
}

fn interface(
    out: &mut String,
    name: &str,
    about: &str,
    fields: &[Field<'_>],
    kind: &dyn Fn(&Field<'_>) -> String,
) {
    out.push('\n');
    doc(out, "", about);
    out.push_str(&format!("export interface {name} {{\n"));
    for field in fields {
        doc(out, "  ", &field.description().replace(AS_JSON, AS_BYTES));
        let mark = if field.required { "" } else { "?" };
        out.push_str(&format!("  {}{mark}: {};\n", field.name, kind(field)));
    }
    out.push_str("}\n");
}

fn doc(out: &mut String, indent: &str, text: &str) {
    if !text.is_empty() {
        let text = text.replace("*/", "* /").replace('\n', " ");
        out.push_str(&format!("{indent}/** {text} */\n"));
    }
}

/// Returns the type of an argument.
fn argument(schema: &Value) -> String {
    match schema["x-accepts"].as_str() {
        Some("time") => "string | Date | null".to_owned(),
        _ => shape(schema, "number | bigint", "readonly "),
    }
}

/// Returns the type of a result.
fn reply(schema: &Value) -> String {
    shape(schema, "number", "")
}

fn shape(schema: &Value, number: &str, list: &str) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.trim_start_matches("#/$defs/").to_owned();
    }
    let union = |parts: &mut dyn Iterator<Item = String>| {
        let mut list: Vec<String> = Vec::new();
        for part in parts.flat_map(|part| part.split(" | ").map(str::to_owned).collect::<Vec<_>>()) {
            if !list.contains(&part) {
                list.push(part);
            }
        }
        list.join(" | ")
    };
    if let Some(any) = schema["anyOf"].as_array() {
        return union(&mut any.iter().map(|one| shape(one, number, list)));
    }
    if let Some(values) = schema["enum"].as_array() {
        return union(&mut values.iter().map(Value::to_string));
    }
    let one = |kind: &str| match kind {
        "string" => "string".to_owned(),
        "integer" | "number" => number.to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => match shape(&schema["items"], number, list) {
            item if item.contains(" | ") || item.starts_with("readonly ") => format!("{list}({item})[]"),
            item => format!("{list}{item}[]"),
        },
        "object" => match &schema["additionalProperties"] {
            inner @ Value::Object(_) => format!("Record<string, {}>", shape(inner, number, list)),
            _ => "Record<string, unknown>".to_owned(),
        },
        _ => "unknown".to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => union(&mut kinds.iter().filter_map(Value::as_str).map(one)),
        _ => "unknown".to_owned(),
    }
}
