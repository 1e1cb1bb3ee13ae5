//! Changing one setting in the text of a `config.json`: no other byte changes, and new text follows the layout around
//! it.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// A range of the text and its replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    range: Range<usize>,
    replacement: String,
}

/// The reason that there is no edit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An object has a key twice, so it is unclear which of the two is meant.
    Duplicate {
        name: String,
        /// The offset of the second.
        at: usize,
    },
    /// The text is not JSON, or a value in the middle of the path `names` is not an object.
    Unread,
}

impl Edit {
    /// Returns the text after the edit.
    pub(crate) fn apply(&self, text: &str) -> Option<String> {
        let before = text.get(..self.range.start)?;
        let after = text.get(self.range.end..)?;
        Some([before, &self.replacement, after].concat())
    }
}

/// The members of an object as they are written.
struct Members<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

/// A member of an object; the ranges are those of the text.
#[derive(Debug)]
struct Member {
    name: String,
    /// The name in its quotes.
    key: Range<usize>,
    value: Range<usize>,
}

/// Returns where `part`, a slice of `text`, is in it.
fn range_of(text: &str, part: &RawValue) -> Range<usize> {
    let start = part.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + part.get().len()
}

/// Returns the members of the object in `range`; `None` if another value is there.
fn members(text: &str, range: &Range<usize>) -> Option<Vec<Member>> {
    let Members(members) = serde_json::from_str(text.get(range.clone())?).ok()?;
    let member = |(key, value): (&RawValue, _)| {
        Some(Member {
            name: serde_json::from_str(key.get()).ok()?,
            key: range_of(text, key),
            value: range_of(text, value),
        })
    };
    members.into_iter().map(member).collect()
}

/// Returns the first key that repeats another one of its object.
fn duplicate(value: &RawValue) -> Option<(String, &RawValue)> {
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(value.get()) {
        return list.into_iter().find_map(duplicate);
    }
    let Members(members) = serde_json::from_str(value.get()).ok()?;
    let mut names = HashSet::new();
    members.into_iter().find_map(|(key, value)| {
        let name: String = serde_json::from_str(key.get()).ok()?;
        match names.insert(name.clone()) {
            true => duplicate(value),
            false => Some((name, key)),
        }
    })
}

/// Returns the range of the text without the whitespace around it. No object of it may have a key twice.
fn root(text: &str) -> Result<Range<usize>, Fault> {
    let root = serde_json::from_str(text).map_err(|_| Fault::Unread)?;
    match duplicate(root) {
        Some((name, key)) => Err(Fault::Duplicate {
            name,
            at: range_of(text, key).start,
        }),
        None => Ok(range_of(text, root)),
    }
}

/// Returns the edit that removes the setting at `names`, with the comma that separates it from its neighbor. An object
/// that becomes empty is kept.
pub(crate) fn unset(text: &str, names: &[String]) -> Result<Edit, Fault> {
    let range = range_to_remove(text, root(text)?, names).ok_or(Fault::Unread)?;
    Ok(Edit {
        range,
        replacement: String::new(),
    })
}

fn range_to_remove(text: &str, mut object: Range<usize>, names: &[String]) -> Option<Range<usize>> {
    let (last, above) = names.split_last()?;
    for name in above {
        let mut members = members(text, &object)?.into_iter();
        object = members.find(|member| member.name == *name)?.value;
    }
    let members = members(text, &object)?;
    let index = members.iter().position(|member| member.name == *last)?;
    let before = index.checked_sub(1).and_then(|index| members.get(index));
    Some(match (before, members.get(index)?, members.get(index + 1)) {
        (_, own, Some(next)) => own.key.start..next.key.start,
        (Some(before), own, None) => before.value.end..own.value.end,
        (None, _, None) => inside(&object),
    })
}

/// Returns the range between the braces of an object.
const fn inside(object: &Range<usize>) -> Range<usize> {
    object.start + 1..object.end - 1
}

