//! Repairs of faults as in public files, and what repairs do not change.

mod words;

use clawpowers_loader::{ParseOptions, Rule, fix, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use words::{fault, lost, with_fault};

fn options() -> ParseOptions {
    ParseOptions {
        folder: Some("v".to_owned()),
        ..ParseOptions::default()
    }
}

/// Returns the description, the body and the repaired text, or the reason why there is no skill.
fn read(text: &str) -> (Result<(String, String), Rule>, String) {
    let parsed = parse(text.as_bytes(), &options());
    let fixed = fix(text.as_bytes(), &options());
    let again = fix(fixed.after.as_bytes(), &options());
    assert_eq!(again.after, fixed.after, "{text:?}");
    let skill = parsed.skill.map(|skill| (skill.description, skill.body));
    let after = fixed.parsed.skill.map(|skill| skill.description);
    assert_eq!(
        after,
        skill.as_ref().map(|(description, _)| description.clone()),
        "{text:?}"
    );
    (
        skill.ok_or(parsed.reason.unwrap_or(Rule::FileMissing)),
        fixed.after,
    )
}

/// Checks the lines of a description with each line ending and with a byte order mark.
fn check_description(value: &str, description: &str, written: &str) {
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let file = |value: &str| {
                format!("---\nname: v\n{value}\nlicense: MIT\n---\n# Body\n").replace('\n', end)
            };
            let (skill, after) = read(&format!("{mark}{}", file(value)));
            let body = "# Body\n".replace('\n', end);
            assert_eq!(skill, Ok((description.to_owned(), body)), "{value:?} {end:?}");
            assert_eq!(after, file(written), "{value:?} {end:?}");
        }
    }
}

#[test]
fn a_block_indicator_followed_by_text_is_removed() {
    for header in [">", "|", ">-", "|-", ">+", "|+", ">2", "|2-", ">-1"] {
        check_description(
            &format!("description: {header} Use when x."),
            "Use when x.",
            "description: Use when x.",
        );
        check_description(
            &format!("description: {header}\tUse: x #1"),
            "Use: x #1",
            "description: 'Use: x #1'",
        );
    }
    for (value, description, written) in [
        (
            "description: | First\n  second",
            "First\nsecond",
            "description: |\n  First\n  second",
        ),
        (
            "description: > First\n    - second\n\n    # third",
            "First - second\n# third",
            "description: >\n    First\n    - second\n\n    # third",
        ),
        (
            "description: |2 First\n    second",
            "First\n  second",
            "description: |2\n  First\n    second",
        ),
        // Lines without indentation that are not fields continue the value.
        (
            "description: > First: a\nsecond b",
            "First: a second b",
            "description: >\n  First: a\n  second b",
        ),
        // Without the quotes, it would have another type.
        ("description: > 12", "12", "description: '12'"),
        ("description: > true", "true", "description: 'true'"),
        ("description: > \"a\" b", "\"a\" b", "description: '\"a\" b'"),
        // Not block indicators.
        (
            "description: >2 weeks old",
            ">2 weeks old",
            "description: '>2 weeks old'",
        ),
        ("description: >50% less", ">50% less", "description: '>50% less'"),
        ("description: || a", "|| a", "description: '|| a'"),
        // These are valid YAML.
        ("description: > # a\n  b", "b", "description: > # a\n  b"),
        ("description: |\n  > b", "> b", "description: |\n  > b"),
        // In lists and mappings, several at once.
        (
            "description: a\nmetadata:\n  b: > C d\n  e:\n    - | F\n      g\n    - h: >- I",
            "a",
            "description: a\nmetadata:\n  b: C d\n  e:\n    - |\n      F\n      g\n    - h: I",
        ),
    ] {
        check_description(value, description, written);
    }
}

