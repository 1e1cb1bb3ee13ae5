//! The tables contradict neither themselves, nor each other, nor the views of the clients.

use super::*;
use crate::clients::Client;
use crate::lint::{Rule, Severity};
use crate::skill::parse::ParseOptions;
use std::collections::BTreeMap;

/// Returns what cannot be true at once.
fn contradictions(tables: &[&Fields]) -> Vec<String> {
    let mut found = Vec::new();
    let mut forms: BTreeMap<&str, (&str, FieldForm)> = BTreeMap::new();
    for table in tables {
        let mut add = |name: &str, what: &str| found.push(format!("{}: {name}: {what}", table.title));
        let mut names: Vec<(String, &str)> = Vec::new();
        for field in table.rows {
            let name = field.name;
            for key in [name].into_iter().chain(field.aliases.iter().copied()) {
                let plain = key.to_lowercase().replace(['-', '_'], "");
                // Spellings of one field may differ in separators, but not those of two.
                if names
                    .iter()
                    .any(|(known, owner)| *known == plain && *owner != name)
                {
                    add(name, "another row has this name");
                }
                if table.rows.iter().filter(|other| other.is_called(key)).count() > 1 {
                    add(name, "two rows have this name");
                }
                names.push((plain, name));
            }
            let accepted = field.accepted();
            let lower: Vec<_> = accepted.iter().map(|word| word.to_lowercase()).collect();
            let twice = (1..lower.len()).any(|at| lower[..at].contains(&lower[at]));
            if twice {
                add(name, "a value occurs twice");
            }
            if matches!(field.kind, FieldKind::Choice(words) | FieldKind::ChoiceOrNumber(words) if words.is_empty())
            {
                add(name, "no value is accepted");
            }
            if field.required && field.usage != Usage::Read {
                add(name, "it is required and has no effect");
            }
            if field.usage == Usage::Ignored && field.wrong == WrongValue::Rejected {
                add(name, "it is not read, and a value of it is rejected");
            }
            if field.kind == FieldKind::Any && field.wrong == WrongValue::Rejected {
                add(name, "every value is accepted, and some are rejected");
            }
            if field.limit.is_some() && field.kind != FieldKind::Text {
                add(name, "only text has a length");
            }
            let (Since::Version(version) | Since::AtMost(version)) = field.since else {
                continue;
            };
            match Client::of_target(table.target).map(|client| client.verified) {
                Some(Some(run)) if newer(version, run) => {
                    add(name, "it is newer than the version that was run")
                }
                Some(Some(_)) => {}
                _ => add(name, "nothing with a version was run"),
            }
        }
        for field in table.rows.iter().filter(|field| field.is_read()) {
            let form = FieldForm::of(field.kind);
            match forms.get(field.name) {
                Some((other, known)) if *known != form => {
                    add(
                        field.name,
                        &format!("it has another form than in the table of {other}"),
                    );
                }
                Some(_) => {}
                None => {
                    forms.insert(field.name, (table.title, form));
                }
            }
        }
        if table.others == OtherFields::Rejected
            && table.rows.iter().any(|field| field.usage == Usage::Ignored)
        {
            add("others", "unknown fields are rejected, and a row is ignored");
        }
    }
    found
}

/// Fields of one form are compatible: a flag may be restricted to booleans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldForm {
    Text,
    Flag,
    Mapping,
    Choice,
}

impl FieldForm {
    const fn of(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Text | FieldKind::TextOrList => Self::Text,
            FieldKind::Boolean | FieldKind::Flag => Self::Flag,
            FieldKind::Mapping | FieldKind::Any => Self::Mapping,
            FieldKind::Choice(_) | FieldKind::ChoiceOrNumber(_) => Self::Choice,
        }
    }
}

fn newer(version: &str, than: &str) -> bool {
    let parts = |text: &str| -> Vec<u64> { text.split('.').map(|part| part.parse().unwrap()).collect() };
    parts(version) > parts(than)
}

