//! Hints, worded for the language of the caller.
//!
//! The libraries know no language: where a hint is to call an operation, it says `{metrics_show outcome=open}`, and
//! `{--home}` where it is to use an option. Whoever shows hints to people or to programs says how that reads there.

use std::sync::OnceLock;

/// What a hint refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'t> {
    /// A call of an operation, with some of its arguments.
    Operation(&'t str, Vec<(&'t str, &'t str)>),
    /// An option.
    Option(&'t str),
}

/// Words a reference.
pub type Wording = fn(&Reference<'_>) -> String;

static WORDING: OnceLock<Wording> = OnceLock::new();

/// Says how the hints of this process are worded; the first call counts. Without one, operations are called by their
/// names.
pub fn word_hints(wording: Wording) {
    WORDING.get_or_init(|| wording);
}

fn by_name(reference: &Reference<'_>) -> String {
    match reference {
        Reference::Operation(name, _) | Reference::Option(name) => format!("`{name}`"),
    }
}

/// Words the references of a hint. What is between backticks is a value and stays as it is.
pub(crate) fn worded(hint: &str) -> String {
    let wording = WORDING.get().copied().unwrap_or(by_name);
    let word = |(index, part): (usize, &str)| match index % 2 {
        0 => part
            .split_inclusive('}')
            .map(|piece| match piece.split_once('{') {
                Some((before, inside)) => match inside.strip_suffix('}').and_then(parse) {
                    Some(reference) => format!("{before}{}", wording(&reference)),
                    None => piece.to_owned(),
                },
                None => piece.to_owned(),
            })
            .collect(),
        _ => part.to_owned(),
    };
    let parts: Vec<String> = hint.split('`').enumerate().map(word).collect();
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
            worded("try `a`, or name another with {--home}"),
            "try `a`, or name another with `home`"
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
