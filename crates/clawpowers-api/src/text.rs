//! Text of strangers on one line.

use clawpowers_loader::display::{is_unsafe_to_show, nearest, quoted};

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
    let near = near.map_or_else(String::new, |near| format!("did you mean {}? ", quoted(near)));
    format!("{near}the {what} are {}", names.join(", "))
}

/// Returns a number with the word for what is counted, which gets an `s` unless there is one.
///
/// # Examples
///
/// ```
/// use clawpowers_api::number_of;
///
/// assert_eq!((number_of(1, "run"), number_of(0, "run")), ("1 run".to_owned(), "0 runs".to_owned()));
/// ```
#[must_use]
pub fn number_of(count: impl Into<i128>, what: &str) -> String {
    let count = count.into();
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
