//! The wording of hints for languages with methods.

use super::OPERATIONS;
use crate::hint::{Reference, word_hints};

/// A language in which operations are methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Methods in camel case, options in an object.
    JavaScript,
    /// Methods in snake case, options by keyword.
    Python,
}

impl Language {
    /// Makes the hints of this process name the methods of this language; only the first call has an effect.
    pub fn set_hint_language(self) {
        word_hints(match self {
            Self::JavaScript => |reference| Self::JavaScript.word(reference),
            Self::Python => |reference| Self::Python.word(reference),
        });
    }

    /// Words a reference as a call of a method: `rt.store.get("key")`.
    fn word(self, reference: &Reference<'_>) -> String {
        let (name, arguments) = match reference {
            Reference::Operation(name, arguments) => (name, arguments),
            Reference::Option(name) => return format!("`{name}`"),
        };
        let Some(operation) = OPERATIONS.iter().find(|operation| operation.name == *name) else {
            return format!("`{name}`");
        };
        let (positional, named): (Vec<_>, Vec<_>) = arguments
            .iter()
            .partition(|(name, _)| operation.positional.contains(name));
        let argument = |(name, value): &&(&str, &str)| match (*name, *value) {
            ("paths", path) => format!("[{path:?}]"),
            (_, "true") if self == Self::Python => "True".to_owned(),
            (_, "true") => "true".to_owned(),
            (_, value) => format!("{value:?}"),
        };
        let mut list: Vec<String> = positional.iter().map(argument).collect();
        let sign = if self == Self::Python { "=" } else { ": " };
        let named: Vec<_> = named
            .iter()
            .map(|named| format!("{}{sign}{}", named.0, argument(named)))
            .collect();
        let method = match self {
            Self::JavaScript => camel(operation.method),
            Self::Python => operation.method.to_owned(),
        };
        match self {
            _ if named.is_empty() => {}
            Self::JavaScript => list.push(format!("{{ {} }}", named.join(", "))),
            Self::Python => list.extend(named),
        }
        let group = match operation.group {
            "runtime" => String::new(),
            group => format!("{group}."),
        };
        format!("`rt.{group}{method}({})`", list.join(", "))
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{all}{}{tail}", head.to_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::Language;
    use crate::hint::Reference;

    #[test]
    fn references_name_the_methods_of_a_language() {
        let values = Reference::Operation("store_list_values", Vec::new());
        let record = Reference::Operation("metrics_record", vec![("skill", "NAME"), ("outcome", "success")]);
        let delete = Reference::Operation("metrics_delete", vec![("id", "17")]);
        let fix = Reference::Operation("skill_fix", vec![("paths", "a/SKILL.md"), ("write", "true")]);
        let doctor = Reference::Operation("doctor", Vec::new());
        for (reference, in_javascript, in_python) in [
            (values, "`rt.store.listValues()`", "`rt.store.list_values()`"),
            (
                record,
                "`rt.metrics.record({ skill: \"NAME\", outcome: \"success\" })`",
                "`rt.metrics.record(skill=\"NAME\", outcome=\"success\")`",
            ),
            (
                delete,
                "`rt.metrics.delete(\"17\")`",
                "`rt.metrics.delete(\"17\")`",
            ),
            (
                fix,
                "`rt.skills.fix([\"a/SKILL.md\"], { write: true })`",
                "`rt.skills.fix([\"a/SKILL.md\"], write=True)`",
            ),
            (doctor, "`rt.doctor()`", "`rt.doctor()`"),
            (Reference::Option("home"), "`home`", "`home`"),
        ] {
            assert_eq!(
                (
                    Language::JavaScript.word(&reference),
                    Language::Python.word(&reference)
                ),
                (in_javascript.to_owned(), in_python.to_owned())
            );
        }
    }
}
