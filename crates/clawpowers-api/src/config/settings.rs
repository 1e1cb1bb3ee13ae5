//! The settings that 1.x and 2.x know: which values they take, and how a text becomes a value.

use super::key::{Key, MAX_KEY_BYTES, is_in, kind_of, names};
use crate::text::choices;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::number::MAX_WHOLE;
use clawpowers_loader::display::{nearest, quote};
use serde_json::{Map, Number, Value};

/// What a known setting takes.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// An object of further settings.
    Section,
    /// Any text.
    Text,
    /// True or false.
    Flag,
    /// A number from the first to the second.
    Number(f64, f64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A list.
    List,
    /// The role profiles, or one of them: an object, or a list.
    Profiles,
}

/// Every setting of 1.x and 2.x that holds a value. Besides them there is `profiles`, below which any name is allowed.
const KNOWN: [&str; 23] = [
    "version",
    "profile",
    "skills.auto_load",
    "skillsDir",
    "dataDir",
    "payments.enabled",
    "payments.mode",
    "payments.per_tx_limit_usd",
    "payments.daily_limit_usd",
    "payments.dailyLimitUsd",
    "payments.weekly_limit_usd",
    "payments.weeklyLimitUsd",
    "payments.require_approval_above_usd",
    "payments.allowlist",
    "payments.allowedDomains",
    "telemetry.enabled",
    "rsi.enabled",
    "rsi.tiers.t1",
    "rsi.tiers.t2",
    "rsi.tiers.t3",
    "rsi.tiers.t4",
    "logging.level",
    "logging.retentionDays",
];

/// Returns what a setting takes, if it is a known one.
fn kind(key: &str) -> Option<Kind> {
    let amount = Some(Kind::Number(0.0, f64::INFINITY));
    match key {
        "payments" | "telemetry" | "rsi" | "rsi.tiers" | "logging" | "skills" => Some(Kind::Section),
        "version" | "profile" | "skillsDir" | "dataDir" => Some(Kind::Text),
        "payments.allowlist" | "payments.allowedDomains" => Some(Kind::List),
        "payments.mode" => Some(Kind::OneOf(&[
            "dry_run",
            "live",
            "human-first",
            "auto",
            "disabled",
        ])),
        "payments.require_approval_above_usd" => amount,
        "rsi.tiers.t1" | "rsi.tiers.t2" | "rsi.tiers.t3" => Some(Kind::OneOf(&["auto", "ask", "off"])),
        "rsi.tiers.t4" => Some(Kind::OneOf(&["ask", "off"])),
        "logging.level" => Some(Kind::OneOf(&["debug", "info", "warn", "error"])),
        "logging.retentionDays" => Some(Kind::Number(1.0, 365.0)),
        "profiles" => Some(Kind::Profiles),
        _ if is_list_of_a_profile(key) => Some(Kind::List),
        _ if is_profile(key) => Some(Kind::Profiles),
        // There the names are those of roles.
        _ if key.starts_with("profiles.") => None,
        _ => match key.rsplit('.').next().unwrap_or(key) {
            "enabled" | "auto_load" => Some(Kind::Flag),
            name if name.ends_with("_limit_usd") || name.ends_with("LimitUsd") => amount,
            _ => None,
        },
    }
}

/// Tells whether a setting is the list of skills of a role profile.
fn is_list_of_a_profile(key: &str) -> bool {
    let below = key.strip_prefix("profiles.");
    below
        .and_then(|below| below.strip_suffix(".skills"))
        .is_some_and(|name| !name.contains('.'))
}

/// Tells whether a setting is a role profile as a whole.
fn is_profile(key: &str) -> bool {
    key.strip_prefix("profiles.")
        .is_some_and(|name| !name.contains('.'))
}

/// Makes a value of a text: of the kind that the setting takes, else of the kind that it has, else as it looks.
pub(crate) fn coerced(key: &str, text: &str, present: Option<&Value>) -> Result<Value, ApiError> {
    let refused = |takes: &str, hint: &str| {
        let message = format!("{} takes {takes}, which {} is not", quote(key), quote(text));
        ApiError::new(ErrorCode::InvalidInput, message).hint(hint)
    };
    let flag = || match text {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(refused("true or false", "give exactly `true` or `false`")),
    };
    let amount = || {
        let why = || refused("a number", "give a number such as `5` or `0.25`");
        number(text).ok_or_else(why)
    };
    let json = |takes: &str| {
        let why = |_| refused(takes, "write it as JSON, texts in double quotes");
        serde_json::from_str(text).map_err(why)
    };
    let value = match (kind(key), present) {
        (Some(Kind::Text | Kind::OneOf(_)), _) => Value::from(text),
        (Some(Kind::Flag), _) => flag()?,
        (Some(Kind::Number(..)), _) => amount()?,
        (Some(Kind::Section), _) => json("an object")?,
        (Some(Kind::List), _) => json("a list")?,
        (Some(Kind::Profiles), _) => json("an object or a list")?,
        (None, Some(Value::Bool(_))) => flag()?,
        (None, Some(Value::Number(_))) => amount()?,
        (None, Some(Value::String(_))) => Value::from(text),
        (None, Some(_)) => json("JSON")?,
        (None, None) => guessed(text),
    };
    if whole(text) && value.as_number().is_some_and(|number| !exact(number)) {
        return Err(refused(
            "a number that every program reads exactly",
            "set it as a text: JSON in double quotes",
        ));
    }
    Ok(value)
}

