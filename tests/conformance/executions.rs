//! Every field of an execution that a request can set: stored, shown, exported and imported, by the runtime and the program.
//!
//! The fields come from `schemas/operations.json`, so a new one is tested without a line here.

use crate::case_folders::CaseFolders;
use clawpowers_api::Runtime;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The fields that identify an execution, or that the home sets.
const FIXED: [&str; 6] = ["id", "at", "skill", "outcome", "skill_version", "skill_digest"];

fn definitions() -> Value {
    let table: Value = serde_json::from_str(include_str!("../../schemas/operations.json")).unwrap();
    table.get("$defs").unwrap().clone()
}

fn names(definitions: &Value, kind: &str, list: &str) -> BTreeSet<String> {
    match definitions.pointer(&format!("/{kind}/{list}")) {
        Some(Value::Object(fields)) => fields.keys().cloned().collect(),
        Some(Value::Array(names)) => names
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect(),
        other => panic!("{kind}: {list} is {other:?}"),
    }
}

/// Returns a value for each field of a request besides the fixed ones; every number is another one.
fn values(definitions: &Value, request: &str) -> Map<String, Value> {
    let fields = definitions.pointer(&format!("/{request}/properties"));
    let fields = fields
        .and_then(Value::as_object)
        .unwrap()
        .iter()
        .filter(|(name, _)| !FIXED.contains(&name.as_str()));
    let value = |(at, (name, schema)): (usize, (&String, &Value))| {
        let is_text = schema["type"] == json!(["string", "null"]);
        let value = if let Some(example) = schema["examples"].get(0) {
            example.clone()
        } else if is_text {
            json!(format!("{name} of it"))
        } else {
            json!(at + 1)
        };
        (name.clone(), value)
    };
    let values: Map<_, _> = fields.enumerate().map(value).collect();
    assert!(values.len() >= 5, "{request}: {values:?}");
    values
}

fn ok(runtime: &Runtime, operation: &str, request: Value) -> Value {
    let reply: Value = serde_json::from_str(&runtime.call(operation, &request.to_string())).unwrap();
    reply
        .get("ok")
        .unwrap_or_else(|| panic!("{operation}: {reply}"))
        .clone()
}

/// Checks that an execution has the given values, and otherwise every field of its schema.
fn check(definitions: &Value, execution: &Value, expected: &Map<String, Value>) {
    let fields = execution.as_object().unwrap();
    assert_eq!(
        fields.keys().cloned().collect::<BTreeSet<_>>(),
        names(definitions, "Execution", "properties")
    );
    for (name, value) in expected {
        let actual = &fields[name];
        let same = actual == value || actual.is_number() && actual.as_f64() == value.as_f64();
        assert!(same, "{name}: expected {value}, found {actual}");
    }
}

#[test]
fn a_reply_always_has_every_field() {
    let definitions = definitions();
    let fields = names(&definitions, "Execution", "properties");
    assert_eq!(fields, names(&definitions, "Execution", "required"));
    let set = values(&definitions, "MetricsRecordRequest");
    let others: BTreeSet<_> = fields
        .into_iter()
        .filter(|name| !set.contains_key(name))
        .collect();
    assert_eq!(
        others,
        FIXED.into_iter().chain(["source"]).map(str::to_owned).collect()
    );
}

#[test]
fn every_field_is_recorded_shown_exported_imported_and_deleted() {
    let definitions = definitions();
    let set = values(&definitions, "MetricsRecordRequest");
    let mut request = set.clone();
    request.insert("skill".to_owned(), json!("a"));
    request.insert("outcome".to_owned(), json!("partial"));
    let folders = CaseFolders::empty();
    let runtime = folders.runtime();
    let id = ok(&runtime, "metrics_record", request.into())["id"].clone();
    let shown = ok(&runtime, "metrics_show", json!({}))["executions"][0].clone();
    check(&definitions, &shown, &set);

    let lines = ok(&runtime, "metrics_export", json!({}))["text"].clone();
    let other = CaseFolders::empty();
    let imported = other.runtime();
    assert_eq!(
        ok(&imported, "metrics_import", json!({"text": lines}))["taken"],
        1
    );
    let there = ok(&imported, "metrics_show", json!({}))["executions"][0].clone();
    check(&definitions, &there, &set);
    assert_eq!(there["at"], shown["at"]);
    assert_eq!(ok(&imported, "metrics_export", json!({}))["text"], lines);

    let deleted = ok(&runtime, "metrics_delete", json!({"id": id}))["execution"].clone();
    assert_eq!(deleted, shown);
}

#[test]
fn every_field_of_a_start_and_its_finish_is_kept() {
    let definitions = definitions();
    let folders = CaseFolders::empty();
    let runtime = folders.runtime();
    let mut request = values(&definitions, "MetricsRecordRequest");
    request.retain(|name, _| {
        definitions["MetricsStartRequest"]["properties"]
            .get(name)
            .is_some()
    });
    let mut expected = request.clone();
    request.insert("skill".to_owned(), json!("a"));
    let id = ok(&runtime, "metrics_start", request.into())["id"].clone();
    let mut request = values(&definitions, "MetricsFinishRequest");
    expected.extend(request.clone());
    request.extend([("id".to_owned(), id), ("outcome".to_owned(), json!("failure"))]);
    let finished = ok(&runtime, "metrics_finish", request.into())["execution"].clone();
    check(&definitions, &finished, &expected);
    let recorded = values(&definitions, "MetricsRecordRequest");
    assert_eq!(
        expected.keys().collect::<BTreeSet<_>>(),
        recorded.keys().collect::<BTreeSet<_>>()
    );
}

#[test]
fn the_program_has_an_option_for_every_field() {
    let definitions = definitions();
    let set = values(&definitions, "MetricsRecordRequest");
    let folders = CaseFolders::empty();
    let mut command = folders.program();
    command.args(["metrics", "record", "--skill", "a", "--outcome", "success"]);
    for (name, value) in &set {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        command.arg(format!("--{}={value}", name.replace('_', "-")));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let shown = ok(&folders.runtime(), "metrics_show", json!({}))["executions"][0].clone();
    check(&definitions, &shown, &set);
}
