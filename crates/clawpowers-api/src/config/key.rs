//! Names of settings: `payments.mode` is `mode` in the object `payments`.

use crate::wire::{ApiError, Result};
use clawpowers_loader::display::{is_control, quote};
use serde_json::{Map, Value};

pub(crate) const MAX_LEVELS: usize = 32;
pub(crate) const MAX_KEY_BYTES: usize = 1024;

/// Settings that 1.x and 2.x spell differently.
///
/// `allowedDomains` and `allowlist` are not the same: one has domains, the other recipients.
const SPELLINGS: [[&str; 2]; 2] = [
    ["payments.daily_limit_usd", "payments.dailyLimitUsd"],
    ["payments.weekly_limit_usd", "payments.weeklyLimitUsd"],
];

/// The dotted name of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

/// How much of a key's path exists in a file.
#[derive(Debug, Default)]
pub(crate) struct Path<'v> {
    /// The names that exist.
    pub(crate) names: Vec<String>,
    /// The value at the last of them.
    pub(crate) value: Option<&'v Value>,
    /// The number of segments of the key that the names cover.
    used: usize,
}

impl Key {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let example = "use a key such as `payments.mode`";
        let (why, hint) = match text {
            _ if text.split('.').any(str::is_empty) => ("has an empty part".to_owned(), example),
            _ if text.contains(is_control) => ("contains a control character".to_owned(), example),
            _ if text.split('.').count() > MAX_LEVELS => {
                (format!("has more than {MAX_LEVELS} levels"), "use fewer dots")
            }
            _ if text.len() > MAX_KEY_BYTES => (
                format!("has more than {MAX_KEY_BYTES} bytes"),
                "use shorter names",
            ),
            _ => return Ok(Self(text.to_owned())),
        };
        let message = format!("the key {} {why}", quote(text));
        Err(ApiError::invalid_input(message).hint(hint))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name that the file has: this one, else that of the other format.
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

    /// Returns the names that lead to the setting, and its value, if the file has it.
    pub(crate) fn find<'v>(&self, map: &'v Map<String, Value>) -> Option<(Vec<String>, &'v Value)> {
        let segments: Vec<&str> = self.0.split('.').collect();
        let path = follow(map, &segments);
        (path.used == segments.len()).then_some((path.names, path.value?))
    }

    /// Returns the names under which the setting is to be written: those that exist, then one for each level.
    pub(crate) fn place(&self, map: &Map<String, Value>) -> Result<Vec<String>> {
        let segments: Vec<&str> = self.0.split('.').collect();
        let mut path = follow(map, &segments);
        let rest = segments.get(path.used..).unwrap_or_default();
        if let Some(value) = path.value
            && !rest.is_empty()
            && !value.is_object()
        {
            let (key, above) = (quote(self.as_str()), quote(&path.names.join(".")));
            let message = format!(
                "{key} cannot be set: {above} is {}, not an object",
                kind_of(value)
            );
            return Err(
                ApiError::invalid_input(message).hint("set the parent value as JSON, or choose another key")
            );
        }
        path.names.extend(rest.iter().map(|&name| name.to_owned()));
        Ok(path.names)
    }
}

/// Returns whether a file has a setting, under the name of either format.
pub(crate) fn is_in(map: &Map<String, Value>, key: &str) -> bool {
    Key(key.to_owned()).spelled_in(map).find(map).is_some()
}

/// Follows the segments as far as they lead. A name may contain dots itself, so the longest one is tried first.
fn follow<'v>(map: &'v Map<String, Value>, segments: &[&str]) -> Path<'v> {
    let mut best = Path::default();
    for length in (1..=segments.len()).rev() {
        let Some((head, tail)) = segments.split_at_checked(length) else {
            continue;
        };
        let name = head.join(".");
        let Some(value) = map.get(&name) else {
            continue;
        };
        let mut path = match value {
            Value::Object(inner) if !tail.is_empty() => follow(inner, tail),
            _ => Path::default(),
        };
        path.value = path.value.or(Some(value));
        path.names.insert(0, name);
        path.used += length;
        if path.used > best.used {
            best = path;
        }
        if best.used == segments.len() {
            break;
        }
    }
    best
}

/// Returns the settings with a value: any value that is not an object, and empty objects.
pub(crate) fn leaves(map: &Map<String, Value>) -> Vec<(String, &Value)> {
    let leaf = |(key, value, is_leaf): (_, _, bool)| is_leaf.then_some((key, value));
    settings(map, None, 1).into_iter().filter_map(leaf).collect()
}

/// Returns the name of every setting.
pub(crate) fn names(map: &Map<String, Value>) -> Vec<String> {
    settings(map, None, 1).into_iter().map(|(key, ..)| key).collect()
}

/// Returns every setting in the order of the file, and whether it is a leaf. Members that no key can address are part of
/// their parent's value.
fn settings<'v>(
    map: &'v Map<String, Value>,
    above: Option<&str>,
    level: usize,
) -> Vec<(String, &'v Value, bool)> {
    let mut found = Vec::new();
    for (name, value) in map {
        let key = above.map_or_else(|| name.clone(), |above| format!("{above}.{name}"));
        let inner = value
            .as_object()
            .filter(|inner| !inner.is_empty() && level < MAX_LEVELS && key.len() < MAX_KEY_BYTES);
        let below = inner.map(|inner| settings(inner, Some(&key), level + 1));
        found.push((key, value, inner.is_none()));
        found.extend(below.unwrap_or_default());
    }
    found
}

/// Returns the kind of a value with its article, for a message.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::error::ErrorCode;
    use serde_json::json;

    fn found(file: &Value, key: &str) -> Option<Value> {
        let key = Key::parse(key).unwrap().spelled_in(file.as_object().unwrap());
        key.find(file.as_object().unwrap())
            .map(|(_, value)| value.clone())
    }

    #[test]
    fn the_longest_name_comes_first_and_hides_no_other() {
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
    fn a_setting_is_found_under_its_other_name() {
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