#[test]
fn a_field_with_an_odd_colon_is_a_field() {
    for field in [
        "allowed-tools",
        "author",
        "compatibility",
        "license",
        "metadata",
        "name",
        "tags",
        "version",
    ] {
        let text = format!("---\n{field}\u{ff1a}v\ndescription\u{ff1a}\u{3000}A b.\n---\n");
        let parsed = parse(text.as_bytes(), &options());
        let skill = parsed.skill.unwrap();
        assert_eq!((skill.description.as_str(), skill.name.as_str()), ("A b.", "v"));
        assert_eq!(
            skill.frontmatter.get(field).and_then(|value| value.as_str()),
            Some("v"),
            "{field}"
        );
        let written = format!("---\n{field}: v\ndescription: A b.\n---\n");
        assert_eq!(fix(text.as_bytes(), &options()).after, written);
    }
    for (value, description, written) in [
        ("description\u{ff1a}A b.", "A b.", "description: A b."),
        ("description\u{ff1a} A: b", "A: b", "description: 'A: b'"),
        ("description:\u{3000}A", "A", "description: A"),
        ("description \u{ff1a}A", "A", "description: A"),
        ("description:A b", "A b", "description: A b"),
        ("description:A: b", "A: b", "description: 'A: b'"),
        (
            "description\u{ff1a}|\n  A\n  b",
            "A\nb",
            "description: |\n  A\n  b",
        ),
        // A word of the value, which continues.
        (
            "description: A\n  version\u{ff1a}b",
            "A version\u{ff1a}b",
            "description: A\n  version\u{ff1a}b",
        ),
        (
            "description: A\nnote\u{ff1a}b",
            "A note\u{ff1a}b",
            "description: \"A\n  note\u{ff1a}b\"",
        ),
    ] {
        check_description(value, description, written);
    }
}

#[test]
fn a_bracket_in_text_is_not_a_list() {
    for (value, description, written) in [
        ("description: [draft] a", "[draft] a", "description: '[draft] a'"),
        ("description: [draft a", "[draft a", "description: '[draft a'"),
        ("description: {x} a", "{x} a", "description: '{x} a'"),
        ("description: {x a", "{x a", "description: '{x a'"),
        ("description: [a] it's", "[a] it's", "description: \"[a] it's\""),
        (
            "description: [draft a\n  b: c",
            "[draft a b: c",
            "description: \"[draft a\n  b: c\"",
        ),
        (
            "description: [draft a\ntags: b]",
            "[draft a",
            "description: '[draft a'\ntags: b]",
        ),
        // A list stays a list.
        ("description: a\ntags: [b, c", "a", "description: a\ntags: [b, c]"),
        (
            "description: a\ntags:\n  - [b] c",
            "a",
            "description: a\ntags:\n  - '[b] c'",
        ),
    ] {
        check_description(value, description, written);
    }
    let parsed = parse(b"---\nname: [draft] v\ndescription: a\n---\n", &options());
    assert_eq!(parsed.skill.unwrap().name, "[draft] v");
    let parsed = parse(b"---\nname: [draft v\ndescription: a\n---\n", &options());
    assert_eq!(parsed.skill.unwrap().name, "[draft v");
}

#[test]
fn a_field_emptied_by_a_comment_is_reported() {
    for value in ["## When to use", "# a: b", "#"] {
        let text = format!("---\nname: v\ndescription: {value}\n---\n");
        let parsed = parse(text.as_bytes(), &options());
        assert_eq!(parsed.reason, Some(Rule::DescriptionEmpty));
        let found = parsed
            .diagnostics
            .iter()
            .find(|d| d.rule == Rule::DescriptionEmpty);
        assert_eq!(
            found.unwrap().message,
            format!("the description is empty: `{value}` is a comment")
        );
    }
    let parsed = parse(b"---\nname: # b\ndescription: c\n---\n", &options());
    let found = parsed.diagnostics.iter().find(|d| d.rule == Rule::NameEmpty);
    assert_eq!(found.unwrap().message, "the name is empty: `# b` is a comment");
}

#[test]
fn a_name_is_never_continued_on_the_next_line() {
    for line in [
        "\u{63cf}\u{8ff0}\u{ff1a}x",
        "Description\u{ff1a}x",
        "description\u{fe55}x",
        "Does x.",
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("---\nname: v\n{line}\nlicense: MIT\ndescription: Does y.\n---\n# Body\n");
            let fixed = fix(text.replace('\n', end).as_bytes(), &options());
            let skill = fixed.parsed.skill.unwrap();
            assert_eq!((&*skill.name, &*skill.description), ("v", "Does y."), "{text:?}");
            assert_eq!(
                fixed.after,
                text.replace(line, &format!("# {line}")).replace('\n', end)
            );
        }
    }
    // A block indicator says that it continues.
    let (skill, _) = read("---\nname: >\nv\ndescription: Does y.\n---\n");
    assert_eq!(skill.unwrap().0, "Does y.");
}

