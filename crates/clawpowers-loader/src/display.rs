//! Text for people and terminals: safe characters, short quotes, paths.

use clawpowers_text::invisible::runs;
use std::borrow::Cow;
use std::path::Path;

/// Returns whether `c` is a C0 or C1 control character or DEL.
#[must_use]
pub const fn is_control(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

/// Returns whether a string contains an unsafe character: a control character other than newlines and tabs, or a hidden one.
#[must_use]
pub fn has_unsafe(text: &str) -> bool {
    // Without an early exit the compiler vectorizes the loops. Nearly every text is ASCII.
    let some = |odd: fn(u8) -> bool| text.bytes().fold(false, |some, byte| some | odd(byte));
    if !some(|byte| !matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return false;
    }
    // The C1 controls begin with 0xc2.
    let may_have_controls =
        some(|byte| matches!(byte, ..b' ' | 0x7f | 0xc2) & !matches!(byte, b'\n' | b'\t'));
    may_have_controls && text.contains(is_unsafe_control) || has_hidden(text)
}

/// Returns whether a text contains hidden characters: invisible ones that neither an emoji nor a script needs.
#[must_use]
pub fn has_hidden(text: &str) -> bool {
    !text.is_ascii() && runs(text).next().is_some()
}

fn is_unsafe_control(c: char) -> bool {
    is_control(c) && !matches!(c, '\n' | '\t')
}

/// Returns each character of a text and whether it is a control character or hidden.
fn marked(text: &str) -> impl Iterator<Item = (usize, char, bool)> + '_ {
    let hidden = runs(text).flat_map(|run| {
        let chars = run.text.char_indices();
        chars.map(move |(offset, _)| run.start + offset)
    });
    let mut hidden = hidden.peekable();
    text.char_indices().map(move |(offset, c)| {
        let is_hidden = hidden.next_if_eq(&offset).is_some();
        (offset, c, is_hidden || is_control(c))
    })
}

/// Returns the byte offset of each control character and each hidden one, and the character.
pub fn unsafe_characters(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    marked(text).filter_map(|(offset, c, needs_escape)| needs_escape.then_some((offset, c)))
}

/// Returns `text` with every unsafe character escaped, except newlines and tabs.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::display::escape_control;
///
/// assert_eq!(escape_control("a\u{202e}b\n"), "a\\u{202e}b\n");
/// assert_eq!(escape_control("👩\u{200d}💻"), "👩\u{200d}💻");
/// ```
#[must_use]
pub fn escape_control(text: &str) -> Cow<'_, str> {
    if !has_unsafe(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (_, c, needs_escape) in marked(text) {
        if needs_escape && !matches!(c, '\n' | '\t') {
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
    quote_start(value, SHOWN)
}

/// Like [`quote`], for at most the first `limit` characters.
pub(crate) fn quote_start(value: &str, limit: usize) -> String {
    // What a message does not show is not examined.
    let end = value.char_indices().nth(limit + SHOWN).map(|(end, _)| end);
    let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
    let mut out = String::from("`");
    for (index, (_, c, needs_escape)) in marked(value).enumerate() {
        if index == limit {
            out.push('…');
            break;
        }
        if needs_escape {
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
    let stem = noun
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match stem {
        _ if count == "1" => format!("{count} {noun}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {noun}s"),
    }
}

/// Returns a string on one line, with single spaces between its words.
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
