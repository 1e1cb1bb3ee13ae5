//! The value after `key:` or `- ` on a line: where it starts, and how to quote it.

/// Splits a line into its head (indentation, list marks, key, colon, whitespace) and its value.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let mut at = line.len() - line.trim_start().len();
    while line.get(at..)?.starts_with("- ") {
        at += 2;
        at += line.get(at..)?.len() - line.get(at..)?.trim_start().len();
    }
    let rest = line.get(at..)?;
    if let Some((key, value)) = rest.split_once(": ")
        && is_key(key)
    {
        at += key.len() + 1;
        at += 1 + value.len() - value.trim_start().len();
        return Some((line.get(..at)?, line.get(at..)?));
    }
    (at > 0 && rest != line.trim_start()).then_some((line.get(..at)?, rest))
}

fn is_key(key: &str) -> bool {
    let inner = |mark| key.strip_prefix(mark)?.strip_suffix(mark);
    let word = inner('"').or_else(|| inner('\'')).unwrap_or(key);
    !word.is_empty() && !word.contains(['"', '\'', '{', '[', ',']) && word.split_whitespace().count() <= 3
}

/// Returns whether a plain value must not start with a character.
pub(super) fn is_indicator(c: char) -> bool {
    "[{&*!|>%@`,?-#]}\"'".contains(c)
}

/// Splits off a trailing ` # comment`.
///
/// In a line that does not parse, ` #` followed by anything but whitespace is text: in `see PR #12: x` it means a number, and
/// a comment would silently lose words.
pub(super) fn split_comment(value: &str) -> (&str, &str) {
    let comment = |&(at, _): &(usize, &str)| {
        let rest = value.get(at + 2..).unwrap_or_default();
        rest.is_empty() || rest.starts_with([' ', '\t'])
    };
    match value.match_indices(" #").find(comment) {
        Some((at, _)) if !value.starts_with('#') => value.split_at(at),
        _ => (value, ""),
    }
}

/// Returns whether a value starts with a quoted part and continues after it: `"this" and that`, `"this" or "that"`.
///
/// An odd number of quotes with one at the end means an apostrophe inside a quoted value: `'users' own tools'`.
pub(super) fn continues_after_quotes(value: &str, quote: char) -> bool {
    let mut quotes = 0;
    let mut rest = "";
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        if c == quote && !escaped {
            quotes += 1;
            if quotes == 2 {
                rest = value.get(at + 1..).unwrap_or_default();
            }
        }
        escaped = c == '\\' && quote == '"' && !escaped;
    }
    rest.starts_with([' ', '\t']) && !(quotes % 2 == 1 && value.ends_with(quote))
}

/// Returns the text between the first and the last `mark`, or after the first if it is the only one.
pub(super) fn inner(value: &str, mark: char) -> Option<&str> {
    let rest = value.strip_prefix(mark)?;
    match rest.strip_suffix(mark) {
        Some(inner) => Some(inner),
        None if !rest.contains(mark) => Some(rest),
        None => None,
    }
}

/// Quotes a string for YAML, in single quotes if it contains none.
pub(crate) fn quote_yaml(text: &str) -> String {
    if text.contains('\'') || text.chars().any(crate::display::is_control) {
        format!("\"{}\"", escape(text, false))
    } else {
        format!("'{text}'")
    }
}

/// Escapes a string for double quotes; `keep` keeps the escapes that YAML knows.
pub(super) fn escape(text: &str, keep: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' if keep && chars.peek().is_some_and(|&next| is_escape(next)) => {
                out.push('\\');
                out.extend(chars.next());
            }
            '\\' => out.push_str("\\\\"),
            '\t' => out.push(c),
            c if crate::display::is_control(c) => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// Returns whether `\` and this character are a complete escape of YAML.
fn is_escape(c: char) -> bool {
    matches!(
        c,
        '0' | 'a' | 'b' | 't' | 'n' | 'v' | 'f' | 'r' | 'e' | ' ' | '"' | '/' | '\\' | 'N' | '_' | 'L' | 'P'
    )
}

/// Doubles the backslashes of a double-quoted value that do not start an escape of YAML.
pub(super) fn escape_backslashes(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '\\' {
            match chars.peek() {
                Some(&next) if is_escape(next) => out.extend(chars.next()),
                _ => out.push('\\'),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_found() {
        assert_eq!(split("  - a: b"), Some(("  - a: ", "b")));
        assert_eq!(split("- [x] y"), Some(("- ", "[x] y")));
        assert_eq!(split("description:  a: b"), Some(("description:  ", "a: b")));
        assert_eq!(split("just text"), None);
    }

    #[test]
    fn quoting_reads_back() {
        for text in [
            "a: b",
            "it's",
            "say \"x\"",
            "back\\slash it's",
            "tab\tit's",
            "#x",
            "é — ü",
        ] {
            let yaml = format!("k: {}", quote_yaml(text));
            let root = crate::syntax::yaml::parse(&yaml).unwrap().0.unwrap();
            assert_eq!(root.get("k").unwrap().as_text(), Some(text), "{yaml}");
        }
    }
}
