//! Properties of parsing and repair over generated files.

use clawpowers_loader::syntax::Source;
use clawpowers_loader::{Diagnostic, ParseOptions, Parsed, Rule, fix, parse, syntax};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

fn options() -> ParseOptions {
    ParseOptions {
        folder: Some("folder".to_owned()),
        ..ParseOptions::default()
    }
}

/// Returns whether the frontmatter was parsed without repairs.
fn strict(parsed: &Parsed) -> bool {
    let odd = |d: &Diagnostic| {
        d.rule.is_repair() || (d.rule.id().starts_with("frontmatter-") && d.rule != Rule::FrontmatterDashes)
    };
    !parsed.diagnostics.iter().any(odd)
}

/// A string of one line that can be written in every style.
fn text() -> impl Strategy<Value = String> {
    "[ -~äé中😀]{0,40}".prop_map(|text| text.trim().to_owned())
}

fn key() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_-]{0,10}"
}

/// A tree of lists and mappings with strings at its leaves.
fn tree() -> impl Strategy<Value = Value> {
    text().prop_map(Value::String).prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Value::Array),
            btree_map(key(), inner, 1..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// How a string is written.
#[derive(Debug, Clone, Copy)]
enum Style {
    Single,
    Double,
    Literal,
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![Just(Style::Single), Just(Style::Double), Just(Style::Literal)]
}

fn scalar(text: &str, style: Style, indent: usize) -> String {
    match style {
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Style::Literal if text.is_empty() => "''".to_owned(),
        Style::Literal => format!("|-\n{}{text}", " ".repeat(indent + 2)),
    }
}

/// Writes a mapping in block style; its strings use the given styles in turn.
fn emit(out: &mut String, map: &Map<String, Value>, styles: &[Style], turn: &mut usize, indent: usize) {
    for (key, value) in map {
        out.push_str(&format!("{}{key}:", " ".repeat(indent)));
        emit_value(out, value, styles, turn, indent);
    }
}

fn emit_value(out: &mut String, value: &Value, styles: &[Style], turn: &mut usize, indent: usize) {
    match value {
        Value::Object(map) => {
            out.push('\n');
            emit(out, map, styles, turn, indent + 2);
        }
        Value::Array(items) => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{}-", " ".repeat(indent + 2)));
                emit_value(out, item, styles, turn, indent + 4);
            }
        }
        other => {
            *turn += 1;
            let style = styles.get(*turn % styles.len()).copied().unwrap_or(Style::Single);
            out.push_str(&format!(
                " {}\n",
                scalar(other.as_str().unwrap_or_default(), style, indent)
            ));
        }
    }
}

fn file(fields: &Map<String, Value>, styles: &[Style], end: &str, body: &str) -> String {
    let mut yaml = String::new();
    emit(&mut yaml, fields, styles, &mut 0, 0);
    format!("---\n{yaml}---\n{body}").replace('\n', end)
}

