//! How a stranger's text is shown inside a message.

use crate::chars::is_unsafe_to_show;

/// How many characters of a value a message shows.
const SHOWN: usize = 60;

/// Returns `value` in backticks, with unsafe characters spelled out and long values cut in the middle of nothing.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::diag::quoted("a\u{1b}[31m"), "`a\\u{1b}[31m`");
/// ```
#[must_use]
pub fn quoted(value: &str) -> String {
    let mut out = String::from("`");
    for (index, c) in value.chars().enumerate() {
        if index == SHOWN {
            out.push('…');
            break;
        }
        if is_unsafe_to_show(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('`');
    out
}
