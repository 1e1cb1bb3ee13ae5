//! Text for people and terminals: safe characters, short quotes, paths.

use std::borrow::Cow;
use std::path::Path;

/// Returns whether `c` is a C0 or C1 control character or DEL.
#[must_use]
pub const fn is_control(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

/// Returns whether `c` changes the direction of the text around it.
#[must_use]
pub const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns whether `c` is invisible, so that two texts can look alike and differ.
///
/// The zero-width joiner and variation selectors are excluded: emoji need them.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Returns whether `c` must be escaped on a terminal or in a message.
#[must_use]
pub const fn is_unsafe_to_show(c: char) -> bool {
    is_control(c) || is_bidi(c) || is_invisible(c)
}

/// Returns whether a text contains an unsafe character other than newlines and tabs.
#[must_use]
pub fn has_unsafe(text: &str) -> bool {
    // Nearly every text is ASCII, and a loop without an exit checks many bytes with a few instructions.
    let odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    text.bytes().fold(false, |some, byte| some | odd(byte)) && text.contains(is_unsafe_in_text)
}

fn is_unsafe_in_text(c: char) -> bool {
    is_unsafe_to_show(c) && !matches!(c, '\n' | '\t')
}

/// Returns `text` with every unsafe character escaped, except newlines and tabs.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::display::escape_control("a\u{202e}b\n"), "a\\u{202e}b\n");
/// ```
#[must_use]
pub fn escape_control(text: &str) -> Cow<'_, str> {
    if !has_unsafe(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe_in_text(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.into()
}

/// How many characters of a value a message shows.
const SHOWN: usize = 60;

/// Returns `value` in backticks, with unsafe characters escaped; long values are truncated to 60 characters.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::display::quote("a\u{1b}[31m"), "`a\\u{1b}[31m`");
/// ```
#[must_use]
pub fn quote(value: &str) -> String {
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

/// Returns a number and its noun, which ends in `s` unless the number is 1.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::display::pluralize;
///
/// assert_eq!((pluralize(1, "run"), pluralize(0, "run")), ("1 run".to_owned(), "0 runs".to_owned()));
/// ```
#[must_use]
pub fn pluralize(count: impl std::fmt::Display, noun: &str) -> String {
    let count = count.to_string();
    let end = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{end}")
}

/// Returns a text on one line, with single spaces between its words.
pub(crate) fn single_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the most similar of `names`, if one is similar enough to be meant.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::display::nearest("mod", ["mode", "level"]), Some("mode"));
/// assert_eq!(clawpowers_loader::display::nearest("MODE", ["mode", "level"]), Some("mode"));
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

/// Returns a path as text with `/` as the separator on every system, so that it can be pasted into any shell and replies
/// are the same everywhere.
///
/// Invalid Unicode becomes U+FFFD. On Windows the prefix `\\?\` is removed.
#[must_use]
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        with_slashes(&text)
    } else {
        text.into_owned()
    }
}

/// Replaces the separators of a Windows path, which every program there accepts except after `\\?\`.
fn with_slashes(path: &str) -> String {
    let share = path.strip_prefix(r"\\?\UNC\");
    let path = share.or_else(|| path.strip_prefix(r"\\?\")).unwrap_or(path);
    let start = if share.is_some() { "//" } else { "" };
    format!("{start}{}", path.replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::with_slashes;

    #[test]
    fn paths_of_windows() {
        for (path, shown) in [
            (r"s\a\SKILL.md", "s/a/SKILL.md"),
            (r"s/a\SKILL.md", "s/a/SKILL.md"),
            (r"C:\Users\ada\x", "C:/Users/ada/x"),
            (r"\\?\C:\Users\ada\x", "C:/Users/ada/x"),
            (r"\\host\share\x", "//host/share/x"),
            (r"\\?\UNC\host\share\x", "//host/share/x"),
        ] {
            assert_eq!(with_slashes(path), shown);
        }
    }
}
