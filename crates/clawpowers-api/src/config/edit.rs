//! Changing one setting in the text: nothing else moves, and what is new looks like what is there.

use super::spans::{Member, Node, Spans, spans};
use serde_json::{Map, Value};
use std::ops::Range;

/// A piece of the text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    range: Range<usize>,
    replacement: String,
}

/// Why there is no edit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An object holds a name twice, so nobody can say which of the two is meant.
    Duplicate {
        /// The name.
        name: String,
        /// The offset of the second.
        at: usize,
    },
    /// The text or the names are not what the caller took them for.
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

/// Reads the places of all values of a text in which no object holds a name twice.
fn unique_spans(text: &str) -> Result<Spans, Fault> {
    let mut found = spans(text).ok_or(Fault::Unread)?;
    match found.duplicate.take() {
        Some((name, at)) => Err(Fault::Duplicate { name, at }),
        None => Ok(found),
    }
}

/// Returns the edit that removes the setting at `names`, with the comma that separates it from its neighbour. An object
/// that is empty afterwards stays.
pub(crate) fn unset(text: &str, names: &[String]) -> Result<Edit, Fault> {
    let found = unique_spans(text)?;
    let (last, above) = names.split_last().ok_or(Fault::Unread)?;
    let mut node = &found.root;
    let position = |node: &Node, name: &String| {
        let members = node.members.as_deref()?;
        members.iter().position(|member| member.name == *name)
    };
    for name in above {
        let member = position(node, name).and_then(|index| node.members.as_deref()?.get(index));
        node = &member.ok_or(Fault::Unread)?.value;
    }
    let index = position(node, last).ok_or(Fault::Unread)?;
    let members = node.members.as_deref().unwrap_or_default();
    let before = index.checked_sub(1).and_then(|index| members.get(index));
    let range = match (before, members.get(index), members.get(index + 1)) {
        (_, Some(own), Some(next)) => own.start..next.start,
        (Some(before), Some(own), None) => before.value.end..own.value.end,
        // Nothing but blanks is left between the braces.
        _ => node.start + 1..node.end.checked_sub(1).ok_or(Fault::Unread)?,
    };
    Ok(Edit {
        range,
        replacement: String::new(),
    })
}