#[test]
fn a_comment_that_truncates_a_description_is_reported() {
    for (value, found) in [
        ("Fixes bug#1.", None),
        (
            "Fixes #1. Use when # of bugs grows.",
            Some((3, 20, "#1. Use when # of bugs grows.")),
        ),
        (
            "Converts C # to F #. Use before x.",
            Some((3, 25, "# to F #. Use before x.")),
        ),
        // Not valid YAML; it is repaired and keeps all of its text.
        ("Reads issue #12\n  and #13 too.", None),
        ("Reads\n  issue #13", Some((4, 9, "#13"))),
        ("'Reads issue #12'", None),
        ("'Reads issues' # all of them", None),
        ("> # folded\n  Reads issue #12", None),
        ("Reads: issue #12", None),
        ("Reads issues.\n# license: MIT", None),
        ("Reads C#.", None),
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("---\nname: v\ndescription: {value}\n---\n# Body\n").replace('\n', end);
            let findings = parse(text.as_bytes(), &options()).diagnostics;
            let finding = findings.iter().find(|one| one.rule == Rule::DescriptionComment);
            let at = finding.map(|one| (one.position.line, one.position.column, one.message.clone()));
            let said = |comment| format!("the description ends before the comment `{comment}`");
            assert_eq!(
                at,
                found.map(|(line, column, comment)| (line, column, said(comment))),
                "{text:?}"
            );
        }
    }
}

#[test]
fn dashes_end_the_frontmatter_whatever_needs_repair() {
    let fields = [
        ("description: A b.", "A b."),
        ("description: First: line", "First: line"),
        ("description: First: line\nlicense: MIT", "First: line"),
        ("description: *a*\ntags: [b", "*a*"),
        ("description: \"a\nb\nc\"", "a b c"),
        ("description: \"a\n\nb\n\nc\"", "a\nb\nc"),
        ("description: a\nb\nc", "a b c"),
        ("description: > A\n  b", "A b"),
        ("description: 'it's b'", "it's b"),
    ];
    let closers = [
        ("---# Body", "# Body\n"),
        ("--- # Body", " # Body\n"),
        ("---**Body**", "**Body**\n"),
        ("---# Body: a", "# Body: a\n"),
        ("----\nBody", "Body\n"),
        ("-------- \nBody", "Body\n"),
        ("---\nBody", "Body\n"),
    ];
    let rest = [
        "",
        "\nText.\n\n---\n\nMore.\n",
        "\nkey: value\n---\nMore: x\n",
        "a: b\n\n----\n\nMore.\n",
    ];
    for (value, description) in fields {
        for (closer, body) in closers {
            for rest in rest {
                for end in ["\n", "\r\n"] {
                    let text = format!("---\nname: v\n{value}\n{closer}\n{rest}").replace('\n', end);
                    let body = format!("{body}{rest}").replace('\n', end);
                    let (skill, after) = read(&text);
                    assert_eq!(skill, Ok((description.to_owned(), body.clone())), "{text:?}");
                    assert!(after.ends_with(&format!("{end}---{end}{body}")), "{after:?}");
                }
            }
        }
    }
    // A quoted value that is closed later contains such dashes.
    let (skill, _) = read("---\nname: v\ndescription: \"a\n---b\nc\"\n---\n# Body\n");
    assert_eq!(skill, Ok(("a ---b c".to_owned(), "# Body\n".to_owned())));
    // A long body with a thematic break is not long frontmatter.
    let text = format!(
        "---\nname: v\ndescription: a\n---# Body\n{}\n---\n",
        "text\n".repeat(20_000)
    );
    assert_eq!(parse(text.as_bytes(), &options()).skill.unwrap().description, "a");
}

#[test]
fn fields_on_the_line_of_the_delimiter_lose_no_text() {
    for (text, description, after) in [
        (
            "--- name: v description: a --- # Body\nb\n",
            "a",
            "---\nname: v\ndescription: a\n---\n# Body\nb\n",
        ),
        (
            "--- x: y name: v description: a ---\nb\n",
            "a",
            "---\nx: y\nname: v\ndescription: a\n---\nb\n",
        ),
        (
            "--- some words name: v description: a ---\nb\n",
            "a",
            "---\n# some words\nname: v\ndescription: a\n---\nb\n",
        ),
        (
            "--- name: v description: a --- b\n---\nc\n",
            "a --- b",
            "---\nname: v\ndescription: a --- b\n---\nc\n",
        ),
        (
            "--- description: a: b\nname: v\n---\nc\n",
            "a: b",
            "---\ndescription: 'a: b'\nname: v\n---\nc\n",
        ),
    ] {
        let (skill, fixed) = read(text);
        assert_eq!(
            (skill.map(|(description, _)| description), fixed.as_str()),
            (Ok(description.to_owned()), after)
        );
    }
}

