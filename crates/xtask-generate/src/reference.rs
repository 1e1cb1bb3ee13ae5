//! The reference of operations, types, clients, error codes, rules and the database, in Markdown.

use super::database;
use super::table::{Field, Row, Table, camel};
use clawpowers_api::{CLIENTS, ErrorCode, Rule, Severity, Target};
use serde_json::Value;
use std::collections::BTreeSet;

const HEAD: &str = include_str!("head_reference.md");
/// Fields that several requests share, described once under a heading.
const SHARED: [(&str, &[&str]); 2] = [
    ("Selection", &["roots", "scopes", "client", "profile"]),
    (
        "Execution filter",
        &["skill", "session", "since", "until", "outcome"],
    ),
];

/// Writes `reference.md`.
pub(crate) fn markdown(table: &Table) -> String {
    let mut out = HEAD.to_owned();
    out.push_str(
        "\n## Operations\n\n| operation | JavaScript | Python | what it does |\n|---|---|---|---|\n",
    );
    for row in &table.rows {
        let (name, summary) = (row.operation.name, row.operation.summary);
        let [javascript, python] = calls(row);
        out.push_str(&format!(
            "| [`{name}`](#{name}) | `{javascript}` | `{python}` | {summary} |\n"
        ));
    }
    for row in &table.rows {
        operation(&mut out, table, row);
    }
    out.push_str("\n## Shared fields\n");
    for (heading, names) in SHARED {
        let mut requests = table.rows.iter().map(|row| table.fields(&row.request));
        let fields = requests.find(|fields| has_all(fields, names)).unwrap_or_default();
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|field| names.contains(&field.name))
            .collect();
        out.push_str(&format!("\n### {heading}\n\n"));
        fields_table(&mut out, table, "field", &fields, &[]);
    }
    out.push_str("\n## Types\n");
    let is_message = |name: &str| {
        table
            .rows
            .iter()
            .any(|row| row.request == name || row.reply == name)
    };
    for (name, schema) in table.types.iter().filter(|(name, _)| !is_message(name)) {
        let about = line(schema["description"].as_str().unwrap_or_default());
        out.push_str(&format!("\n### {name}\n\n{about}\n\n"));
        match schema["type"] == "object" {
            true => fields_table(&mut out, table, "field", &table.fields(name), &[]),
            false if schema["enum"].is_array() => out.push_str(&format!("One of {}.\n", kind(table, schema))),
            false => out.push_str(&format!("Type: {}.\n", kind(table, schema))),
        }
    }
    clients(&mut out);
    error_codes(&mut out);
    rules(&mut out);
    out.push_str(&database::tables());
    out.push_str(&database::exports());
    out
}

/// Returns how the operation is called in JavaScript and in Python.
fn calls(row: &Row) -> [String; 2] {
    let operation = row.operation;
    let group = match operation.group {
        "runtime" => String::new(),
        group => format!("{group}."),
    };
    let arguments = operation.positional.join(", ");
    [camel(operation.method, false), operation.method.to_owned()]
        .map(|method| format!("{group}{method}({arguments})"))
}

fn operation(out: &mut String, table: &Table, row: &Row) {
    let (name, summary) = (row.operation.name, row.operation.summary);
    out.push_str(&format!("\n### `{name}`\n\n{summary}\n\n"));
    let [javascript, python] = calls(row);
    let same = javascript == python;
    out.push_str(&match same {
        true => format!("JavaScript and Python: `{javascript}`"),
        false => format!("JavaScript: `{javascript}`. Python: `{python}`"),
    });
    out.push_str(&match row.operation.result {
        Some(field) => format!(". The method returns the field `{field}`.\n\n"),
        None => ".\n\n".to_owned(),
    });
    let request = table.fields(&row.request);
    let shared: Vec<_> = SHARED
        .into_iter()
        .filter(|(_, names)| has_all(&request, names))
        .collect();
    let own: Vec<_> = request
        .into_iter()
        .filter(|field| !shared.iter().any(|(_, names)| names.contains(&field.name)))
        .collect();
    let shared: Vec<_> = shared.into_iter().map(|(heading, _)| heading).collect();
    match own.is_empty() && shared.is_empty() {
        true => out.push_str("The request has no fields.\n"),
        false => fields_table(out, table, "request", &own, &shared),
    }
    out.push('\n');
    fields_table(out, table, "reply", &table.fields(&row.reply), &[]);
}

