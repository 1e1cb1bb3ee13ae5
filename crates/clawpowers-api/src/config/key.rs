//! Names of settings: `payments.mode` is `mode` in the object `payments`.

use crate::wire::error::{ApiError, ErrorCode};
use clawpowers_loader::display::{is_control, quote};
use serde_json::{Map, Value};

/// How many levels a key may have.
pub(crate) const MAX_LEVELS: usize = 32;
/// How long a key may be, in bytes.
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// Settings that 1.x and 2.x spell differently and that mean the same.
///
/// `allowedDomains` is no `allowlist`: one holds domains, the other recipients.
const SPELLINGS: [[&str; 2]; 2] = [
    ["payments.daily_limit_usd", "payments.dailyLimitUsd"],
    ["payments.weekly_limit_usd", "payments.weeklyLimitUsd"],
];

/// The dotted name of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

/// How far a key leads into a file.
#[derive(Debug, Default)]
pub(crate) struct Way<'v> {
    /// The names that are there.
    pub(crate) names: Vec<String>,
    /// What the last of them holds.
    pub(crate) value: Option<&'v Value>,
    /// The segments of the key that the names stand for.
    used: usize,
}

impl Key {
    /// Reads a key.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let refused = |why: String, hint: &str| {
            let message = format!("the key {} {why}", quote(text));
            Err(ApiError::new(ErrorCode::InvalidInput, message).hint(hint))
        };
        if text.split('.').any(str::is_empty) {
            return refused(
                "has an empty part".to_owned(),
                "name a setting as in `payments.mode`",
            );
        }
        if text.contains(is_control) {
            return refused(
                "holds a control character".to_owned(),
                "name a setting as in `payments.mode`",
            );
        }
        if text.split('.').count() > MAX_LEVELS {
            return refused(format!("has more than {MAX_LEVELS} levels"), "use fewer dots");
        }
        if text.len() > MAX_KEY_BYTES {
            return refused(
                format!("has more than {MAX_KEY_BYTES} bytes"),
                "use shorter names",
            );
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the spelling that is in the file: this one, or else that of the other dialect.
    pub(crate) fn spelled_in(self, map: &Map<String, Value>) -> Self {
        let other = SPELLINGS.iter().find_map(|[one, other]| match self.as_str() {
            key if key == *one => Some(Self((*other).to_owned())),
            key if key == *other => Some(Self((*one).to_owned())),
            _ => None,
        });
        match other {
            Some(other) if self.find(map).is_none() && other.find(map).is_some() => other,
            _ => self,
        }
    }

    /// Returns the names that lead to the setting and its value, where the file has it.
    pub(crate) fn find<'v>(&self, map: &'v Map<String, Value>) -> Option<(Vec<String>, &'v Value)> {
        let segments: Vec<&str> = self.0.split('.').collect();
        let way = reach(map, &segments);
        (way.used == segments.len()).then_some((way.names, way.value?))
    }

    /// Returns the names under which the setting is to be written: those that are there, then one for each level.
    pub(crate) fn place(&self, map: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
        let segments: Vec<&str> = self.0.split('.').collect();
        let mut way = reach(map, &segments);
        let rest = segments.get(way.used..).unwrap_or_default();
        if let Some(value) = way.value
            && !rest.is_empty()
            && !value.is_object()
        {
            let message = format!(
                "{} cannot be set: {} is {}, not an object",
                quote(self.as_str()),
                quote(&way.names.join(".")),
                kind_of(value)
            );
            return Err(ApiError::new(ErrorCode::InvalidInput, message)
                .hint("set the value above as JSON, or choose another key"));
        }
        way.names.extend(rest.iter().map(|&name| name.to_owned()));
        Ok(way.names)
    }
}

/// Tells whether a file has a setting, be it in the spelling of the other dialect.
pub(crate) fn is_in(map: &Map<String, Value>, key: &str) -> bool {
    Key(key.to_owned()).spelled_in(map).find(map).is_some()
}