fn fields() -> impl Strategy<Value = Map<String, Value>> {
    (
        "[a-z]{1,9}",
        "[A-Z][a-z ,.]{0,30}[a-z]",
        btree_map(key(), tree(), 0..4),
    )
        .prop_map(|(name, description, more)| {
            let mut map = Map::new();
            map.insert("name".to_owned(), name.into());
            map.insert("description".to_owned(), description.into());
            map.extend(
                more.into_iter()
                    .filter(|(key, _)| key != "name" && key != "description"),
            );
            map
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_skill_or_a_reason(bytes in vec(any::<u8>(), 0..400)) {
        let parsed = parse(&bytes, &options());
        prop_assert_eq!(parsed.skill.is_none(), parsed.reason.is_some());
    }

    #[test]
    fn random_yaml_gives_a_skill_or_a_reason_and_valid_edits(
        parts in vec(prop_oneof![
            Just("name: ".to_owned()), Just("description: ".to_owned()), Just("\n".to_owned()), Just("---\n".to_owned()),
            Just("  ".to_owned()), Just("- ".to_owned()), Just(": ".to_owned()), Just("\"".to_owned()), Just("'".to_owned()),
            Just("|\n".to_owned()), Just("[".to_owned()), Just("}".to_owned()), Just("&a ".to_owned()), Just("*a".to_owned()),
            Just("\t".to_owned()), Just("\r".to_owned()), Just("# ".to_owned()), "[a-z]{1,5}",
            Just("> ".to_owned()), Just("|2- ".to_owned()), Just("\u{ff1a}".to_owned()), Just("---# ".to_owned()),
            Just("----\n".to_owned()), Just("```\n".to_owned()), Just("\u{3000}".to_owned()), Just("<!-- ".to_owned()),
        ], 0..40),
        opened in any::<bool>(),
    ) {
        let text = parts.concat();
        let text = if opened { format!("---\n{text}") } else { text };
        let parsed = parse(text.as_bytes(), &options());
        prop_assert_eq!(parsed.skill.is_none(), parsed.reason.is_some());
        let source = Source::from_text(&text);
        for edit in parsed.diagnostics.iter().flat_map(|d| &d.edits) {
            prop_assert!(source.text().get(edit.range.clone()).is_some(), "{:?}", edit);
        }
        let fixed = fix(text.as_bytes(), &options());
        prop_assert_eq!(&fix(fixed.after.as_bytes(), &options()).after, &fixed.after);
        if let Some(skill) = parsed.skill {
            let after = fixed.parsed.skill.unwrap();
            prop_assert_eq!(after.description, skill.description);
            prop_assert_eq!(after.name, skill.name);
        }
    }

    #[test]
    fn valid_yaml_is_read_exactly_and_not_changed(
        fields in fields(),
        styles in vec(style(), 1..5),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        body in "[ -~]{0,40}",
    ) {
        let text = file(&fields, &styles, end, &body);
        let parsed = parse(text.as_bytes(), &options());
        prop_assert!(strict(&parsed), "{:?}\n{}", parsed.diagnostics, text);
        let skill = parsed.skill.unwrap();
        prop_assert_eq!(Value::Object(skill.frontmatter), Value::Object(fields));
        prop_assert_eq!(skill.body, body);
        let fixed = fix(text.as_bytes(), &options());
        prop_assert_eq!(&fixed.after, &text);
        prop_assert!(!fixed.changed);
    }

    #[test]
    fn broken_files_keep_their_description_and_are_fixed_at_once(
        fields in fields(),
        styles in vec(style(), 1..5),
        fault in 0..9_usize,
        word in "[a-z]{1,8}",
    ) {
        let text = file(&fields, &styles, "\n", "Body.\n");
        let line = format!("broken: {word}");
        let broken = match fault {
            0 => text.replacen("---\n", &format!("---\n{line}: {word}\n"), 1),
            1 => text.replacen("---\n", &format!("---\nbroken: \"{word}\" {word}\n"), 1),
            2 => text.replacen("---\n", &format!("---\nbroken: *{word}*\n"), 1),
            3 => text.replacen("---\n", &format!("---\nbroken: [{word}] {word}\n"), 1),
            4 => text.replacen("---\n", &format!("---\nbroken: \u{1}{word}\n"), 1),
            5 => text.replacen("---\n", &format!("---\nbroken: {word}\n{word} goes on\n"), 1),
            6 => format!("\n{text}"),
            7 => format!("<!-- {word} -->\n{text}"),
            _ => text.replacen("---\nBody.", "---Body.", 1),
        };
        let parsed = parse(broken.as_bytes(), &options());
        let skill = parsed.skill.clone().unwrap();
        prop_assert!(!strict(&parsed), "{}", broken);
        prop_assert_eq!(Some(skill.description.as_str()), fields.get("description").and_then(Value::as_str));
        let fixed = fix(broken.as_bytes(), &options());
        prop_assert!(strict(&fixed.parsed), "{:?}\n{}", fixed.parsed.diagnostics, fixed.after);
        prop_assert_eq!(fixed.parsed.skill.unwrap().description, skill.description);
        prop_assert_eq!(&fix(fixed.after.as_bytes(), &options()).after, &fixed.after);
        // An independent parser reads the repaired frontmatter, too.
        let block = syntax::locate(&fixed.after).unwrap();
        let yaml: serde_yaml::Value = serde_yaml::from_str(fixed.after.get(block.start..block.end).unwrap()).unwrap();
        prop_assert!(yaml.is_mapping());
    }
}

#[test]
fn pathological_inputs_do_not_panic() {
    let head = "---\nname: a\ndescription: b\n";
    for text in [
        String::new(),
        "\u{feff}".to_owned(),
        "\0".repeat(5000),
        format!("{head}x: {}\n---\n", "[".repeat(10_000)),
        format!("{head}x: {}y\n---\n", "- ".repeat(10_000)),
        format!("{head}{}---\n", "a: *\n".repeat(12_000)),
        format!("{head}x: {}\n---\n", "[]{}".repeat(15_000)),
        "---\n".repeat(250_000),
        format!("{head}---\n{}", "[".repeat(1_000_000)),
    ] {
        let parsed = parse(text.as_bytes(), &options());
        assert_eq!(parsed.skill.is_none(), parsed.reason.is_some());
    }
}

#[test]
fn expensive_inputs_end_with_few_diagnostics() {
    let (head, most) = ("---\nname: a\ndescription: b\n", 62 * 1024);
    let fill = |part: &str, bytes: usize| part.repeat(bytes / part.len());
    let odd = |part: &str| fill(part, 2000) + "---\n";
    for text in [
        format!("{head}{}---\n", fill("x: # a: b\n", most)),
        format!("{head}{}---\n", fill("x:\n  a\n", most)),
        format!("{head}y: {{{}}}\n---\n", fill("x,", 18_000)),
        format!("{head}y: {{{}\n---\n", fill("x,", 15_000)),
        format!("{head}{}", fill("# h\n\ntext: \n", most)),
        format!("---\n{}", fill("- ", 64 * 1024)),
        format!("{head}x: {}\n---\n", fill("- ", most)),
        fill("x", 1 << 20),
        format!("---\nname: {}\n---\n", fill("x", 1 << 20)),
        format!("{head}---\n{}", fill("x", 1 << 20)),
        format!("{head}{}\n---\n", fill("\"", most)),
        format!("{head}{}\n---\n", fill("key: \"", most)),
        format!("{head}{}---\n", fill("a: |\n", most)),
        format!("{head}{}\n---\n", fill("\t", most)),
        format!("---\nname: a\ndescription: {}\n---\n", fill("<a", most)),
        format!(
            "{head}tags: {}\n---\n",
            (0..9000).map(|n| format!("{n},")).collect::<String>()
        ),
        // Recovery reads a smaller part of a block.
        head.to_owned() + &odd("\"\n"),
        head.to_owned() + &odd("key: \"\n"),
        head.to_owned() + &odd("a: b: c\n"),
        head.to_owned() + &odd("a: |\n x\n"),
        head.to_owned() + &odd("\ta: b: c\n"),
        head.to_owned() + &odd("\u{1}a: b\n"),
        format!("{head}{}---\n", fill("a: b: c\n", 15_000)),
        format!(
            "{head}x:\n{}{}---\n",
            fill("  - [[[a]]]\n", 12_000),
            fill("  - \"a\" \"b\n", 1000)
        ),
    ] {
        let parsed = parse(text.as_bytes(), &options());
        let start: String = text.chars().take(60).collect();
        assert!(
            parsed.diagnostics.len() <= 3 * 101,
            "{start}: {}",
            parsed.diagnostics.len()
        );
        let fixed = fix(text.as_bytes(), &options());
        assert_eq!(
            fix(fixed.after.as_bytes(), &options()).after,
            fixed.after,
            "{start}"
        );
        assert_eq!(fixed.parsed.skill.is_some(), parsed.skill.is_some(), "{start}");
    }
}
