//! The fields of requests and responses that COMPATIBILITY.md lists are those of the schemas, and so are their marks.

use crate::contracts::{code, rows};
use crate::{read, root};
use clawpowers_api::OPERATIONS;
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields, each with whether it may be left out; `None` where a sentence says of several which are needed.
type Fields = BTreeMap<String, Option<bool>>;

/// Shapes that have another name in the schemas.
const NAMES: [(&str, &str); 4] = [
    ("Finding", "Diagnostic"),
    ("Entry", "SkillRow"),
    ("Value", "StoreValue"),
    ("Imported", "MetricsImportReply"),
];
const SELECTION: [&str; 4] = ["roots", "scopes", "client", "profile"];
const PICKING: [&str; 5] = ["skill", "session", "since", "until", "outcome"];

/// The parts of a cell between its commas, up to a semicolon; what is in brackets is of the part before it.
fn parts(cell: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0);
    for c in cell.chars() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            ';' if depth == 0 => break,
            _ => {}
        }
        match c {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            '(' | '{' | '[' | ')' | '}' | ']' => {}
            _ if depth > 0 => {}
            _ => part.push(c),
        }
    }
    parts.push(part);
    let trimmed = parts.iter().map(|part| part.trim().to_owned());
    trimmed.filter(|part| !part.is_empty() && part != "–").collect()
}

/// The fields that a cell lists; those of a shape where it names one.
fn listed(cell: &str, shapes: &BTreeMap<String, Fields>) -> Fields {
    let mut fields = Fields::new();
    for part in parts(cell) {
        let part = part.strip_prefix("and ").unwrap_or(&part);
        let (part, marked) = ["either ", "exactly one of "]
            .into_iter()
            .find_map(|start| part.strip_prefix(start))
            .map_or((part, true), |rest| (rest, false));
        let words: Vec<&str> = part.split_whitespace().collect();
        let first = *words.first().unwrap();
        if let Some(shape) = shapes.get(first) {
            fields.extend(shape.clone());
            continue;
        }
        // `a or b string` and `a? string and b? any` are two fields.
        let second = words.windows(2).find_map(|pair| match *pair {
            ["or", name] if name != "null" => Some(name),
            ["and", name] => Some(name),
            _ => None,
        });
        for name in [Some(first), second].into_iter().flatten() {
            let mark = marked.then_some(name.ends_with('?'));
            fields.insert(name.trim_end_matches('?').to_owned(), mark);
        }
    }
    fields
}

/// The fields of a schema, and whether each may be left out.
fn of_schema(schemas: &Value, schema: &Value) -> Fields {
    let name = schema.get("$ref").and_then(Value::as_str).unwrap();
    let name = name.rsplit('/').next().unwrap();
    let schema = schemas.get("$defs").and_then(|defs| defs.get(name)).unwrap();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|names| names.iter().any(|required| required.as_str() == Some(name)))
    };
    let fields = schema.get("properties").and_then(Value::as_object);
    let fields = fields.into_iter().flat_map(|fields| fields.keys());
    fields
        .map(|name| (name.clone(), Some(!is_required(name))))
        .collect()
}

/// What a document lists wrongly, if anything.
fn difference(place: &str, mut listed: Fields, mut real: Fields) -> Option<String> {
    for (word, fields) in [("selection", &SELECTION[..]), ("picking", &PICKING)] {
        if listed.remove(word).is_some() {
            for field in fields {
                assert_eq!(real.remove(*field), Some(Some(true)), "{place}: {field}");
            }
        }
    }
    for (name, mark) in &mut real {
        if listed.get(name) == Some(&None) {
            *mark = None;
        }
    }
    (listed != real).then(|| format!("{place}: listed {listed:?}, real {real:?}"))
}

#[test]
fn documented_fields_match() {
    let document = read(&root().join("COMPATIBILITY.md"));
    let schemas: Value = serde_json::from_str(&read(&root().join("schemas/operations.json"))).unwrap();
    let (mut shapes, mut wrong) = (BTreeMap::new(), Vec::new());
    for row in rows(&document, "Shapes")
        .iter()
        .filter(|row| row.len() == 2)
        .skip(2)
    {
        let [shape, cell] = row.as_slice() else { continue };
        let fields = listed(cell, &shapes);
        // A number or a text is all that an Amount is.
        if shape != "Amount" {
            let name = NAMES.iter().find(|(documented, _)| documented == shape);
            let name = name.map_or(shape.as_str(), |(_, name)| name);
            let real = of_schema(&schemas, &serde_json::json!({ "$ref": name }));
            wrong.extend(difference(shape, fields.clone(), real));
            shapes.insert(shape.clone(), fields);
        }
    }
    assert!(shapes.len() > 12, "{shapes:?}");
    let table = rows(&document, "Each operation");
    for operation in schemas.get("operations").and_then(Value::as_array).unwrap() {
        let name = operation.get("name").and_then(Value::as_str).unwrap();
        let row = table
            .iter()
            .find(|row| row.first().and_then(|cell| code(cell)) == Some(name));
        let Some([_, request, response]) = row.map(Vec::as_slice) else {
            wrong.push(format!("{name}: there is no row of three cells"));
            continue;
        };
        for (what, cell, key) in [("request", request, "request"), ("response", response, "reply")] {
            let real = of_schema(&schemas, operation.get(key).unwrap());
            wrong.extend(difference(
                &format!("{name}, {what}"),
                listed(cell, &shapes),
                real,
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn operations_with_a_selection_are_named() {
    let document = read(&root().join("COMPATIBILITY.md"));
    let table = rows(&document, "Each operation");
    for (heading, word) in [("Selection", "selection"), ("Picking executions", "picking")] {
        let section = document.split(&format!("### {heading}\n")).nth(1).unwrap();
        let sentence = section.trim_start().split("\n\n").next().unwrap();
        for operation in OPERATIONS {
            let row = table
                .iter()
                .find(|row| row.first().and_then(|cell| code(cell)) == Some(operation.name));
            let has = row
                .and_then(|row| row.get(1))
                .is_some_and(|cell| cell.contains(word));
            let named = sentence.contains(&format!("`{}`", operation.name));
            assert_eq!(has, named, "{}: {word}", operation.name);
        }
    }
}
