//! How a stranger's text is shown inside a message, and which name it may have meant.

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
    let plain = |byte| matches!(byte, b' '..=b'~');
    if value.len() <= SHOWN && value.bytes().all(plain) {
        return format!("`{value}`");
    }
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

/// Returns the one of `names` that is most like `name`, if one is like enough to be meant.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::diag::nearest("mod", ["mode", "level"]), Some("mode"));
/// assert_eq!(clawpowers_loader::diag::nearest("MODE", ["mode", "level"]), Some("mode"));
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let scored = names
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &name), known));
    let (score, best) = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (score > 0.8).then_some(best)
}
