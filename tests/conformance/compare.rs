//! Compares replies with the expected ones.

use clawpowers_executor::Timestamp;
use serde_json::Value;

/// Compares a reply with the expected one, which may have patterns.
pub(crate) fn matches(expected: &Value, actual: &Value) -> Result<(), String> {
    at("", expected, actual)
}

fn at(place: &str, expected: &Value, actual: &Value) -> Result<(), String> {
    let same = match (expected, actual) {
        (Value::String(text), _) if text == "$any" => true,
        (Value::String(text), _) if text == "$number" => actual.is_number(),
        (Value::String(text), _) if text == "$time" => actual
            .as_str()
            .is_some_and(|text| text.contains('T') && Timestamp::parse(text).is_ok()),
        (Value::String(text), _) if text == "$version" => actual == env!("CARGO_PKG_VERSION"),
        (Value::Object(map), _) if map.contains_key("$starts") => {
            let start = map.get("$starts").and_then(Value::as_str);
            start.is_some_and(|start| actual.as_str().is_some_and(|text| text.starts_with(start)))
        }
        (Value::Object(map), _) if map.contains_key("$hint") => {
            let hint = map.get("$hint").and_then(Value::as_str);
            hint.is_some_and(|hint| actual.as_str().is_some_and(|text| is_worded(hint, text)))
        }
        (Value::Object(map), Value::Object(found)) => {
            for (key, expected) in map.iter().filter(|(key, _)| *key != "$others") {
                let place = format!("{place}/{key}");
                let Some(actual) = found.get(key) else {
                    return Err(format!("{place} is missing: {actual}"));
                };
                at(&place, expected, actual)?;
            }
            for (key, other) in found.iter().filter(|(key, _)| !map.contains_key(*key)) {
                let place = format!("{place}/{key}");
                match map.get("$others") {
                    Some(expected) => at(&place, expected, other)?,
                    None => return Err(format!("{place} was not expected: {actual}")),
                }
            }
            true
        }
        (Value::Array(list), Value::Array(found)) if list.len() == found.len() => {
            for (index, (expected, actual)) in list.iter().zip(found).enumerate() {
                at(&format!("{place}/{index}"), expected, actual)?;
            }
            true
        }
        // Not every language distinguishes 1 and 1.0.
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            one.as_f64() == other.as_f64()
        }
        _ => expected == actual,
    };
    if same {
        return Ok(());
    }
    Err(format!("{place}: expected {expected}, found {actual}"))
}

/// Returns whether `text` is the hint with a phrase in backticks for each reference in braces.
fn is_worded(hint: &str, text: &str) -> bool {
    let mut rest = text;
    for (index, piece) in hint.split(['{', '}']).enumerate() {
        let after = match index % 2 {
            0 => rest.strip_prefix(piece),
            _ => rest
                .strip_prefix('`')
                .and_then(|text| text.split_once('`'))
                .map(|(_, after)| after),
        };
        let Some(after) = after else { return false };
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::matches;
    use serde_json::json;

    #[test]
    fn patterns_match() {
        for (expected, good, bad) in [
            (json!("$any"), json!([1]), None),
            (json!("$number"), json!(1.5), Some(json!("1.5"))),
            (
                json!("$time"),
                json!("2026-11-03T08:00:00Z"),
                Some(json!("2026-11-03")),
            ),
            (json!({"$starts": "ab"}), json!("abc"), Some(json!("a"))),
            (
                json!({"$hint": "{a} or {--b} does"}),
                json!("`x.a(1)` or `b` does"),
                Some(json!("a or b does")),
            ),
            (
                json!({"$others": "$any", "a": 1}),
                json!({"a": 1, "b": 2}),
                Some(json!({"b": 2})),
            ),
            (
                json!({"$others": null, "a": 1}),
                json!({"a": 1, "b": null}),
                Some(json!({"a": 1, "b": 2})),
            ),
            (json!({"a": 1}), json!({"a": 1.0}), Some(json!({"a": 1, "b": 2}))),
            (json!([1]), json!([1]), Some(json!([1, 2]))),
            (json!(null), json!(null), Some(json!(false))),
        ] {
            assert_eq!(matches(&expected, &good), Ok(()));
            assert!(
                bad.is_none_or(|bad| matches(&expected, &bad).is_err()),
                "{expected}"
            );
        }
    }
}
