//! Single-line text, and errors for unknown names.

use crate::wire::ApiError;
use clawpowers_loader::display::{escape_control, nearest, quote};

/// Returns `text` with every unsafe character escaped, newlines and tabs too. Spaces are kept, so that a path stays the
/// same path.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_api::escape_line("a  b\nc\u{1b}"), "a  b\\u{a}c\\u{1b}");
/// ```
#[must_use]
pub fn escape_line(text: &str) -> String {
    escape_control(text)
        .replace('\n', "\\u{a}")
        .replace('\t', "\\u{9}")
}

/// Returns the error for a name that is none of `names`; `what` names their kind in the singular.
pub(crate) fn unknown_name(what: &str, name: &str, names: &[&str]) -> ApiError {
    let near = nearest(name, names.iter().copied());
    let near = near.map_or_else(String::new, |near| format!("did you mean {}? ", quote(near)));
    ApiError::invalid_input(format!("there is no {what} {}", quote(name)))
        .hint(format!("{near}the {what}s are {}", names.join(", ")))
}

/// Returns the hint for a name that does not exist: the most similar one of `names`, else `hint`.
pub(crate) fn did_you_mean<'a>(name: &str, names: impl IntoIterator<Item = &'a str>, hint: &str) -> String {
    let near = nearest(name, names);
    near.map_or_else(
        || hint.to_owned(),
        |near| format!("did you mean {}?", quote(near)),
    )
}
