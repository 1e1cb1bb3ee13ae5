//! How operations are called in the languages that have methods.

use super::OPERATIONS;
use crate::hint::{Reference, word_hints};

/// A language whose methods hints name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Methods in camel case, options in an object.
    JavaScript,
    /// Methods in snake case, options by keyword.
    Python,
}

impl Language {
    /// Has the hints of this process name the methods of this language; the first call counts.
    pub fn speak(self) {
        word_hints(match self {
            Self::JavaScript => javascript,
            Self::Python => python,
        });
    }
}

fn javascript(reference: &Reference<'_>) -> String {
    worded(
        reference,
        &camel,
        |options| format!("{{ {} }}", options.join(", ")),
        ": ",
    )
}

fn python(reference: &Reference<'_>) -> String {
    worded(reference, &str::to_owned, |options| options.join(", "), "=")
}

/// Words a reference as a call of a method: `rt.store.get("key")`.
fn worded(
    reference: &Reference<'_>,
    method: &dyn Fn(&str) -> String,
    options: fn(&[String]) -> String,
    sign: &str,
) -> String {
    let (name, arguments) = match reference {
        Reference::Operation(name, arguments) => (name, arguments),
        Reference::Option(name) => return format!("`{name}`"),
    };
    let Some(operation) = OPERATIONS.iter().find(|operation| operation.name == *name) else {
        return format!("`{name}`");
    };
    let surface = operation.surface;
    let group = match surface.group {
        "runtime" => String::new(),
        group => format!("{group}."),
    };
    let (positional, named): (Vec<_>, Vec<_>) = arguments
        .iter()
        .partition(|(name, _)| surface.positional.contains(name));
    let mut list: Vec<String> = positional.iter().map(|(_, value)| format!("{value:?}")).collect();
    if !named.is_empty() {
        let named: Vec<String> = named
            .iter()
            .map(|(name, value)| format!("{name}{sign}{value:?}"))
            .collect();
        list.push(options(&named));
    }
    format!("`rt.{group}{}({})`", method(surface.method), list.join(", "))
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
    use super::{javascript, python};
    use crate::hint::Reference;

    #[test]
    fn references_name_the_methods_of_a_language() {
        let values = Reference::Operation("store_list_values", Vec::new());
        let record = Reference::Operation("metrics_record", vec![("skill", "NAME"), ("outcome", "success")]);
        let delete = Reference::Operation("metrics_delete", vec![("id", "17")]);
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
            (doctor, "`rt.doctor()`", "`rt.doctor()`"),
            (Reference::Option("home"), "`home`", "`home`"),
        ] {
            assert_eq!(
                (javascript(&reference), python(&reference)),
                (in_javascript.to_owned(), in_python.to_owned())
            );
        }
    }
}
