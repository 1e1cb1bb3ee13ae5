//! Repairs of one line: the value behind `key:` or `- `, quoted or unquoted.

use crate::diag::Rule;

/// Returns the possible repairs of a line, the most faithful first.
pub(super) fn repairs(line: &str) -> Vec<(Rule, String)> {
    let Some((head, value)) = split(line) else {
        return Vec::new();
    };
    let value = value.trim_end();
    let mut found = Vec::new();
    let mut add = |rule, value: String| found.push((rule, format!("{head}{value}")));
    match value.chars().next() {
        None => {}
        Some('"') => {
            add(Rule::YamlRepairedEscape, escape_backslashes(value));
            if let Some(inner) = inner(value, '"') {
                add(
                    Rule::YamlRepairedQuote,
                    format!("\"{}\"", escape(&unescape_quotes(inner), true)),
                );
            }
            add(
                Rule::YamlRepairedQuote,
                quote(value.trim_end_matches('"').trim_start_matches('"')),
            );
            add(Rule::YamlRepairedQuote, quote(value));
        }
        Some('\'') => {
            if let Some(inner) = inner(value, '\'') {
                add(Rule::YamlRepairedQuote, quote(&inner.replace("''", "'")));
            }
            add(Rule::YamlRepairedQuote, quote(value));
        }
        Some(first) => {
            let (text, comment) = split_comment(value);
            let rule = if "[{&*!|>%@`,?-#]}".contains(first) {
                Rule::YamlRepairedIndicator
            } else {
                Rule::YamlRepairedColon
            };
            add(rule, format!("{}{comment}", quote(text)));
            if !comment.is_empty() {
                add(rule, quote(value));
            }
        }
    }
    found
}

/// Splits a line into what stays (indentation, list marks, key, colon, blanks) and its value.
fn split(line: &str) -> Option<(&str, &str)> {
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
    !key.is_empty() && !key.contains(['"', '\'', '{', '[', ',']) && key.split_whitespace().count() <= 3
}

/// Splits off a trailing ` # comment`.
fn split_comment(value: &str) -> (&str, &str) {
    match value.find(" #") {
        Some(at) if !value.starts_with('#') => value.split_at(at),
        _ => (value, ""),
    }
}

/// Returns what stands between the first character and the last `mark`, or all the rest where there is no other.
fn inner(value: &str, mark: char) -> Option<&str> {
    let rest = value.strip_prefix(mark)?;
    match rest.strip_suffix(mark) {
        Some(inner) => Some(inner),
        None if !rest.contains(mark) => Some(rest),
        None => None,
    }
}

fn unescape_quotes(text: &str) -> String {
    text.replace("\\\"", "\"")
}

/// Quotes a text so that YAML reads exactly it: single quotes where they need no doubling, else double ones.
#[must_use]
pub(crate) fn quote(text: &str) -> String {
    if text.contains('\'') || text.chars().any(crate::chars::is_control) {
        format!("\"{}\"", escape(text, false))
    } else {
        format!("'{text}'")
    }
}

/// Escapes a text for double quotes; `keep` leaves the escapes that YAML knows as they are.
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
            '\t' => out.push_str("\\t"),
            c if crate::chars::is_control(c) => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// Tells whether `\` and this character are an escape of YAML that needs nothing behind it.
fn is_escape(c: char) -> bool {
    matches!(
        c,
        '0' | 'a' | 'b' | 't' | 'n' | 'v' | 'f' | 'r' | 'e' | ' ' | '"' | '/' | '\\' | 'N' | '_' | 'L' | 'P'
    )
}

/// Doubles the backslashes of a double-quoted value that YAML does not know, quotes left as they are.
fn escape_backslashes(value: &str) -> String {
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
            let yaml = format!("k: {}", quote(text));
            let root = crate::yaml::parse(&yaml).unwrap().0.unwrap();
            assert_eq!(root.get("k").unwrap().as_text(), Some(text), "{yaml}");
        }
    }
}
