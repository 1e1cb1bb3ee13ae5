//! The fields of a file against the table of a target: fields that it does not read, and values that it does not
//! understand.

use super::{
    Field, FieldKind, Fields, GUARD, OtherFields, Usage, WrongValue, boolean_word, fields_of, similar,
};
use crate::display::quote;
use crate::lint::{Diagnostics, Position, Rule, Target};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::Node;

/// Reports fields that the target does not read and values that it does not understand.
pub(crate) fn check(front: &Frontmatter<'_>, diagnostics: &mut Diagnostics) {
    let fields = fields_of(diagnostics.target());
    for (key, node) in front.root.entries().unwrap_or_default() {
        let name = key.key_text();
        match fields.field(name) {
            Some(field) if field.is_read() => check_value(field, fields, node, front, diagnostics),
            // A client may know the name and not read it.
            found => check_unread((key, node), found, fields, front, diagnostics),
        }
    }
}

/// Reports a field without an effect.
fn check_unread(
    (key, node): (&Node, &Node),
    found: Option<&Field>,
    fields: &Fields,
    front: &Frontmatter<'_>,
    diagnostics: &mut Diagnostics,
) {
    let (name, position) = (key.key_text(), front.position(key.start));
    let shown = || quote(name);
    let title = fields.title;
    if found.is_some_and(|field| field.usage != Usage::Ignored) {
        return;
    }
    if fields.others == OtherFields::Rejected {
        let hint = match (titles(name, fields), similar_field(name, fields)) {
            (Some(readers), _) => format!("it is a field of {readers}; leave it out for {title}"),
            (None, Some(near)) => format!("did you mean {}?", quote(near)),
            (None, None) => "move it under `metadata:`".to_owned(),
        };
        let message = format!("unknown field {}", shown());
        diagnostics.hint(Rule::UnknownField, position, message, hint);
    } else if fields_of(Target::Spec).field(name).is_some() {
        // Most clients read few fields of the specification.
    } else if let Some(&reader) = fields.readers(name).first() {
        if fields.others == OtherFields::Unknown && found.is_none() {
            return;
        }
        if !fields.target.is_client() {
            check_choice(reader, node, front.position(node.start), diagnostics);
        } else if name == GUARD && node.as_text().and_then(boolean_word) != Some(false) {
            let message = format!("{title} ignores {} and shows the skill to the model", shown());
            let hint = found.map_or_else(
                || "remove the skill from its folders".to_owned(),
                |field| field.effect.to_owned(),
            );
            diagnostics.hint(Rule::GuardIgnored, position, message, hint);
        } else {
            let message = format!("{title} ignores {}", shown());
            let readers = titles(name, fields).unwrap_or_default();
            diagnostics.hint(
                Rule::FieldIgnored,
                position,
                message,
                format!("it is a field of {readers}"),
            );
        }
    } else if similar(name, &[GUARD]).is_some() && node.as_text().and_then(boolean_word) != Some(false) {
        let message = format!("{title} ignores {} and shows the skill to the model", shown());
        let read = fields.field(GUARD);
        let hint = match read.filter(|field| field.usage == Usage::Ignored) {
            Some(field) => field.effect.to_owned(),
            None => format!("did you mean `{GUARD}`?"),
        };
        diagnostics.hint(Rule::GuardIgnored, position, message, hint);
    } else if let Some(near) = similar_field(name, fields) {
        let message = format!("unknown field {}", shown());
        diagnostics.hint(
            Rule::FieldMisspelt,
            position,
            message,
            format!("did you mean {}?", quote(near)),
        );
    } else if fields.others == OtherFields::Ignored && diagnostics.wants(Rule::UnknownField) {
        let message = format!("unknown field {}; {title} ignores it", shown());
        diagnostics.add(Rule::UnknownField, position, message);
    }
}

/// Reports a misspelled word in a field that only another target reads.
fn check_choice(
    (field, title): (&Field, &str),
    node: &Node,
    position: Position,
    diagnostics: &mut Diagnostics,
) {
    let (FieldKind::Choice(words) | FieldKind::ChoiceOrNumber(words), Some(text)) =
        (field.kind, node.as_text())
    else {
        return;
    };
    if let Some(near) = similar(text, words).filter(|_| !is_one_of(text, words)) {
        let message = not_understood(field, text, title);
        diagnostics.hint(
            Rule::FieldValue,
            position,
            message,
            format!("did you mean `{near}`?"),
        );
    }
}

