//! Sets every setting that docs/config.md lists to valid and invalid values.

use crate::contracts::rows;
use crate::{read, root};
use clawpowers_api::{Options, Runtime};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The settings of the rows for name endings, each with its ending.
const BY_ENDING: [&str; 9] = [
    "payments.enabled",
    "telemetry.enabled",
    "rsi.enabled",
    "skills.auto_load",
    "payments.per_tx_limit_usd",
    "payments.daily_limit_usd",
    "payments.weekly_limit_usd",
    "payments.dailyLimitUsd",
    "payments.weeklyLimitUsd",
];

fn set(runtime: &Runtime, key: &str, value: &Value) -> Value {
    let request = json!({"key": key, "value": value}).to_string();
    serde_json::from_str(&runtime.call("config_set", &request)).unwrap()
}

#[test]
fn documented_weights_match() {
    let document = read(&root().join("docs/memory.md"));
    let home = TempDir::new().unwrap();
    let runtime = Runtime::open(Options {
        home: Some(home.path().into()),
        ..Options::default()
    });
    let mut tried = 0;
    for row in rows(&document, "Weights") {
        let [name, default, values, _] = row.as_slice() else {
            continue;
        };
        let Some((least, most)) = values.split_once(" to ") else {
            continue;
        };
        let number = |text: &str| text.parse::<f64>().unwrap();
        let (least, most) = (number(least), number(most));
        let key = name.trim_matches('`');
        for value in [least, most, number(default)] {
            let reply = set(&runtime, key, &json!(value));
            assert_eq!(reply.pointer("/ok/value"), Some(&json!(value)), "{key}: {reply}");
        }
        for value in [json!(least - 1.0), json!(most + 1.0), json!("1"), json!(null)] {
            let reply = set(&runtime, key, &value);
            let code = reply.pointer("/error/code").and_then(Value::as_str);
            assert_eq!(code, Some("invalid_input"), "{key}: {value}: {reply}");
        }
        tried += 1;
    }
    assert!(tried > 25, "only {tried} weights were tried");
}

#[test]
fn documented_settings_match() {
    let document = read(&root().join("docs/config.md"));
    let table = rows(&document, "Known settings");
    let settings = table
        .iter()
        .skip_while(|row| row.first().is_none_or(|cell| cell != "setting"))
        .skip(2);
    let mut tried = 0;
    for row in settings {
        let [names, takes] = row.as_slice() else { continue };
        let codes =
            |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let (good, bad) = match takes.as_str() {
            "a number from 1 to 365" => (vec![json!(1), json!(365)], vec![json!(0), json!(366), json!("7")]),
            "a number, 0 or greater" => (vec![json!(0), json!(2.5)], vec![json!(-0.01), json!("7")]),
            "a string" => (vec![json!("x")], vec![json!(7), json!(null)]),
            "a list" => (vec![json!([]), json!(["x"])], vec![json!("x"), json!({})]),
            "an object or a list" => (vec![json!({}), json!(["x"])], vec![json!("x"), json!(null)]),
            "an object; its members are checked too" => (vec![json!({})], vec![json!([]), json!(5)]),
            "`true`, `false`" => (vec![json!(true), json!(false)], vec![json!("true"), json!(1)]),
            _ => {
                let known = codes(takes);
                assert!(known.len() > 1, "{takes}");
                (
                    known.iter().map(|text| json!(text)).collect(),
                    vec![json!("other"), json!(true)],
                )
            }
        };
        for name in codes(names) {
            let full: Vec<&str> = match names.contains("every") && !name.contains('.') {
                true => BY_ENDING
                    .into_iter()
                    .filter(|full| full.ends_with(&name))
                    .collect(),
                false => vec![&name],
            };
            assert!(!full.is_empty(), "{name}");
            for key in full {
                let home = TempDir::new().unwrap();
                let runtime = Runtime::open(Options {
                    home: Some(home.path().into()),
                    ..Options::default()
                });
                for value in &good {
                    let reply = set(&runtime, key, value);
                    assert_eq!(reply.pointer("/ok/value"), Some(value), "{key}: {reply}");
                }
                for value in &bad {
                    let reply = set(&runtime, key, value);
                    let code = reply.pointer("/error/code").and_then(Value::as_str);
                    assert_eq!(code, Some("invalid_input"), "{key}: {value}: {reply}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 25, "only {tried} settings were tried");
    for name in BY_ENDING {
        let (group, own) = name.split_once('.').unwrap();
        let sentence = document.split("`enabled` is a setting of ").nth(1).unwrap();
        let sentence = sentence.split("Any other setting").next().unwrap();
        assert!(sentence.contains(&format!("`{group}`")), "{group}");
        assert!(
            own == "enabled" || sentence.contains(&format!("`{own}`")),
            "{own}"
        );
    }
}
