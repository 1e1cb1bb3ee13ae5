//! Text of strangers on one line.

use clawpowers_loader::display::{is_unsafe_to_show, nearest, quote};

/// Returns `text` with every character spelled out that a terminal acts on, line ends and tabs among them; unlike a
/// text whose blanks are joined, a path stays the one it was.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_api::spelled("a  b\nc\u{1b}"), "a  b\\u{a}c\\u{1b}");
/// ```
#[must_use]
pub fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe_to_show(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns a hint for a name that is none of `names`, which are the `what`: the one that was most likely meant, and all.
pub(crate) fn choices(given: &str, what: &str, names: &[&str]) -> String {
    let near = nearest(given, names.iter().copied());
    let near = near.map_or_else(String::new, |near| format!("did you mean {}? ", quote(near)));
    format!("{near}the {what} are {}", names.join(", "))
}