fn has_all(fields: &[Field<'_>], names: &[&str]) -> bool {
    names
        .iter()
        .all(|name| fields.iter().any(|field| field.name == *name))
}

fn fields_table(out: &mut String, table: &Table, head: &str, fields: &[Field<'_>], shared: &[&str]) {
    out.push_str(&format!("| {head} | type | meaning |\n|---|---|---|\n"));
    for field in fields {
        let mark = if field.required { "" } else { "?" };
        let (kind, about) = (kind(table, field.schema), line(field.description()));
        out.push_str(&format!("| `{}`{mark} | {kind} | {about} |\n", field.name));
    }
    for heading in shared {
        let anchor = heading.to_lowercase().replace(' ', "-");
        out.push_str(&format!(
            "| fields of [{}](#{anchor}) | | |\n",
            heading.to_lowercase()
        ));
    }
}

/// Joins the lines of a description, and escapes bars, which would end a cell.
fn line(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// Returns a description of the type of a field.
fn kind(table: &Table, schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        let reply = table.rows.iter().find(|row| row.reply == name);
        return match reply {
            Some(row) => format!("[reply of `{0}`](#{0})", row.operation.name),
            None => format!("[{name}](#{})", name.to_lowercase()),
        };
    }
    if let Some(any) = schema["anyOf"].as_array() {
        return any
            .iter()
            .map(|one| kind(table, one))
            .collect::<Vec<_>>()
            .join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let value = |value: &Value| match value {
            Value::String(text) => format!("`{text}`"),
            value => value.to_string(),
        };
        return values.iter().map(value).collect::<Vec<_>>().join(", ");
    }
    let one = |name: &str| match name {
        "array" => format!("list of {}", kind(table, &schema["items"])),
        "object" => match &schema["additionalProperties"] {
            inner @ Value::Object(_) => format!("object of {}", kind(table, inner)),
            _ => "object".to_owned(),
        },
        name => name.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => one(name),
        Value::Array(names) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).map(one).collect();
            names.join(" or ")
        }
        _ => "any JSON".to_owned(),
    }
}

fn clients(out: &mut String) {
    out.push_str(
        "\n## Clients\n\nThe values of `client` and `--as`, in upper or lower case. [clients.md](clients.md) \
         describes what each client loads.\n\n| client | other names |\n|---|---|\n",
    );
    for client in CLIENTS {
        let aliases: Vec<_> = client.aliases().map(|alias| format!("`{alias}`")).collect();
        out.push_str(&format!("| `{}` | {} |\n", client.name, aliases.join(", ")));
    }
}

fn error_codes(out: &mut String) {
    out.push_str("\n## Error codes\n\n| code | meaning |\n|---|---|\n");
    let schema = schemars::schema_for!(ErrorCode);
    let variants = schema.get("oneOf").and_then(Value::as_array);
    for code in ErrorCode::ALL {
        let mut variants = variants.into_iter().flatten();
        let variant = variants.find(|variant| variant["const"] == code.as_str());
        let about = variant
            .and_then(|variant| variant["description"].as_str())
            .unwrap_or_default();
        out.push_str(&format!("| `{}` | {} |\n", code.as_str(), line(about)));
    }
}

fn rules(out: &mut String) {
    out.push_str(
        "\n## Rules\n\nA file is invalid for a target if one of its diagnostics is an error for that target. – means \
         that the target does not report this rule. `spec` is the specification as its reference validator \
         implements it. Clients are all other targets: ",
    );
    let (clients, others): (Vec<Target>, Vec<Target>) =
        Target::ALL.into_iter().partition(|one| one.is_client());
    let names: Vec<_> = clients
        .iter()
        .map(|client| format!("`{}`", client.as_str()))
        .collect();
    out.push_str(&format!(
        "{}. What a client rejects is an error for it, whatever its column says: the client's own way to read a file \
         decides. [clients.md](clients.md) describes it, [fields.md](fields.md) the fields.\n\n",
        names.join(", ")
    ));
    let titles = others
        .iter()
        .map(|one| one.as_str())
        .collect::<Vec<_>>()
        .join(" | ");
    let columns = others.len() + 1;
    out.push_str(&format!(
        "| id | {titles} | clients | meaning |\n|---|{}---|\n",
        "---|".repeat(columns)
    ));
    for rule in Rule::ALL {
        let mut cells: Vec<String> = others.iter().map(|&one| severity(rule, one).to_owned()).collect();
        cells.push(for_clients(rule, &clients));
        let summary = line(rule.summary());
        out.push_str(&format!(
            "| `{}` | {} | {summary} |\n",
            rule.id(),
            cells.join(" | ")
        ));
    }
}

fn severity(rule: &Rule, target: Target) -> &'static str {
    rule.severity(target).map_or("–", Severity::as_str)
}

/// Returns the severity for most clients, and those for which it differs.
fn for_clients(rule: &Rule, clients: &[Target]) -> String {
    let count = |word: &str| {
        clients
            .iter()
            .filter(|&&client| severity(rule, client) == word)
            .count()
    };
    let words: BTreeSet<&str> = clients.iter().map(|&client| severity(rule, client)).collect();
    let mut words: Vec<&str> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(count(word)));
    let Some((most, rest)) = words.split_first() else {
        return String::new();
    };
    let mut text = (*most).to_owned();
    for word in rest {
        let names = clients.iter().filter(|&&client| severity(rule, client) == *word);
        let names: Vec<_> = names.map(|client| format!("`{}`", client.as_str())).collect();
        text.push_str(&format!("; {word} for {}", names.join(", ")));
    }
    text
}