fn not_understood(field: &Field, found: &str, title: &str) -> String {
    format!(
        "{title} does not understand the value {} of `{}`",
        quote(found),
        field.name
    )
}

/// Reports a value that the target does not understand. The rules of a field that have a name of their own come first.
fn check_value(
    field: &Field,
    fields: &Fields,
    node: &Node,
    front: &Frontmatter<'_>,
    diagnostics: &mut Diagnostics,
) {
    let name = field.name;
    if node.is_null() {
        return;
    }
    let text = node.as_text();
    let is_flag = matches!(name, GUARD | "user-invocable");
    let has_own_rule = matches!(
        name,
        "name" | "description" | "license" | "compatibility" | "allowed-tools"
    );
    let expected = match field.kind {
        FieldKind::Any => return,
        FieldKind::Text | FieldKind::TextOrList if has_own_rule => {
            let number = fields.target == Target::ClaudeUpload && text.is_some() && !node.is_string();
            if !number {
                return;
            }
            "a string in quotes".to_owned()
        }
        FieldKind::Text if text.is_some() || field.wrong == WrongValue::Converted => return,
        FieldKind::Text => "a string".to_owned(),
        FieldKind::TextOrList if text.is_some() || node.items().is_some() => return,
        FieldKind::TextOrList => "a string or a list of strings".to_owned(),
        // These have rules of their own.
        FieldKind::Mapping if matches!(name, "metadata" | "requires") || node.entries().is_some() => return,
        FieldKind::Mapping => "a mapping".to_owned(),
        FieldKind::Flag if is_flag || text.and_then(boolean_word).is_some() => return,
        FieldKind::Flag => "`true` or `false`".to_owned(),
        FieldKind::Boolean if node.as_bool().is_some() => return,
        // No client understands such a flag, which has been reported.
        FieldKind::Boolean if is_flag && text.and_then(boolean_word).is_none() => return,
        FieldKind::Boolean => "`true` or `false` without quotes".to_owned(),
        FieldKind::Choice(words) => match text {
            Some(text) if is_one_of(text, words) => return,
            _ => list(words),
        },
        FieldKind::ChoiceOrNumber(words) => match text {
            Some(text) if is_one_of(text, words) || text.trim().parse::<i64>().is_ok() => return,
            _ => format!("{} or a number", list(words)),
        },
    };
    let message = not_understood(field, front.slice(node), fields.title);
    let near = text.and_then(|text| similar(text, field.accepted()));
    let hint = match near.filter(|_| field.kind != FieldKind::Boolean) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {expected}"),
    };
    let (rule, message) = match field.wrong {
        WrongValue::Ignored if name == GUARD => (
            Rule::InvocationNotBoolean,
            format!("{message} and shows the skill to the model"),
        ),
        WrongValue::Rejected if is_flag => (Rule::InvocationNotBoolean, message),
        _ => (Rule::FieldValue, message),
    };
    diagnostics.hint(rule, front.position(node.start), message, hint);
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Returns words as `a`, `b` or `c`.
fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Returns the names of the other clients that read a field.
fn titles(name: &str, fields: &Fields) -> Option<String> {
    let readers = fields.readers(name);
    let mut titles = String::new();
    for (at, (_, title)) in readers.iter().enumerate() {
        let joint = match at {
            0 => "",
            _ if at + 1 == readers.len() => " and ",
            _ => ", ",
        };
        titles.push_str(joint);
        titles.push_str(title);
    }
    (!readers.is_empty()).then_some(titles)
}

/// Returns the field of the target, or of the specification, that a name is a misspelling of.
fn similar_field(name: &str, fields: &Fields) -> Option<&'static str> {
    let read = |fields: &'static [Field]| {
        fields
            .iter()
            .filter(|field| field.is_read())
            .map(|field| field.name)
    };
    let names: Vec<&str> = read(fields.rows)
        .chain(read(fields_of(Target::Spec).rows))
        .collect();
    similar(name, &names)
}
