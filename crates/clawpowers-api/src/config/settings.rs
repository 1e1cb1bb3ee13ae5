//! The settings: which values they accept, and how a string becomes a value.

use super::key::{Key, MAX_KEY_BYTES, is_in, kind_of, names};
use crate::text::{did_you_mean, unknown_name};
use crate::wire::{ApiError, Result, number::MAX_WHOLE};
use clawpowers_loader::display::{nearest, quote};
use clawpowers_text::SETTINGS;
use serde_json::{Map, Number, Value};

/// The values that a known setting accepts.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// An object of further settings.
    Section,
    Text,
    Flag,
    /// A number from the first to the second.
    Number(f64, f64),
    /// The same for whole numbers.
    Whole(f64, f64),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    List,
    /// The role profiles, or one of them: an object, or a list.
    Profiles,
}

const AMOUNT: Kind = Kind::Number(0.0, f64::INFINITY);
const TIER: Kind = Kind::OneOf(&["auto", "ask", "off"]);

/// Every setting of 1.x and 2.x that has a value. Besides them there is `profiles`, in which any name is allowed.
const KNOWN: [(&str, Kind); 23] = [
    ("version", Kind::Text),
    ("profile", Kind::Text),
    ("skills.auto_load", Kind::Flag),
    ("skillsDir", Kind::Text),
    ("dataDir", Kind::Text),
    ("payments.enabled", Kind::Flag),
    (
        "payments.mode",
        Kind::OneOf(&["dry_run", "live", "human-first", "auto", "disabled"]),
    ),
    ("payments.per_tx_limit_usd", AMOUNT),
    ("payments.daily_limit_usd", AMOUNT),
    ("payments.dailyLimitUsd", AMOUNT),
    ("payments.weekly_limit_usd", AMOUNT),
    ("payments.weeklyLimitUsd", AMOUNT),
    ("payments.require_approval_above_usd", AMOUNT),
    ("payments.allowlist", Kind::List),
    ("payments.allowedDomains", Kind::List),
    ("telemetry.enabled", Kind::Flag),
    ("rsi.enabled", Kind::Flag),
    ("rsi.tiers.t1", TIER),
    ("rsi.tiers.t2", TIER),
    ("rsi.tiers.t3", TIER),
    ("rsi.tiers.t4", Kind::OneOf(&["ask", "off"])),
    ("logging.level", Kind::OneOf(&["debug", "info", "warn", "error"])),
    ("logging.retentionDays", Kind::Number(1.0, 365.0)),
];

/// Returns the kind of a setting; `None` if it accepts any value.
fn kind(key: &str) -> Option<Kind> {
    if let Some((_, kind)) = KNOWN.iter().find(|(name, _)| *name == key) {
        return Some(*kind);
    }
    if let Some(setting) = SETTINGS.iter().find(|setting| setting.name == key) {
        return Some(match setting.whole {
            true => Kind::Whole(setting.least, setting.most),
            false => Kind::Number(setting.least, setting.most),
        });
    }
    let is_below = |name: &str| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    if KNOWN.iter().any(|(name, _)| is_below(name)) || SETTINGS.iter().any(|setting| is_below(setting.name)) {
        return Some(Kind::Section);
    }
    // In `profiles` the names are those of roles.
    match key.strip_prefix("profiles.").map(|role| role.split_once('.')) {
        Some(None) => Some(Kind::Profiles),
        Some(Some((_, "skills"))) => Some(Kind::List),
        Some(Some(_)) => None,
        None if key == "profiles" => Some(Kind::Profiles),
        None => match key.rsplit('.').next().unwrap_or(key) {
            "enabled" | "auto_load" => Some(Kind::Flag),
            name if name.ends_with("_limit_usd") || name.ends_with("LimitUsd") => Some(AMOUNT),
            _ => None,
        },
    }
}