#[test]
fn an_example_in_a_code_block_is_not_frontmatter() {
    let example = |name: &str| format!("---\nname: {name}\ndescription: b\n---\n");
    for (before, after) in [
        ("# How to\n\n```yaml\n", "```\n\nText.\n"),
        ("# How to\n\n~~~markdown\n", "# Body\n~~~\n\nText.\n"),
        ("Text\n\n````md\n```\n\n", "````\n"),
        ("Text\n\n```\n\n", ""),
        ("# How to\n\n<!--\n", "-->\nText.\n"),
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("{before}{}{after}", example("other")).replace('\n', end);
            assert_eq!(
                read(&text),
                (Err(Rule::FrontmatterMissing), text.clone()),
                "{text:?}"
            );
        }
    }
    // The one after it is used.
    let text = format!(
        "Text\n\n```yaml\n{}```\n\n{}# Body\n",
        example("other"),
        example("v")
    );
    let (skill, _) = read(&text);
    assert_eq!(skill, Ok(("b".to_owned(), "# Body\n".to_owned())));
    // In the skill's own folder, it belongs to the skill.
    for name in ["v", "v-skill", "skill-v"] {
        let text = format!("# How to\n\n```yaml\n{}```\n\nText.\n", example(name));
        let after = format!("{}# How to\n\n\nText.\n", example(name));
        assert_eq!(read(&text).1, after);
        let text = format!("Here:\n\n```md\n{}# Body\n```\n", example(name));
        assert_eq!(read(&text).1, format!("{}Here:\n\n# Body\n", example(name)));
    }
    // A code block with more than the frontmatter, but not the whole file, has to be moved by hand.
    let text = format!("# How to\n\n```md\n{}# Body\n```\n\nText.\n", example("v"));
    assert_eq!(read(&text).1, text);
}

#[test]
fn a_code_block_around_a_file_is_removed() {
    let fields = "---\nname: v\ndescription: b\n---\n";
    for (before, after, body) in [
        ("```skill\n", "\n# Body\n```\n", "\n# Body\n"),
        ("```markdown\n\n", "# Body\n```", "# Body\n"),
        ("\n~~~\n", "# Body\n~~~\n", "# Body\n"),
        (
            "````md title=\"x\"\n",
            "# Body\n```sh\nx\n```\n````\n",
            "# Body\n```sh\nx\n```\n",
        ),
        (
            "```md\n",
            "# Body\n```sh\nx\n```\n```\n\n",
            "# Body\n```sh\nx\n```\n\n",
        ),
        ("```md\n", "# Body\n```\nx\n```\n```\n", "# Body\n```\nx\n```\n"),
        ("```yaml\n", "```\n\n# Body\n", "\n# Body\n"),
        ("```yaml\n", "```\n\n```\nx\n```\n", "\n```\nx\n```\n"),
        // An unclosed code block.
        ("```md\n", "# Body\n```sh\nx\n```\n", "# Body\n```sh\nx\n```\n"),
        ("```md\n", "# Body\n", "# Body\n"),
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("{before}{fields}{after}").replace('\n', end);
            let fixed = format!("{fields}{body}").replace('\n', end);
            assert_eq!(read(&text).1, fixed, "{text:?}");
        }
    }
    // A code block that ends with the fields closes them.
    let (skill, after) = read("```yaml\n---\nname: v\ndescription: b\n```\n# Body\n");
    assert_eq!(skill.unwrap().0, "b");
    assert_eq!(after, format!("{fields}# Body\n"));
}

/// Descriptions as written and as meant.
const DESCRIPTIONS: [(&str, &str); 16] = [
    ("description: A b.", "A b."),
    ("description: A: b", "A: b"),
    ("description: > A b", "A b"),
    ("description: | A\n  b: c", "A\nb: c"),
    ("description: >- A\nb", "A b"),
    ("description: [a] b", "[a] b"),
    ("description: {a b", "{a b"),
    ("description: *a* b", "*a* b"),
    ("description: A\nb\nc", "A b c"),
    ("description: \"A\nb\nc\"", "A b c"),
    ("description: \"A \"b\" c\"", "A \"b\" c"),
    ("description: 'it's a'", "it's a"),
    ("description\u{ff1a}A b", "A b"),
    ("description:A: b", "A: b"),
    ("description: \u{1}A b", "A b"),
    ("description: See: #1 # c", "See: #1"),
];