/// Returns the edit that gives the setting at `names` a new value. Objects that `names` lead through are created if they
/// are missing.
pub(crate) fn set(text: &str, names: &[String], value: &Value) -> Result<Edit, Fault> {
    let mut object = root(text)?;
    let mut layout = Layout::of_file(text);
    let mut rest = names;
    while let [first, below @ ..] = rest {
        let members = members(text, &object).ok_or(Fault::Unread)?;
        let ([first_member, ..], [.., last_member]) = (&*members, &*members) else {
            let filled = layout.render(&nested(rest, value), &layout.indent);
            let filled = filled.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            return Ok(Edit {
                range: inside(&object),
                replacement: filled.unwrap_or_default().to_owned(),
            });
        };
        layout = layout.within(text, first_member, last_member);
        match members.iter().find(|member| member.name == *first) {
            None => {
                let member = layout.member(first, &nested(below, value), &layout.indent);
                return Ok(Edit {
                    range: last_member.value.end..last_member.value.end,
                    replacement: layout.separator(&layout.indent) + &member,
                });
            }
            Some(member) if below.is_empty() => {
                let old = text.get(member.value.clone()).unwrap_or_default();
                return Ok(Edit {
                    range: member.value.clone(),
                    replacement: layout.for_value(old).render(value, &layout.indent),
                });
            }
            Some(member) => object = member.value.clone(),
        }
        rest = below;
    }
    Err(Fault::Unread)
}

/// Returns a value inside objects of these names.
fn nested(names: &[String], value: &Value) -> Value {
    let wrap = |inner, name: &String| Value::Object(Map::from_iter([(name.clone(), inner)]));
    names.iter().rev().fold(value.clone(), wrap)
}

/// How the members of an object are laid out.
#[derive(Debug, Clone)]
struct Layout {
    /// The newline before each member; `None` if all are on one line.
    newline: Option<String>,
    /// The indentation of the members.
    indent: String,
    /// The additional indentation of one level.
    unit: String,
    /// The text between a name and its value.
    colon: String,
    /// The whitespace after a comma on one line.
    gap: String,
    /// The whitespace inside the braces of an object on one line.
    pad: String,
}

impl Layout {
    /// Returns the layout that a file has by default.
    fn of_file(text: &str) -> Self {
        Self {
            newline: Some(line_end(text).unwrap_or("\n").to_owned()),
            indent: String::new(),
            unit: "  ".to_owned(),
            colon: ": ".to_owned(),
            gap: " ".to_owned(),
            pad: String::new(),
        }
    }

    /// Returns the layout of an object that is a value in an object of this layout, from its first and last member.
    fn within(&self, text: &str, first: &Member, last: &Member) -> Self {
        let blanks_before = |at: usize| {
            let before = text.get(..at).unwrap_or_default();
            let blanks = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
            before.get(blanks..).unwrap_or_default()
        };
        let mut own = self.clone();
        let colon = text.get(last.key.end..last.value.start).unwrap_or(": ");
        if line_end(colon).is_none() {
            own.colon = colon.to_owned();
        }
        let (pad, gap) = (blanks_before(first.key.start), blanks_before(last.key.start));
        own.newline = line_end(gap).map(str::to_owned);
        if own.newline.is_some() {
            let indent = gap.rsplit(['\n', '\r']).next().unwrap_or_default();
            match indent.strip_prefix(self.indent.as_str()) {
                Some(unit) if !unit.is_empty() => own.unit = unit.to_owned(),
                _ => {}
            }
            own.indent = indent.to_owned();
            return own;
        }
        own.gap = match first.key == last.key {
            true if !own.colon.ends_with([' ', '\t']) => String::new(),
            true => " ".to_owned(),
            false => gap.to_owned(),
        };
        own.pad = if line_end(pad).is_none() { pad } else { "" }.to_owned();
        own
    }

    /// Returns the layout of a value that replaces `old`: a list or object on one line stays on one.
    fn for_value(&self, old: &str) -> Self {
        let mut layout = self.clone();
        let filled = old
            .strip_prefix(['[', '{'])
            .is_some_and(|rest| !matches!(rest.trim_start(), "]" | "}"));
        if filled {
            layout.newline = line_end(old).map(str::to_owned);
        }
        layout
    }

    /// Returns the text of a value whose closing bracket, on a line of its own, has the indentation `indent`.
    fn render(&self, value: &Value, indent: &str) -> String {
        let inner = format!("{indent}{}", self.unit);
        let (open, close, pad, items): (_, _, _, Vec<String>) = match value {
            Value::Array(list) if !list.is_empty() => {
                let items = list.iter().map(|value| self.render(value, &inner));
                ("[", "]", "", items.collect())
            }
            Value::Object(map) if !map.is_empty() => {
                let items = map.iter().map(|(name, value)| self.member(name, value, &inner));
                ("{", "}", &self.pad, items.collect())
            }
            // Empty lists and objects have no whitespace inside.
            other => return other.to_string(),
        };
        let items = items.join(&self.separator(&inner));
        match &self.newline {
            Some(newline) => format!("{open}{newline}{inner}{items}{newline}{indent}{close}"),
            None => format!("{open}{pad}{items}{pad}{close}"),
        }
    }