#[test]
fn no_table_contradicts_itself_or_another() {
    let tables = Target::ALL.map(fields_of);
    for (target, table) in Target::ALL.into_iter().zip(tables) {
        assert_eq!(table.target, target);
    }
    assert_eq!(contradictions(&tables), [""; 0]);
}

#[test]
fn contradictions_are_found() {
    const fn row(name: &'static str, kind: FieldKind) -> Field {
        Field {
            name,
            aliases: &[],
            kind,
            usage: Usage::Read,
            required: false,
            limit: None,
            wrong: WrongValue::Unknown,
            effect: "",
            since: Since::Unknown,
        }
    }
    static TWICE: [Field; 2] = [row("a", FieldKind::Text), row("a", FieldKind::Text)];
    static SPELLED: [Field; 2] = [
        row("when-to-use", FieldKind::Text),
        row("when_to_use", FieldKind::Text),
    ];
    static NEW: [Field; 1] = [Field {
        since: Since::Version("99.0.0"),
        ..row("a", FieldKind::Text)
    }];
    static REQUIRED: [Field; 1] = [Field {
        required: true,
        usage: Usage::Ignored,
        ..row("a", FieldKind::Text)
    }];
    static REJECTED: [Field; 1] = [Field {
        usage: Usage::Ignored,
        wrong: WrongValue::Rejected,
        ..row("a", FieldKind::Text)
    }];
    static VALUES: [Field; 2] = [
        row("a", FieldKind::Choice(&["fork", "Fork"])),
        row("b", FieldKind::Choice(&[])),
    ];
    static FLAG: [Field; 1] = [row("disable-model-invocation", FieldKind::Text)];
    let table = |rows| Fields {
        rows,
        ..copy(fields_of(Target::Codex))
    };
    for (rows, others, expected) in [
        (&TWICE[..], OtherFields::Ignored, "two rows"),
        (&SPELLED[..], OtherFields::Ignored, "another row"),
        (&NEW[..], OtherFields::Ignored, "newer"),
        (&REQUIRED[..], OtherFields::Ignored, "required"),
        (&REJECTED[..], OtherFields::Ignored, "rejected"),
        (&VALUES[..1], OtherFields::Ignored, "occurs twice"),
        (&VALUES[1..], OtherFields::Ignored, "no value"),
        (&FLAG[..], OtherFields::Ignored, "another form"),
        (&REQUIRED[..], OtherFields::Rejected, "unknown fields"),
    ] {
        let wrong = Fields {
            others,
            ..table(rows)
        };
        let found = contradictions(&[fields_of(Target::ClaudeCode), &wrong]);
        assert!(
            found.iter().any(|line| line.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}

const fn copy(table: &Fields) -> Fields {
    Fields {
        target: table.target,
        title: table.title,
        others: table.others,
        source: table.source,
        rows: table.rows,
    }
}

/// Returns the diagnostics of a skill for a target.
fn lint(target: Target, fields: &str) -> crate::Parsed {
    let text = format!("---\n{fields}---\n\n# Title\n\nText.\n");
    let options = ParseOptions {
        target,
        folder: Some("a".to_owned()),
    };
    crate::parse(text.as_bytes(), &options)
}

fn severity(parsed: &crate::Parsed, rule: Rule) -> Option<Severity> {
    parsed
        .diagnostics
        .iter()
        .filter(|d| d.rule == rule)
        .map(|d| d.severity)
        .max()
}

/// A view reads the file itself, so that it says whether a row is right.
#[test]
fn rows_agree_with_the_views_of_the_clients() {
    for target in Target::ALL.into_iter().filter(|target| target.is_client()) {
        let table = fields_of(target);
        let named = Client::of_target(target).unwrap();
        assert!(
            named.name == target.as_str() || named.aliases().any(|alias| alias == target.as_str()),
            "{}",
            target.as_str()
        );
        assert_eq!(table.source == "run", named.verified.is_some(), "{}", table.title);
        for (name, other) in [("name", "description: Does it.\n"), ("description", "name: a\n")] {
            let field = table.field(name).unwrap();
            let parsed = lint(target, other);
            assert_eq!(parsed.skill.is_none(), field.required, "{}: {name}", table.title);
        }
        for field in table
            .rows
            .iter()
            .filter(|field| field.wrong == WrongValue::Rejected)
        {
            let plain = [("name", "a"), ("description", "Does it.")].into_iter();
            let others: String = plain
                .filter(|(name, _)| *name != field.name)
                .map(|(name, value)| format!("{name}: {value}\n"))
                .collect();
            let wrong = match field.kind {
                FieldKind::Mapping | FieldKind::Text => "[a, b]",
                _ => "{a: [b]}",
            };
            let parsed = lint(target, &format!("{others}{}: {wrong}\n", field.name));
            assert!(
                parsed.skill.is_none(),
                "{} loads {}: {wrong}",
                table.title,
                field.name
            );
            if let (Some(limit), "name") = (field.limit, field.name) {
                let long = format!("{others}name: {}\n", "x".repeat(limit + 1));
                assert!(lint(target, &long).skill.is_none(), "{}", table.title);
            }
        }
        for field in table
            .rows
            .iter()
            .filter(|field| field.wrong != WrongValue::Rejected)
        {
            if field.required || field.kind == FieldKind::Any || matches!(field.name, "name" | "description")
            {
                continue;
            }
            let parsed = lint(
                target,
                &format!("name: a\ndescription: Does it.\n{}: [[a]]\n", field.name),
            );
            assert!(parsed.skill.is_some(), "{} rejects {}", table.title, field.name);
        }
        // The words of a flag hide the skill from the model if the table says so.
        for word in FLAG_WORDS.iter().chain(&["maybe"]) {
            let parsed = lint(
                target,
                &format!("name: a\ndescription: Does it.\n{GUARD}: {word}\n"),
            );
            let field = table.field(GUARD).filter(|field| field.is_read());
            let accepts = |field: &Field| field.accepted().contains(word);
            let hides = field.is_some_and(|field| accepts(field) && boolean_word(word) == Some(true));
            let shown = parsed.skill.as_ref().map(|skill| skill.invocation.model);
            match field {
                Some(field) if field.wrong == WrongValue::Rejected && !accepts(field) => {
                    assert_eq!(shown, None, "{}: {word}", table.title);
                }
                // What is not known counts as hidden.
                Some(field) if field.wrong == WrongValue::Unknown && !accepts(field) => {}
                _ => assert_eq!(shown, Some(!hides), "{}: {word}", table.title),
            }
        }
    }
}

#[test]
fn a_value_that_is_not_understood_hides_and_is_an_error() {
    for (word, hides) in [
        ("true", true),
        ("YES", true),
        ("On", true),
        ("1", true),
        ("'true'", true),
        ("maybe", true),
        ("y", true),
        ("2", true),
        ("[true]", true),
        ("", true),
        ("~", true),
        ("false", false),
        ("No", false),
        ("OFF", false),
        ("0", false),
    ] {
        let fields = format!("name: a\ndescription: Does it.\n{GUARD}: {word}\n");
        let understood = boolean_word(word.trim_matches('\'')).is_some();
        let own = lint(Target::ClawPowers, &fields);
        assert_eq!(own.skill.as_ref().unwrap().invocation.model, !hides, "{word}");
        for target in Target::ALL {
            let found = severity(&lint(target, &fields), Rule::InvocationNotBoolean);
            if matches!(target, Target::Spec | Target::ClaudeUpload) {
                // They do not have the field.
                assert_eq!(
                    severity(&lint(target, &fields), Rule::UnknownField),
                    Some(Severity::Error)
                );
            } else if !understood {
                assert_eq!(found, Some(Severity::Error), "{word} for {}", target.as_str());
            } else if !matches!(target, Target::Pi | Target::Copilot) {
                assert_eq!(found, None, "{word} for {}", target.as_str());
            }
        }
    }
}

#[test]
fn misspelt_fields_and_values_have_a_hint() {
    let hint = |target, fields: &str, rule| {
        let parsed = lint(target, &format!("name: a\ndescription: Does it.\n{fields}\n"));
        let mut found = parsed.diagnostics.into_iter().filter(|d| d.rule == rule);
        found.next().and_then(|d| d.hint)
    };
    let meant = |name: &str| Some(format!("did you mean `{name}`?"));
    for (target, fields, rule, name) in [
        (
            Target::ClaudeCode,
            "user-invokable: false",
            Rule::FieldMisspelt,
            "user-invocable",
        ),
        (
            Target::ClaudeCode,
            "disable_model_invocation: true",
            Rule::GuardIgnored,
            GUARD,
        ),
        (
            Target::ClawPowers,
            "disableModelInvocation: true",
            Rule::GuardIgnored,
            GUARD,
        ),
        (
            Target::ClaudeCode,
            "whenToUse: Always",
            Rule::FieldMisspelt,
            "when_to_use",
        ),
        (Target::ClawPowers, "tag: [x]", Rule::FieldMisspelt, "tags"),
        (
            Target::Copilot,
            "argument_hint: x",
            Rule::FieldMisspelt,
            "argument-hint",
        ),
        (Target::Spec, "licence: MIT", Rule::UnknownField, "license"),
        (
            Target::ClaudeUpload,
            "Metadata: {}",
            Rule::UnknownField,
            "metadata",
        ),
        (Target::ClaudeCode, "effort: hihg", Rule::FieldValue, "high"),
        (Target::ClawPowers, "effort: hihg", Rule::FieldValue, "high"),
        (Target::VsCode, "context: frok", Rule::FieldValue, "fork"),
        (
            Target::OpenClaw,
            "command-dispatch: tools",
            Rule::FieldValue,
            "tool",
        ),
        (
            Target::Codex,
            "disable-model-invocation: ture",
            Rule::InvocationNotBoolean,
            "true",
        ),
    ] {
        assert_eq!(
            hint(target, fields, rule),
            meant(name),
            "{} {fields}",
            target.as_str()
        );
    }
    for fields in [
        "category: x",
        "author: me",
        "x-own: 1",
        "tools: Read",
        "title: T",
        "date: 2026",
    ] {
        assert_eq!(
            hint(Target::ClawPowers, fields, Rule::FieldMisspelt),
            None,
            "{fields}"
        );
    }
}

#[test]
fn a_guard_that_a_client_ignores_is_a_warning() {
    let fields = format!("name: a\ndescription: Does it.\n{GUARD}: true\n");
    for target in Target::ALL {
        let ignores = matches!(target, Target::Codex | Target::Gemini | Target::OpenCode);
        let expected = ignores.then_some(Severity::Warning);
        assert_eq!(
            severity(&lint(target, &fields), Rule::GuardIgnored),
            expected,
            "{}",
            target.as_str()
        );
        let unread = fields_of(target).unread(GUARD);
        assert_eq!(unread == Some(OtherFields::Ignored), ignores);
    }
    let shown = format!("name: a\ndescription: Does it.\n{GUARD}: false\n");
    assert_eq!(severity(&lint(Target::Codex, &shown), Rule::GuardIgnored), None);
}

#[test]
fn a_misspelt_guard_is_a_warning_wherever_the_skill_is_shown() {
    for name in [
        "disable_model_invocation",
        "disableModelInvocation",
        "disable-model-invocations",
    ] {
        let lint = |target, value: &str| {
            lint(
                target,
                &format!("name: a\ndescription: Does it.\n{name}: {value}\n"),
            )
        };
        for target in Target::ALL {
            if fields_of(target).others == OtherFields::Rejected || fields_of(target).field(name).is_some() {
                continue;
            }
            let parsed = lint(target, "true");
            let place = format!("{} {name}", target.as_str());
            assert_eq!(
                severity(&parsed, Rule::GuardIgnored),
                Some(Severity::Warning),
                "{place}"
            );
            let skill = parsed.skill.expect(&place);
            assert!(skill.invocation.model, "{place}");
            assert_eq!(
                severity(&lint(target, "false"), Rule::GuardIgnored),
                None,
                "{place}"
            );
        }
    }
}