/// Returns the edit that gives the setting at `names` a new value.
///
/// `text` is a JSON object that a JSON parser has accepted. `names` lead through objects; those that are not there are made.
pub(crate) fn set(text: &str, names: &[String], value: &Value) -> Result<Edit, Fault> {
    let found = unique_spans(text)?;
    let mut node = &found.root;
    let mut style = Style::of_file(text);
    let mut rest = names;
    while let [first, below @ ..] = rest {
        let members = node.members.as_deref().ok_or(Fault::Unread)?;
        style = style.within(text, node, members);
        match members.iter().find(|member| member.name == *first) {
            None => return insert(&style, node, members, first, nested(below, value)),
            Some(member) if below.is_empty() => {
                let old = text.get(member.value.start..member.value.end);
                return Ok(Edit {
                    range: member.value.start..member.value.end,
                    replacement: style.for_value(old.unwrap_or_default()).render(value),
                });
            }
            Some(member) => node = &member.value,
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

/// Adds a member behind the last one of an object.
fn insert(style: &Style, node: &Node, members: &[Member], name: &str, value: Value) -> Result<Edit, Fault> {
    let member = [string(name), style.colon.clone(), style.render(&value)].concat();
    let (range, replacement) = match members.last() {
        Some(last) => {
            let gap = match &style.newline {
                Some(newline) => format!("{newline}{}", style.indent),
                None => style.gap.clone(),
            };
            (last.value.end..last.value.end, format!(",{gap}{member}"))
        }
        // What stands between the braces are blanks.
        None => {
            let inside = match &style.newline {
                Some(newline) => format!("{newline}{}{member}{newline}{}", style.indent, style.closing),
                None => [style.pad.as_str(), &member, &style.pad].concat(),
            };
            let end = node.end.checked_sub(1).ok_or(Fault::Unread)?;
            (node.start + 1..end, inside)
        }
    };
    Ok(Edit { range, replacement })
}

/// How the members of an object are laid out.
#[derive(Debug, Clone)]
struct Style {
    /// The line end before each member; nothing where they stand on one line.
    newline: Option<String>,
    /// The indentation of the members.
    indent: String,
    /// The indentation of the closing brace.
    closing: String,
    /// What a level adds to the indentation.
    unit: String,
    /// What stands between a name and its value.
    colon: String,
    /// What stands behind a comma on one line.
    gap: String,
    /// What stands inside the braces of an object on one line.
    pad: String,
}

impl Style {
    /// Returns the layout that the root of a file takes over where it has none of its own.
    fn of_file(text: &str) -> Self {
        Self {
            newline: Some(line_end(text).unwrap_or("\n").to_owned()),
            indent: String::new(),
            closing: String::new(),
            unit: "  ".to_owned(),
            colon: ": ".to_owned(),
            gap: " ".to_owned(),
            pad: String::new(),
        }
    }

    /// Returns the layout of an object that stands in an object of this one: as its last member has it.
    fn within(&self, text: &str, node: &Node, members: &[Member]) -> Self {
        let Some(last) = members.last() else {
            return Self {
                indent: format!("{}{}", self.indent, self.unit),
                closing: self.indent.clone(),
                ..self.clone()
            };
        };
        let mut own = self.clone();
        own.closing.clone_from(&self.indent);
        let colon = text.get(last.name_end..last.value.start).unwrap_or(": ");
        if line_end(colon).is_none() {
            own.colon = colon.to_owned();
        }
        let lead = blanks_before(text, last.start);
        if let Some(end) = line_end(lead) {
            own.newline = Some(end.to_owned());
            let indent = lead.rsplit(['\n', '\r']).next().unwrap_or_default();
            own.indent = indent.to_owned();
            match indent.strip_prefix(self.indent.as_str()) {
                Some(unit) if !unit.is_empty() => own.unit = unit.to_owned(),
                _ => {}
            }
            return own;
        }
        own.newline = None;
        own.gap = match members {
            [_] if !own.colon.ends_with([' ', '\t']) => String::new(),
            [_] => " ".to_owned(),
            _ => lead.to_owned(),
        };
        let first = members.first().map_or(node.start, |first| first.start);
        let pad = text.get(node.start + 1..first).unwrap_or_default();
        own.pad = if line_end(pad).is_none() { pad } else { "" }.to_owned();
        own
    }

    /// Returns the layout of a value that takes the place of `old`: a list or object on one line stays on one.
    fn for_value(&self, old: &str) -> Self {
        let mut style = self.clone();
        let filled = old
            .strip_prefix(['[', '{'])
            .is_some_and(|rest| !matches!(rest.trim_start(), "]" | "}"));
        if filled {
            style.newline = line_end(old).map(str::to_owned);
        }
        style
    }

    /// Returns the text of a value that stands in an object of this layout.
    fn render(&self, value: &Value) -> String {
        let mut out = String::new();
        self.render_to(&mut out, value, &self.indent);
        out
    }

    fn render_to(&self, out: &mut String, value: &Value, indent: &str) {
        let inner = format!("{indent}{}", self.unit);
        let before = |out: &mut String, index: usize| {
            if index > 0 {
                out.push(',');
            }
            match &self.newline {
                Some(newline) => out.extend([newline.as_str(), &inner]),
                None if index > 0 => out.push_str(&self.gap),
                None => {}
            }
        };
        match value {
            Value::Array(list) if !list.is_empty() => {
                out.push('[');
                for (index, value) in list.iter().enumerate() {
                    before(out, index);
                    self.render_to(out, value, &inner);
                }
                self.close(out, indent, "", ']');
            }
            Value::Object(map) if !map.is_empty() => {
                out.push('{');
                if self.newline.is_none() {
                    out.push_str(&self.pad);
                }
                for (index, (name, value)) in map.iter().enumerate() {
                    before(out, index);
                    out.push_str(&string(name));
                    out.push_str(&self.colon);
                    self.render_to(out, value, &inner);
                }
                self.close(out, indent, &self.pad, '}');
            }
            // Empty lists and objects have no blanks inside.
            other => out.push_str(&other.to_string()),
        }
    }

    fn close(&self, out: &mut String, indent: &str, pad: &str, bracket: char) {
        match &self.newline {
            Some(newline) => {
                out.push_str(newline);
                out.push_str(indent);
            }
            None => out.push_str(pad),
        }
        out.push(bracket);
    }
}

/// Returns a text as JSON.
fn string(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns the blanks that end at an offset.
fn blanks_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
    before.get(start..).unwrap_or_default()
}

/// Returns the kind of line end that a text holds, if it holds one.
fn line_end(text: &str) -> Option<&'static str> {
    if text.contains("\r\n") {
        Some("\r\n")
    } else if text.contains('\n') {
        Some("\n")
    } else {
        text.contains('\r').then_some("\r")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn what_is_new_looks_like_what_is_there() {
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
    fn what_is_unset_goes_with_its_comma() {
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
    fn a_name_that_stands_twice_is_a_fault() {
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

    /// Names of one kind come often, so that a way through the file is often there.
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

    /// Writes a value with blanks and spellings as the choices have them.
    fn spell(out: &mut String, value: &Value, choices: &mut impl Iterator<Item = u8>) {
        const BLANKS: [&str; 8] = ["", "", " ", "\n", "\r\n  ", "\t", "\n    ", "\r"];
        let blank = |out: &mut String, choices: &mut dyn Iterator<Item = u8>| {
            let choice = usize::from(choices.next().unwrap_or_default());
            out.push_str(BLANKS[choice % BLANKS.len()]);
        };
        let text = |out: &mut String, text: &str, escaped: bool| {
            if !escaped {
                return out.push_str(&string(text));
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

    /// Sets a value in the tree; returns what was there, or nothing where the way is barred.
    fn put(map: &mut Map<String, Value>, names: &[String], value: &Value) -> Option<Option<Value>> {
        let (first, rest) = names.split_first()?;
        if rest.is_empty() {
            return Some(map.insert(first.clone(), value.clone()));
        }
        let inner = map.entry(first.clone()).or_insert_with(|| json!({}));
        put(inner.as_object_mut()?, rest, value)
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
            let Some(old) = put(&mut wanted, &way, &new) else {
                prop_assert_eq!(set(&text, &way, &new), Err(Fault::Unread));
                return Ok(());
            };
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
            // What was set is unset again, and everything else stays.
            let edit = unset(&after, &way).unwrap();
            let without: Value = serde_json::from_str(&edit.apply(&after).unwrap()).unwrap();
            let mut wanted = read.as_object().unwrap().clone();
            prop_assert!(crate::config::file::take(&mut wanted, &way));
            prop_assert_eq!(without.to_string(), Value::Object(wanted).to_string(), "{:?}", after);
        }
    }
}