impl Kind {
    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Section => value.is_object(),
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Number(least, most) => value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)),
            Self::Whole(least, most) => value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number) && number.fract() == 0.0),
            Self::OneOf(known) => value.as_str().is_some_and(|text| known.contains(&text)),
            Self::List => value.is_array(),
            Self::Profiles => value.is_object() || value.is_array(),
        }
    }

    /// Describes the accepted values, for a message.
    fn expected(self) -> String {
        match self {
            Self::Section => "an object of settings".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Number(least, most) if most.is_finite() => format!("a number from {least} to {most}"),
            Self::Number(least, _) => format!("a number, {least} or greater"),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::OneOf(known) => format!("one of `{}`", known.join("`, `")),
            Self::List => "a list".to_owned(),
            Self::Profiles => "an object with `skills`, or a list of skills".to_owned(),
        }
    }
}

/// Converts a string to a value: of the kind of the setting if it is known, else of the kind of its present value, else of
/// the kind that the text looks like.
pub(crate) fn coerced(key: &str, text: &str, present: Option<&Value>) -> Result<Value> {
    let rejected = |takes: &str, hint: &str| {
        let message = format!("expected {takes} for {}, found {}", quote(key), quote(text));
        ApiError::invalid_input(message).hint(hint)
    };
    let value = match (kind(key), present) {
        (Some(Kind::Text | Kind::OneOf(_)), _) | (None, Some(Value::String(_))) => Value::from(text),
        (Some(Kind::Flag), _) | (None, Some(Value::Bool(_))) => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err(rejected("true or false", "use `true` or `false`")),
        },
        (Some(Kind::Number(..) | Kind::Whole(..)), _) | (None, Some(Value::Number(_))) => {
            number(text).ok_or_else(|| rejected("a number", "use a number such as `5` or `0.25`"))?
        }
        (None, None) => guessed(text),
        (kind, _) => serde_json::from_str(text).map_err(|_| {
            let takes = match kind {
                Some(Kind::Section) => "an object",
                Some(Kind::List) => "a list",
                Some(_) => "an object or a list",
                None => "JSON",
            };
            rejected(takes, "write it as JSON, with strings in double quotes")
        })?,
    };
    if is_whole(text) && value.as_number().is_some_and(|number| !is_exact(number)) {
        return Err(rejected(
            "a number within 9007199254740991 (2^53-1)",
            "set it as a string, in double quotes",
        ));
    }
    Ok(value)
}

/// Reads a number as JSON writes it.
fn number(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    // Whitespace around it is allowed in JSON but a mistake here.
    (value.is_number() && text.trim() == text).then_some(value)
}

/// Reads the text of an unknown setting that is not set yet.
fn guessed(text: &str) -> Value {
    let json = || serde_json::from_str(text).ok();
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ if text.starts_with(['[', '{']) => json(),
        _ => number(text),
    }
    .unwrap_or_else(|| Value::from(text))
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether every language reads this whole number exactly.
fn is_exact(number: &Number) -> bool {
    let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    // -0.0 has no integer form.
    size.map_or(number.as_f64() == Some(0.0), |size| size <= MAX_WHOLE)
}

/// Rejects, at any depth, numbers whose magnitude is above 2^53-1, the largest that every language reads exactly.
pub(crate) fn check_numbers(key: &str, value: &Value) -> Result<()> {
    match value {
        Value::Number(number) if number.as_f64().is_none_or(|size| size.abs() > MAX_WHOLE as f64) => {
            let message = format!(
                "a number in {} is out of range: the limit is {MAX_WHOLE} (2^53-1)",
                quote(key)
            );
            Err(ApiError::invalid_input(message).hint("set it as a string, in double quotes"))
        }
        Value::Array(list) => list.iter().try_for_each(|value| check_numbers(key, value)),
        Value::Object(map) => map.values().try_for_each(|value| check_numbers(key, value)),
        _ => Ok(()),
    }
}