/// Reads a number in the spelling of JSON; one that is too large for any is none.
fn number(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    // Blanks around it are allowed in JSON and are a mistake here.
    (value.is_number() && text.trim() == text).then_some(value)
}

/// Reads a text for a setting of which nothing is known.
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

/// Tells whether a text is a whole number.
fn whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether every language reads this whole number as it is.
fn exact(number: &Number) -> bool {
    let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    // Minus zero has no other form.
    size.map_or(number.as_f64() == Some(0.0), |size| size <= MAX_WHOLE)
}

/// Sees that a value holds no number beyond the whole ones that every language reads exactly.
pub(crate) fn check_numbers(key: &str, value: &Value) -> Result<(), ApiError> {
    match value {
        Value::Number(number) if number.as_f64().is_none_or(|size| size.abs() > MAX_WHOLE as f64) => {
            let message = format!(
                "{} cannot hold a number beyond {MAX_WHOLE}, up to which every program is exact",
                quote(key)
            );
            Err(ApiError::new(ErrorCode::InvalidInput, message)
                .hint("set it as a text: JSON in double quotes"))
        }
        Value::Array(list) => list.iter().try_for_each(|value| check_numbers(key, value)),
        Value::Object(map) => map.values().try_for_each(|value| check_numbers(key, value)),
        _ => Ok(()),
    }
}

/// Returns a value of the file as every language reads it: whole numbers beyond 53 bits become texts of their digits.
pub(crate) fn readable(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_f64() && !exact(number) => Value::from(number.to_string()),
        Value::Array(list) => list.iter().map(readable).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), readable(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Sees that a value, and every known setting inside it, is one that the setting takes.
pub(crate) fn check(key: &str, value: &Value) -> Result<(), ApiError> {
    let refused = |takes: &str| {
        let given = match value {
            Value::String(text) => quote(text),
            Value::Number(number) => quote(&number.to_string()),
            other => kind_of(other).to_owned(),
        };
        let message = format!("{} cannot be set to {given}", quote(key));
        Err(ApiError::new(ErrorCode::InvalidInput, message).hint(format!("it takes {takes}")))
    };
    match kind(key) {
        Some(Kind::OneOf(_)) if key == "rsi.tiers.t4" && value == "auto" => {
            let message = "the tier T4 cannot be set to \"auto\"";
            return Err(ApiError::new(ErrorCode::InvalidInput, message)
                .hint("`rsi.tiers.t4` takes `ask` or `off`: a person decides about changes of this tier"));
        }
        Some(Kind::OneOf(known)) if !value.as_str().is_some_and(|text| known.contains(&text)) => {
            return refused(&known.join(", "));
        }
        Some(Kind::Section) if !value.is_object() => return refused("an object of settings"),
        Some(Kind::List) if !value.is_array() => return refused("a list"),
        Some(Kind::Profiles) if !value.is_object() && !value.is_array() => {
            return refused("an object with `skills`, or a list of skills");
        }
        Some(Kind::Text) if !value.is_string() => return refused("a text"),
        Some(Kind::Flag) if !value.is_boolean() => return refused("true or false"),
        Some(Kind::Number(least, most))
            if !value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)) =>
        {
            return match most.is_finite() {
                true => refused(&format!("a number from {least} to {most}")),
                false => refused(&format!("a number from {least} on")),
            };
        }
        _ => {}
    }
    // A key that is longer than any request's names no known setting.
    if let Value::Object(inner) = value
        && key.len() <= MAX_KEY_BYTES
    {
        for (name, value) in inner {
            check(&format!("{key}.{name}"), value)?;
        }
    }
    Ok(())
}

/// Refuses a setting that no release knows and the file does not have: it is most likely misspelled, and nothing would
/// ever read it.
pub(crate) fn check_known(key: &str, value: &Value, map: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(unknown) = unknown_in(key, value, map) else {
        return Ok(());
    };
    let hint = format!("{}, and `profiles`", choices(&unknown, "settings", &KNOWN));
    let message = format!("there is no setting {}", quote(&unknown));
    Err(ApiError::new(ErrorCode::InvalidInput, message).hint(hint))
}

