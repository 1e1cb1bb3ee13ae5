//! The values of plain scalars by YAML 1.2's core schema (chapter 10.3 of the specification).

use serde_json::{Number, Value};

/// The largest integer that every language of the bindings represents exactly.
const MAX_SAFE: i64 = (1 << 53) - 1;

pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Returns the boolean of a plain scalar; `yes` and `on` are text in YAML 1.2.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Returns whether a plain scalar is neither null nor a boolean nor a number.
pub(super) fn is_string(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let radix = |prefix, radix| {
        let rest: Option<&str> = text.strip_prefix(prefix);
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    let special = |text: &str| matches!(text, ".inf" | ".Inf" | ".INF");
    let number = (digits.starts_with(|c: char| c == '.' || c.is_ascii_digit())
        && digits.parse::<f64>().is_ok())
        || radix("0x", 16)
        || radix("0o", 8)
        || special(digits)
        || matches!(text, ".nan" | ".NaN" | ".NAN");
    !(is_null(text) || boolean(text).is_some() || number)
}

/// Returns the JSON value of a plain scalar; a number that JSON would write differently stays text.
pub(super) fn to_json(text: &str) -> Value {
    if is_null(text) {
        return Value::Null;
    }
    if let Some(value) = boolean(text) {
        return Value::Bool(value);
    }
    number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    if let Ok(integer) = text.parse::<i64>() {
        return (integer.abs() <= MAX_SAFE && integer.to_string() == text).then(|| Number::from(integer));
    }
    let float: f64 = text.parse().ok().filter(|f: &f64| f.is_finite())?;
    let number = Number::from_f64(float)?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_keep_their_spelling() {
        for (text, value) in [
            ("1", json!(1)),
            ("-3", json!(-3)),
            ("1.5", json!(1.5)),
            ("1.10", json!("1.10")),
            ("1.0", json!(1.0)),
            ("007", json!("007")),
            ("0x1f", json!("0x1f")),
            ("9007199254740993", json!("9007199254740993")),
            ("1e400", json!("1e400")),
            ("yes", json!("yes")),
            ("TRUE", json!(true)),
            ("~", json!(null)),
            ("inf", json!("inf")),
        ] {
            assert_eq!(to_json(text), value, "{text}");
        }
    }
}