/// Returns a value as replies have it: whole numbers beyond 53 bits as the text of their digits.
pub(crate) fn readable(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_f64() && !is_exact(number) => Value::from(number.to_string()),
        Value::Array(list) => list.iter().map(readable).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), readable(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Rejects a value that its setting, or a known setting inside it, does not accept.
pub(crate) fn check(key: &str, value: &Value) -> Result<()> {
    if key == "rsi.tiers.t4" && value == "auto" {
        return Err(ApiError::invalid_input("the tier T4 cannot be set to \"auto\"")
            .hint("`rsi.tiers.t4` takes `ask` or `off`: changes at this tier need a person's approval"));
    }
    if let Some(kind) = kind(key)
        && !kind.accepts(value)
    {
        let given = match value {
            Value::String(text) => quote(text),
            Value::Number(number) => quote(&number.to_string()),
            other => kind_of(other).to_owned(),
        };
        let message = format!("{} cannot be set to {given}", quote(key));
        return Err(ApiError::invalid_input(message).hint(format!("expected {}", kind.expected())));
    }
    // An invalid key is not a known setting.
    if let Value::Object(inner) = value
        && key.len() <= MAX_KEY_BYTES
    {
        for (name, value) in inner {
            check(&format!("{key}.{name}"), value)?;
        }
    }
    Ok(())
}

/// Rejects a setting that no release knows and that the file does not have: it is probably misspelled, and nothing would
/// read it.
pub(crate) fn check_known(key: &str, value: &Value, map: &Map<String, Value>) -> Result<()> {
    let Some(unknown) = unknown_in(key, value, map) else {
        return Ok(());
    };
    let weights = SETTINGS.iter().map(|setting| setting.name);
    if let Some(near) = nearest(&unknown, weights) {
        let message = format!("there is no setting {}", quote(&unknown));
        let hint = format!(
            "did you mean {}? docs/memory.md lists the settings of `memory`",
            quote(near)
        );
        return Err(ApiError::invalid_input(message).hint(hint));
    }
    let error = unknown_name("setting", &unknown, &KNOWN.map(|(name, _)| name));
    let hint = error.hint.clone().unwrap_or_default() + ", those of `memory`, and `profiles`";
    Err(error.hint(hint))
}

/// Returns the error for a setting that a file does not have.
pub(crate) fn unknown(key: &Key, map: &Map<String, Value>) -> ApiError {
    let shown = quote(key.as_str());
    if is_known(key.as_str()) {
        return ApiError::not_found(format!("the setting {shown} is not set")).hint("{config_set} sets it");
    }
    let names = names(map);
    let names = names.iter().map(String::as_str);
    let otherwise = "{config_list} lists the settings of the file";
    ApiError::not_found(format!("there is no setting {shown}")).hint(did_you_mean(
        key.as_str(),
        names,
        otherwise,
    ))
}

/// Returns whether some release knows a setting.
fn is_known(key: &str) -> bool {
    key == "profiles"
        || key.starts_with("profiles.")
        || KNOWN.iter().any(|(name, _)| *name == key)
        || SETTINGS.iter().any(|setting| setting.name == key)
}

/// Returns the first unknown setting of a value.
fn unknown_in(key: &str, value: &Value, map: &Map<String, Value>) -> Option<String> {
    // A key that no request may have cannot be set on its own.
    if is_known(key) || key.len() > MAX_KEY_BYTES {
        return None;
    }
    match value {
        Value::Object(inner) if matches!(kind(key), Some(Kind::Section)) => {
            let mut below = inner.iter();
            below.find_map(|(name, value)| unknown_in(&format!("{key}.{name}"), value, map))
        }
        // `check` rejects it with the reason.
        _ if matches!(kind(key), Some(Kind::Section)) || is_in(map, key) => None,
        _ => Some(key.to_owned()),
    }
}

/// Settings that only 1.x has, and those that only 2.x has.
const ONLY_OLD: [&str; 8] = [
    "payments.enabled",
    "payments.per_tx_limit_usd",
    "payments.daily_limit_usd",
    "payments.weekly_limit_usd",
    "payments.allowlist",
    "payments.require_approval_above_usd",
    "telemetry",
    "skills.auto_load",
];
const ONLY_NEW: [&str; 8] = [
    "payments.dailyLimitUsd",
    "payments.weeklyLimitUsd",
    "payments.allowedDomains",
    "profile",
    "rsi",
    "logging",
    "skillsDir",
    "dataDir",
];

/// Returns the format of a file: the release whose settings it has.
pub(crate) fn format(map: &Map<String, Value>) -> &'static str {
    let has = |key: &str| match key.split_once('.') {
        Some((section, name)) => map
            .get(section)
            .is_some_and(|section| section.get(name).is_some()),
        None => map.contains_key(key),
    };
    let mode = map
        .get("payments")
        .and_then(|payments| payments.get("mode")?.as_str());
    let old = ONLY_OLD.into_iter().any(has) || matches!(mode, Some("dry_run" | "live"));
    let new = ONLY_NEW.into_iter().any(has) || matches!(mode, Some("human-first" | "auto" | "disabled"));
    match (old, new) {
        (true, true) => "mixed",
        (true, false) => "1.x",
        (false, true) => "2.x",
        (false, false) if map.is_empty() => "none",
        (false, false) => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::error::ErrorCode;
    use serde_json::json;

    #[test]
    fn a_text_becomes_a_value_of_the_kind_of_the_setting() {
        let cases = [
            ("a", "5", None, Some(json!(5))),
            ("a", "-0.5e1", None, Some(json!(-5.0))),
            ("a", "-0", None, Some(json!(-0.0))),
            ("a", "007", None, Some(json!("007"))),
            ("a", "NaN", None, Some(json!("NaN"))),
            ("a", "", None, Some(json!(""))),
            ("a", "null", None, Some(json!("null"))),
            ("a", "[1]", None, Some(json!([1]))),
            ("a", "[1", None, Some(json!("[1"))),
            ("a", "9007199254740993", None, None),
            ("a", "99999999999999999999999", None, None),
            (
                "a",
                "99999999999999999999999",
                Some(json!("x")),
                Some(json!("99999999999999999999999")),
            ),
            ("a", "True", Some(json!(false)), None),
            ("a", "", Some(json!(0)), None),
            ("a", " 1", Some(json!(0)), None),
            ("a", "Infinity", Some(json!(0)), None),
            ("a", "1e999", Some(json!(0)), None),
            ("a", "5", Some(json!("")), Some(json!("5"))),
            ("a", "x", Some(json!([])), None),
            ("a", "\"x\"", Some(json!(null)), Some(json!("x"))),
            ("profile", "5", Some(json!(5)), Some(json!("5"))),
            (
                "payments.enabled",
                "false",
                Some(json!("false")),
                Some(json!(false)),
            ),
            ("payments.dailyLimitUsd", "", None, None),
            ("payments", "x", None, None),
        ];
        for (key, text, present, wanted) in cases {
            let made = coerced(key, text, present.as_ref());
            assert_eq!(made.ok(), wanted, "{key} {text:?} {present:?}");
        }
    }

    #[test]
    fn known_settings_are_checked_at_any_depth() {
        let bad = [
            ("rsi.tiers.t4", json!("auto")),
            ("rsi.tiers", json!({"t4": "auto"})),
            ("rsi", json!({"tiers": {"t1": "no"}})),
            ("payments", json!(5)),
            ("payments", json!({"dailyLimitUsd": -1})),
            ("payments.per_tx_limit_usd", json!("5")),
            ("payments.mode", json!("Live")),
            ("logging.retentionDays", json!(366)),
            ("logging.retentionDays", json!(0.5)),
            ("telemetry.enabled", json!("true")),
            ("profile", json!(null)),
            ("profiles.dev.skills", json!("a,b")),
            ("profiles.enabled.skills", json!(true)),
            ("memory.depth", json!(0)),
            ("memory.depth", json!(1.5)),
            ("memory.depth", json!("50")),
            ("memory", json!({"half_life_days": {"working": -1}})),
            ("memory.columns", json!(5)),
        ];
        for (key, value) in bad {
            assert_eq!(
                check(key, &value).unwrap_err().code,
                ErrorCode::InvalidInput,
                "{key} {value}"
            );
        }
        let good = [
            ("rsi", json!({"tiers": {"t4": "ask", "t9": "?"}})),
            ("payments.mode", json!("human-first")),
            ("payments.mode", json!("dry_run")),
            ("logging.retentionDays", json!(1.5)),
            ("profiles", json!({"enabled": {"skills": []}})),
            ("profiles.dev.skills", json!(["a", "b"])),
            ("profiles.dev.more.skills", json!("a")),
            ("anything", json!({"level": null})),
            ("memory", json!({"depth": 50.0, "columns": {"title": 0.5}})),
        ];
        for (key, value) in good {
            assert_eq!(check(key, &value), Ok(()), "{key} {value}");
        }
    }

    #[test]
    fn an_unknown_setting_is_rejected_unless_the_file_has_it() {
        let file = json!({"own": {"a": 1}, "payments": {"extra": 1, "daily_limit_usd": 1}});
        let file = file.as_object().unwrap();
        let good = [
            ("logging.level", json!("info")),
            ("payments.dailyLimitUsd", json!(2)),
            ("own.a", json!({"any": "thing"})),
            ("payments", json!({"mode": "auto", "extra": 2})),
            ("profiles.baker", json!(["bread"])),
            ("profiles", json!({"enabled": {"skills": []}})),
            ("memory.half_life_days.working", json!(14)),
        ];
        for (key, value) in good {
            assert_eq!(check_known(key, &value, file), Ok(()), "{key} {value}");
        }
        let bad = [
            ("loging.level", json!("info"), "loging.level"),
            ("Profile", json!("dev"), "Profile"),
            ("own.b", json!(1), "own.b"),
            (
                "payments",
                json!({"mode": "auto", "modus": "auto"}),
                "payments.modus",
            ),
            ("rsi", json!({"tiers": {"t9": "ask"}}), "rsi.tiers.t9"),
            ("memory.dept", json!(9), "memory.dept"),
            ("memory", json!({"columns": {"titel": 1}}), "memory.columns.titel"),
        ];
        for (key, value, unknown) in bad {
            let error = check_known(key, &value, file).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidInput, "{key} {value}");
            assert_eq!(error.message, format!("there is no setting `{unknown}`"));
        }
    }

    #[test]
    fn numbers_that_every_language_reads_are_accepted() {
        for bad in [
            json!(1_u64 << 53),
            json!(-1_i64 << 60),
            json!([{"a": u64::MAX}]),
            json!(1e300),
        ] {
            assert_eq!(
                check_numbers("a", &bad).unwrap_err().code,
                ErrorCode::InvalidInput,
                "{bad}"
            );
        }
        let good = json!([MAX_WHOLE, -0.5, {"a": "9007199254740993"}]);
        assert_eq!(check_numbers("a", &good), Ok(()));
        assert_eq!(readable(&good), good);
        let file = json!({"a": [1_u64 << 60, 1e300, -1_i64 << 60]});
        assert_eq!(
            readable(&file),
            json!({"a": ["1152921504606846976", 1e300, "-1152921504606846976"]})
        );
    }

    #[test]
    fn a_file_shows_its_release() {
        for (file, wanted) in [
            (json!({}), "none"),
            (json!({"version": "1.1.1", "payments": {"enabled": false}}), "1.x"),
            (json!({"payments": {"mode": "disabled"}}), "2.x"),
            (json!({"profile": "dev", "telemetry": {}}), "mixed"),
            (json!({"payments": 5}), "other"),
        ] {
            assert_eq!(format(file.as_object().unwrap()), wanted, "{file}");
        }
    }
}