/// Follows the segments as far as they lead. A name may hold dots itself, so the longest one is tried first.
fn reach<'v>(map: &'v Map<String, Value>, segments: &[&str]) -> Way<'v> {
    let mut best = Way::default();
    for length in (1..=segments.len()).rev() {
        let Some((head, tail)) = segments.split_at_checked(length) else {
            continue;
        };
        let name = head.join(".");
        let Some(value) = map.get(&name) else {
            continue;
        };
        let mut way = match value {
            Value::Object(inner) if !tail.is_empty() => reach(inner, tail),
            _ => Way::default(),
        };
        way.value = way.value.or(Some(value));
        way.names.insert(0, name);
        way.used += length;
        if way.used > best.used {
            best = way;
        }
        if best.used == segments.len() {
            break;
        }
    }
    best
}

/// Returns the settings that hold a value: what is no object, and objects without any.
pub(crate) fn leaves(map: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    every(map, None, 1, &mut |key, value, leaf| {
        if leaf {
            found.push((key.to_owned(), value));
        }
    });
    found
}

/// Returns the name of every setting.
pub(crate) fn names(map: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    every(map, None, 1, &mut |key, _, _| found.push(key.to_owned()));
    found
}

/// Visits every setting in the order of the file; what no key reaches is part of the value above it.
fn every<'v>(
    map: &'v Map<String, Value>,
    above: Option<&str>,
    level: usize,
    visit: &mut dyn FnMut(&str, &'v Value, bool),
) {
    for (name, value) in map {
        let key = match above {
            None => name.clone(),
            Some(above) => format!("{above}.{name}"),
        };
        let inner = value
            .as_object()
            .filter(|inner| !inner.is_empty() && level < MAX_LEVELS && key.len() < MAX_KEY_BYTES);
        visit(&key, value, inner.is_none());
        if let Some(inner) = inner {
            every(inner, Some(&key), level + 1, visit);
        }
    }
}

/// Returns the kind of a value with its article.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(file: &Value, key: &str) -> Option<Value> {
        let key = Key::parse(key).unwrap().spelled_in(file.as_object().unwrap());
        key.find(file.as_object().unwrap())
            .map(|(_, value)| value.clone())
    }

    #[test]
    fn the_longest_name_comes_first_and_none_hides_another() {
        let file = json!({"a.b": {"x": 1}, "a": {"b": {"x": 2, "y": 3}, "b.y": 4}, "": {"a": 5}});
        assert_eq!(found(&file, "a.b.x"), Some(json!(1)));
        assert_eq!(found(&file, "a.b.y"), Some(json!(4)));
        assert_eq!(found(&file, "a.b.z"), None);
        assert_eq!(found(&file, "constructor"), None);
        let place = |key: &str| Key::parse(key).unwrap().place(file.as_object().unwrap());
        assert_eq!(place("a.b.z").unwrap(), ["a.b", "z"]);
        assert_eq!(place("n.m").unwrap(), ["n", "m"]);
        assert_eq!(place("a.b.x.y").unwrap_err().code, ErrorCode::InvalidInput);
    }

    #[test]
    fn a_setting_is_found_under_its_other_spelling() {
        let file = json!({"payments": {"dailyLimitUsd": 25, "allowedDomains": []}});
        assert_eq!(found(&file, "payments.daily_limit_usd"), Some(json!(25)));
        assert_eq!(found(&file, "payments.allowlist"), None);
        let both = json!({"payments": {"dailyLimitUsd": 25, "daily_limit_usd": 1}});
        assert_eq!(found(&both, "payments.daily_limit_usd"), Some(json!(1)));
    }

    #[test]
    fn leaves_are_what_a_key_can_reach() {
        let mut deep = json!(1);
        for _ in 0..40 {
            deep = json!({ "a": deep });
        }
        let file = json!({"a": {"b": [1], "c": {}}, "deep": deep});
        let found = leaves(file.as_object().unwrap());
        let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys.get(..2).unwrap(), ["a.b", "a.c"]);
        assert_eq!(keys.last().unwrap().split('.').count(), MAX_LEVELS);
        assert!(keys.iter().all(|key| Key::parse(key).is_ok()));
    }
}