    /// Returns the text between two values in a list or an object whose items have the indentation `indent`.
    fn separator(&self, indent: &str) -> String {
        match &self.newline {
            Some(newline) => format!(",{newline}{indent}"),
            None => format!(",{}", self.gap),
        }
    }

    /// Returns the text of a member.
    fn member(&self, name: &str, value: &Value, indent: &str) -> String {
        [
            Value::from(name).to_string(),
            self.colon.clone(),
            self.render(value, indent),
        ]
        .concat()
    }
}

/// Returns the first kind of newline that a string has.
fn line_end(text: &str) -> Option<&'static str> {
    ["\r\n", "\n", "\r"].into_iter().find(|end| text.contains(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::object_at;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    fn names(key: &str) -> Vec<String> {
        key.split('.').map(str::to_owned).collect()
    }

    fn after(text: &str, key: &str, value: &Value) -> String {
        set(text, &names(key), value).unwrap().apply(text).unwrap()
    }

    #[test]
    fn a_new_member_has_the_layout_of_its_neighbors() {
        let cases = [
            ("{}\n", "a", "{\n  \"a\": 1\n}\n"),
            ("{ }", "a.b", "{\n  \"a\": {\n    \"b\": 1\n  }\n}"),
            ("{}\r\n", "a", "{\r\n  \"a\": 1\r\n}\r\n"),
            (r#"{"a":0}"#, "b", r#"{"a":0,"b":1}"#),
            (r#"{"a": 0}"#, "b.c", r#"{"a": 0, "b": {"c": 1}}"#),
            (r#"{ "a": 0 }"#, "b.c", r#"{ "a": 0, "b": { "c": 1 } }"#),
            (r#"{"a": {}}"#, "a.b", r#"{"a": {"b": 1}}"#),
            (
                "{\n\t\"a\": 0\n}",
                "b.c",
                "{\n\t\"a\": 0,\n\t\"b\": {\n\t\t\"c\": 1\n\t}\n}",
            ),
            (
                "{\r\n    \"a\" : {}\r\n}",
                "a.b",
                "{\r\n    \"a\" : {\r\n        \"b\" : 1\r\n    }\r\n}",
            ),
            (
                "{\n\n  \"a\": { \"x\": 0 }\n\n}",
                "a.b",
                "{\n\n  \"a\": { \"x\": 0, \"b\": 1 }\n\n}",
            ),
            ("{\"a\":\n  0}", "b", "{\"a\":\n  0, \"b\": 1}"),
            (r#"{"a": "} \" \\", "b": 0}"#, "b", r#"{"a": "} \" \\", "b": 1}"#),
            (r#"{"\u0061": [{"a": 0}]}"#, "a", r#"{"\u0061": 1}"#),
        ];
        for (text, key, wanted) in cases {
            assert_eq!(after(text, key, &json!(1)), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_list_keeps_its_layout() {
        let list = json!(["x", {"y": []}]);
        let text = "{\n  \"a\": [1, 2],\n  \"b\": [\n    1\n  ],\n  \"c\": []\n}";
        assert!(after(text, "a", &list).contains("\"a\": [\"x\", {\"y\": []}],"));
        let long = "[\n    \"x\",\n    {\n      \"y\": []\n    }\n  ]";
        for key in ["b", "c", "d"] {
            assert!(
                after(text, key, &list).contains(&format!("\"{key}\": {long}")),
                "{key}"
            );
        }
    }

    #[test]
    fn a_removed_member_takes_its_comma_with_it() {
        let cases = [
            ("{\n  \"a\": 1\n}\n", "a", "{}\n"),
            ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a", "{\n  \"b\": 2\n}\n"),
            ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", "{\n  \"a\": 1\n}\n"),
            (
                r#"{"a":1,"b":{"c":[1], "d": {}},"e":0}"#,
                "b.c",
                r#"{"a":1,"b":{"d": {}},"e":0}"#,
            ),
            (
                r#"{"a":1,"b":{"c":[1], "d": {}},"e":0}"#,
                "b.d",
                r#"{"a":1,"b":{"c":[1]},"e":0}"#,
            ),
            (r#"{ "a": { "b": 1 } }"#, "a.b", r#"{ "a": {} }"#),
            (r#"{"\u0061": ",}", "b": 0}"#, "a", r#"{"b": 0}"#),
        ];
        for (text, key, wanted) in cases {
            let after = unset(text, &names(key)).unwrap().apply(text);
            assert_eq!(after.as_deref(), Some(wanted), "{text:?}");
        }
        for (text, key) in [
            ("[]", "a"),
            (r#"{"a": 1}"#, "a.b"),
            ("{}", "a"),
            (r#"{"a": {}}"#, "a.b"),
        ] {
            assert_eq!(unset(text, &names(key)), Err(Fault::Unread), "{text}");
        }
        let twice = unset(r#"{"a": 1, "a": 2}"#, &names("a")).unwrap_err();
        assert!(matches!(twice, Fault::Duplicate { .. }), "{twice:?}");
    }

    #[test]
    fn a_duplicate_key_is_a_fault() {
        let text = r#"{"b": [{"a": 1, "\u0061": 2}]}"#;
        let fault = set(text, &names("c"), &json!(1)).unwrap_err();
        assert_eq!(
            fault,
            Fault::Duplicate {
                name: "a".to_owned(),
                at: 16
            }
        );
        for (text, key) in [("[]", "a"), (r#"{"a": 1}"#, "a.b"), ("", "a"), ("[}", "a")] {
            assert_eq!(set(text, &names(key), &json!(1)), Err(Fault::Unread), "{text}");
        }
    }

    /// The generator repeats a few names, so that random paths often exist.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof![3 => "[ab]", 1 => "[ -~é😀\u{2028}\n]{0,4}"]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("JSON has no other", |n| n.is_finite())
                .prop_map(Value::from),
            "[ -~é😀\t\n]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                vec((name(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// Writes a value with whitespace and escapes as the choices say.
    fn spell(out: &mut String, value: &Value, choices: &mut impl Iterator<Item = u8>) {
        const BLANKS: [&str; 8] = ["", "", " ", "\n", "\r\n  ", "\t", "\n    ", "\r"];
        let blank = |out: &mut String, choices: &mut dyn Iterator<Item = u8>| {
            let choice = usize::from(choices.next().unwrap_or_default());
            out.push_str(BLANKS[choice % BLANKS.len()]);
        };
        let text = |out: &mut String, text: &str, escaped: bool| {
            if !escaped {
                return out.push_str(&Value::from(text).to_string());
            }
            let units = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
            out.push_str(&format!("\"{}\"", units.collect::<String>()));
        };
        blank(out, choices);
        match value {
            Value::Array(list) => {
                out.push('[');
                for (index, value) in list.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    spell(out, value, choices);
                }
                blank(out, choices);
                out.push(']');
            }
            Value::Object(map) => {
                out.push('{');
                for (index, (name, value)) in map.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    blank(out, choices);
                    text(out, name, choices.next().unwrap_or_default() < 64);
                    blank(out, choices);
                    out.push(':');
                    spell(out, value, choices);
                }
                blank(out, choices);
                out.push('}');
            }
            Value::String(own) => text(out, own, choices.next().unwrap_or_default() < 64),
            other => out.push_str(&other.to_string()),
        }
        blank(out, choices);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn one_value_changes_and_no_other_byte(
            members in vec((name(), value()), 0..5),
            choices in vec(any::<u8>(), 0..200),
            way in vec(name(), 1..4),
            new in value(),
        ) {
            let before = Value::Object(members.into_iter().collect());
            let mut text = String::new();
            spell(&mut text, &before, &mut choices.into_iter().cycle().take(100_000));
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &before);
            let mut wanted = before.as_object().unwrap().clone();
            let (last, above) = way.split_last().unwrap();
            let Some(object) = object_at(&mut wanted, above) else {
                prop_assert_eq!(set(&text, &way, &new), Err(Fault::Unread));
                return Ok(());
            };
            let old = object.insert(last.clone(), new.clone());
            let edit = set(&text, &way, &new).unwrap();
            let after = edit.apply(&text).unwrap();
            let read: Value = serde_json::from_str(&after).unwrap();
            // The order of the members counts, too.
            prop_assert_eq!(read.to_string(), Value::Object(wanted).to_string(), "{:?} became {:?}", text, after);
            let gone = text.get(edit.range.clone()).unwrap();
            match old {
                Some(old) => {
                    prop_assert_eq!(serde_json::from_str::<Value>(gone).unwrap(), old);
                    prop_assert_eq!(gone.trim(), gone);
                    prop_assert_eq!(serde_json::from_str::<Value>(&edit.replacement).unwrap(), new);
                }
                None => prop_assert_eq!(gone.trim(), ""),
            }
            // Unsetting it again leaves everything else as it is.
            let edit = unset(&after, &way).unwrap();
            let without: Value = serde_json::from_str(&edit.apply(&after).unwrap()).unwrap();
            let mut wanted = read.as_object().unwrap().clone();
            prop_assert!(object_at(&mut wanted, above).unwrap().shift_remove(last).is_some());
            prop_assert_eq!(without.to_string(), Value::Object(wanted).to_string(), "{:?}", after);
        }
    }
}