const NAMES: [(&str, &str); 5] = [
    ("name: v", "v"),
    ("name\u{ff1a}v", "v"),
    ("name:\u{3000}v", "v"),
    ("name: [v] w", "[v] w"),
    ("name: > v", "v"),
];

/// Closing delimiters, and what they add to the body.
const CLOSERS: [(&str, &str); 5] = [
    ("---\n", ""),
    ("---# Body\n", "# Body\n"),
    ("---Body\n", "Body\n"),
    ("-----\n", ""),
    ("---**B**: c\n", "**B**: c\n"),
];

const BODY_LINES: [&str; 11] = [
    "# Body",
    "",
    "Text: here.",
    "---",
    "----",
    "--- a/file",
    "```sh\nls\n```",
    "```\n---\nname: w\ndescription: other\n---\n```",
    "key: value",
    "- item: a: b",
    "\"quoted\"",
];

/// A file without faults.
fn file() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "license: MIT",
        "tags: [one, two]",
        "metadata:\n  author: someone\n  notes: |\n    three\n    four",
        "allowed-tools: \"Bash(git:*), Read\"",
        "homepage: https://a.b/c#d",
        "version: 1.2.3",
        "requires:\n  - five: six",
        "x: 'it''s'",
    ]);
    let description = prop::sample::select(vec![
        "description: Does a thing.",
        "description: \"Does a \\\"thing\\\" \\u00e4\"",
        "description: |\n  Does a thing:\n  - well",
        "description: >-\n  Does\n\n  a thing",
        "description: Does\n  a thing",
        "description: 做一件事：好的。",
    ]);
    let body = prop::sample::select(vec![
        "# Body",
        "",
        "Text: here.",
        "---",
        "----",
        "--- a/file",
        "```sh\nls\n```",
        "~~~\n---\n~~~",
        "key: value",
        "- item: a: b",
    ]);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (description, vec(field, 0..4), vec(body, 0..8), end).prop_map(|(description, fields, body, end)| {
        let (fields, body) = (fields.join("\n"), body.join("\n"));
        format!("---\nname: v\n{description}\n{fields}\n---\n{body}\n").replace('\n', end)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_repair_loses_or_moves_a_word(file in file(), faults in vec((fault(), 0..40_usize), 0..4)) {
        let text = faults.iter().fold(file, |text, (fault, place)| with_fault(&text, fault, *place));
        let lost = lost(text.as_bytes(), &options());
        prop_assert!(lost.is_none(), "{}", lost.unwrap_or_default());
    }

    #[test]
    fn several_problems_are_reported_separately(
        description in prop::sample::select(DESCRIPTIONS.to_vec()),
        name in prop::sample::select(NAMES.to_vec()),
        more in prop::sample::select(vec!["", "license: MIT\n", "tags: [a, b\n", "metadata:\n  note: > C d\n"]),
        closer in prop::sample::select(CLOSERS.to_vec()),
        body in vec(prop::sample::select(BODY_LINES.to_vec()), 0..8),
        opener in prop::sample::select(vec!["", "\n", "```md\n", "~~~\n", "<!-- a -->\n"]),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let mut rest: String = body.iter().flat_map(|line| [*line, "\n"]).collect();
        if closer.0.ends_with('\n') && rest.is_empty() {
            rest = "\n".to_owned();
        }
        let text = format!("{opener}---\n{}\n{}\n{more}{}{rest}", name.0, description.0, closer.0).replace('\n', end);
        let rest = format!("{}{rest}", closer.1).replace('\n', end);
        let skill = parse(text.as_bytes(), &options()).skill;
        prop_assert!(skill.is_some(), "{text}");
        let skill = skill.unwrap();
        prop_assert_eq!(&skill.description, description.1, "{}", text);
        prop_assert_eq!(&skill.name, name.1, "{}", text);
        prop_assert_eq!(&skill.body, &rest, "{}", text);
        let (_, after) = read(&text);
        prop_assert!(after.trim_start_matches('\u{feff}').starts_with(&format!("---{end}")), "{after}");
        prop_assert!(lost(text.as_bytes(), &options()).is_none(), "{text}");
    }
}
