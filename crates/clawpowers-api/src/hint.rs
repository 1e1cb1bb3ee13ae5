//! Hints, worded for the language of the caller.
//!
//! A hint in this library refers to an operation as `{metrics_show outcome=open}` and to an option as `{--home}`. The command
//! line and each binding say how such a reference reads there.

use std::sync::OnceLock;

/// A reference in a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'t> {
    /// An operation, with some of its arguments.
    Operation(&'t str, Vec<(&'t str, &'t str)>),
    /// An option, such as `home`.
    Option(&'t str),
}

/// A function that returns the words for a reference.
pub type Wording = fn(&Reference<'_>) -> String;

static WORDING: OnceLock<Wording> = OnceLock::new();

/// Sets the wording of the hints of this process; only the first call has an effect. By default, a reference is its name.
pub fn word_hints(wording: Wording) {
    WORDING.get_or_init(|| wording);
}

fn by_name(reference: &Reference<'_>) -> String {
    match reference {
        Reference::Operation(name, _) | Reference::Option(name) => format!("`{name}`"),
    }
}

/// Replaces the references in a hint. Text in backticks is a value and is not changed.
pub(crate) fn worded(hint: &str) -> String {
    let wording = WORDING.get().copied().unwrap_or(by_name);
    let word = |piece: &str| {
        let (before, reference) = piece.strip_suffix('}')?.split_once('{')?;
        Some(format!("{before}{}", wording(&parse(reference)?)))
    };
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => {
            let pieces = part.split_inclusive('}');
            pieces
                .map(|piece| word(piece).unwrap_or_else(|| piece.to_owned()))
                .collect()
        }
        _ => part.to_owned(),
    };
    let parts: Vec<String> = hint.split('`').enumerate().map(part).collect();
    parts.join("`")
}

fn parse(text: &str) -> Option<Reference<'_>> {
    if let Some(name) = text.strip_prefix("--") {
        return Some(Reference::Option(name));
    }
    let mut words = text.split(' ');
    let name = words.next().filter(|name| !name.is_empty())?;
    let arguments = words.map(|word| word.split_once('=')).collect::<Option<_>>()?;
    let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_name.then_some(Reference::Operation(name, arguments))
}

#[cfg(test)]
mod tests {
    use super::{Reference, parse, worded};

    #[test]
    fn references_are_worded_and_values_are_not() {
        assert_eq!(
            worded("{skill_list} shows the skills"),
            "`skill_list` shows the skills"
        );
        assert_eq!(
            worded("did you mean `{skill_list}`?"),
            "did you mean `{skill_list}`?"
        );
        assert_eq!(
            worded("try `a`, or choose another with {--home}"),
            "try `a`, or choose another with `home`"
        );
        assert_eq!(worded("a { b } c {d"), "a { b } c {d");
        assert_eq!(worded("an odd ` stays"), "an odd ` stays");
    }

    #[test]
    fn references_have_arguments() {
        let shown = Reference::Operation("metrics_show", vec![("outcome", "open")]);
        assert_eq!(parse("metrics_show outcome=open"), Some(shown));
        assert_eq!(parse("--home"), Some(Reference::Option("home")));
        assert_eq!(parse("Not this"), None);
    }
}