/// Returns the error for a setting that a file does not have.
pub(crate) fn unknown(key: &Key, map: &Map<String, Value>) -> ApiError {
    let shown = quote(key.as_str());
    if is_known(key.as_str()) {
        return ApiError::new(ErrorCode::NotFound, format!("the setting {shown} is not set"))
            .hint("{config_set} sets it");
    }
    let error = ApiError::new(ErrorCode::NotFound, format!("there is no setting {shown}"));
    match nearest(key.as_str(), names(map).iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean {}?", quote(near))),
        None => error.hint("{config_list} shows the settings that are there"),
    }
}

/// Tells whether a setting is one that some release knows.
fn is_known(key: &str) -> bool {
    key == "profiles" || key.starts_with("profiles.") || KNOWN.contains(&key)
}

/// Returns the first unknown setting of a value.
fn unknown_in(key: &str, value: &Value, map: &Map<String, Value>) -> Option<String> {
    // A key that is longer than any request's cannot be set on its own.
    if key == "profiles" || key.starts_with("profiles.") || KNOWN.contains(&key) || key.len() > MAX_KEY_BYTES
    {
        return None;
    }
    match value {
        Value::Object(inner) if matches!(kind(key), Some(Kind::Section)) => {
            let mut below = inner.iter();
            below.find_map(|(name, value)| unknown_in(&format!("{key}.{name}"), value, map))
        }
        // `check` refuses it with the reason.
        _ if matches!(kind(key), Some(Kind::Section)) || is_in(map, key) => None,
        _ => Some(key.to_owned()),
    }
}

/// Returns whose spelling a file has.
pub(crate) fn dialect(map: &Map<String, Value>) -> &'static str {
    let section = |name: &str| map.get(name).and_then(Value::as_object);
    let any = |names: &[&str]| {
        let known = |payments: &Map<String, Value>| names.iter().any(|name| payments.contains_key(*name));
        section("payments").is_some_and(known)
    };
    let mode = section("payments").and_then(|payments| payments.get("mode")?.as_str());
    let old = any(&[
        "enabled",
        "per_tx_limit_usd",
        "daily_limit_usd",
        "weekly_limit_usd",
        "allowlist",
        "require_approval_above_usd",
    ]) || matches!(mode, Some("dry_run" | "live"))
        || map.contains_key("telemetry")
        || section("skills").is_some_and(|skills| skills.contains_key("auto_load"));
    let new = any(&["dailyLimitUsd", "weeklyLimitUsd", "allowedDomains"])
        || matches!(mode, Some("human-first" | "auto" | "disabled"))
        || ["profile", "rsi", "logging", "skillsDir", "dataDir"]
            .iter()
            .any(|name| map.contains_key(*name));
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
    use serde_json::json;

    #[test]
    fn a_text_becomes_what_the_setting_takes_or_has_or_looks_like() {
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
    fn known_settings_are_checked_wherever_they_stand() {
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
        ];
        for (key, value) in good {
            assert_eq!(check(key, &value), Ok(()), "{key} {value}");
        }
    }

    #[test]
    fn an_unknown_setting_is_refused_unless_the_file_has_it() {
        let file = json!({"own": {"a": 1}, "payments": {"extra": 1, "daily_limit_usd": 1}});
        let file = file.as_object().unwrap();
        let good = [
            ("logging.level", json!("info")),
            ("payments.dailyLimitUsd", json!(2)),
            ("own.a", json!({"any": "thing"})),
            ("payments", json!({"mode": "auto", "extra": 2})),
            ("profiles.baker", json!(["bread"])),
            ("profiles", json!({"enabled": {"skills": []}})),
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
        ];
        for (key, value, unknown) in bad {
            let error = check_known(key, &value, file).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidInput, "{key} {value}");
            assert_eq!(error.message, format!("there is no setting `{unknown}`"));
        }
        // Every name in the list is one that `kind` has a type for.
        assert!(KNOWN.iter().all(|key| kind(key).is_some()));
    }

    #[test]
    fn numbers_are_those_that_every_language_reads() {
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
    fn a_file_shows_whose_it_is() {
        for (file, wanted) in [
            (json!({}), "none"),
            (json!({"version": "1.1.1", "payments": {"enabled": false}}), "1.x"),
            (json!({"payments": {"mode": "disabled"}}), "2.x"),
            (json!({"profile": "dev", "telemetry": {}}), "mixed"),
            (json!({"payments": 5}), "other"),
        ] {
            assert_eq!(dialect(file.as_object().unwrap()), wanted, "{file}");
        }
    }
}
