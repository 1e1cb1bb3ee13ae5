//! The fields that each target reads, in Markdown.

use clawpowers_api::{
    CLIENTS, Field, FieldKind, Fields, OtherFields, Since, Target, Usage, WrongValue, fields_of,
};

const HEAD: &str = include_str!("head_fields.md");

/// Writes `fields.md`.
pub(crate) fn markdown() -> String {
    let mut out = HEAD.to_owned();
    overview(&mut out);
    for target in Target::ALL {
        section(&mut out, target);
    }
    out
}

/// The fields that a client reads, with a column for each client.
fn overview(out: &mut String) {
    let clients: Vec<Target> = Target::ALL
        .into_iter()
        .filter(|target| target.is_client())
        .collect();
    let mut names: Vec<&str> = Vec::new();
    for field in clients.iter().flat_map(|&client| fields_of(client).rows) {
        if field.is_read() && !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    let titles: Vec<_> = clients
        .iter()
        .map(|client| format!("`{}`", client.as_str()))
        .collect();
    out.push_str(&format!(
        "| field | {} |\n|---|{}\n",
        titles.join(" | "),
        "---|".repeat(clients.len())
    ));
    for name in names {
        let cells: Vec<_> = clients
            .iter()
            .map(|&client| cell(fields_of(client), name))
            .collect();
        out.push_str(&format!("| `{name}` | {} |\n", cells.join(" | ")));
    }
}

fn cell(fields: &Fields, name: &str) -> &'static str {
    match fields.field(name).map(|field| (field.usage, field.required)) {
        Some((Usage::Read, true)) => "required",
        Some((Usage::Read, false)) => "yes",
        Some((Usage::Kept, _)) => "no effect",
        Some((Usage::Ignored, _)) => "ignored",
        Some((Usage::Unknown, _)) => "not known",
        None => match fields.others {
            OtherFields::Rejected => "rejected",
            OtherFields::Ignored => "ignored",
            OtherFields::Unknown => "not known",
        },
    }
}

fn section(out: &mut String, target: Target) {
    let fields = fields_of(target);
    let client = CLIENTS
        .iter()
        .find(|client| target.is_client() && client.target == target);
    let source = match client.map(|client| client.verified) {
        Some(Some(version)) => format!("From runs of version {version} and from its own code."),
        Some(None) => "From its documentation; no run has confirmed it.".to_owned(),
        None => format!("From {}.", fields.source),
    };
    let others = match fields.others {
        OtherFields::Rejected => "Any other field is an error.",
        OtherFields::Ignored => "Other fields are ignored.",
        OtherFields::Unknown => "What it does with other fields is not known.",
    };
    out.push_str(&format!("\n## `{}`\n\n{source} {others}\n\n", target.as_str()));
    out.push_str("| field | value | another value | effect | since |\n|---|---|---|---|---|\n");
    for field in fields.rows {
        out.push_str(&row(field, target));
    }
}

fn row(field: &Field, target: Target) -> String {
    let names: Vec<_> = [field.name]
        .into_iter()
        .chain(field.aliases.iter().copied())
        .collect();
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let mut value = kind(field);
    if let Some(limit) = field.limit {
        value.push_str(&format!(", at most {limit} characters"));
    }
    if field.required {
        value.push_str("; required");
    }
    let wrong = match field.wrong {
        _ if field.kind == FieldKind::Any => "–",
        WrongValue::Rejected => "the skill is rejected",
        WrongValue::Ignored => "as if it were missing",
        WrongValue::Converted => "turned into text",
        WrongValue::Unknown => "not known",
    };
    let effect = match field.usage {
        Usage::Ignored => format!("ignored: {}", field.effect),
        Usage::Unknown => "not known".to_owned(),
        Usage::Read | Usage::Kept => field.effect.to_owned(),
    };
    let since = match field.since {
        _ if !target.is_client() => "–".to_owned(),
        Since::Version(version) => version.to_owned(),
        Since::AtMost(version) => format!("{version} or earlier"),
        Since::Unknown => "not known".to_owned(),
    };
    format!(
        "| {} | {value} | {wrong} | {effect} | {since} |\n",
        names.join(", ")
    )
}

fn kind(field: &Field) -> String {
    let words = |words: &[&str]| {
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    match field.kind {
        FieldKind::Text => "text".to_owned(),
        FieldKind::TextOrList => "text or a list".to_owned(),
        FieldKind::Mapping => "a mapping".to_owned(),
        FieldKind::Boolean => "`true` or `false` without quotes".to_owned(),
        FieldKind::Flag => format!("{} in any case", words(field.accepted())),
        FieldKind::Choice(accepted) => words(accepted),
        FieldKind::ChoiceOrNumber(accepted) => format!("{}, or a number", words(accepted)),
        FieldKind::Any => "any".to_owned(),
    }
}
