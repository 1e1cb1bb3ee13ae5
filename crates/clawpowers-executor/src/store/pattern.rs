//! Selects keys by a plain prefix, or by a pattern with `*`, `?` and `[…]`.

use crate::error::{Error, Result};

/// The condition that a key matches: it is in the range of the prefix, for which SQLite uses its index, and it matches `GLOB`
/// or starts with the text of the pattern.
pub(super) const MATCHES: &str = "key >= ?1 AND (?2 IS NULL OR key < ?2)
    AND (?3 IS NULL OR key GLOB ?3 OR substr(key, 1, length(?4)) = ?4)";

/// The longest pattern that SQLite accepts, in bytes.
const MAX_GLOB_BYTES: usize = 50_000;

/// A prefix or a pattern. Both match keys of any length, as if they ended with `*`.
///
/// `*` matches any characters including `:`, `?` matches one, `[a-z]` one of a set, `[!a-z]` one that is not in the set. A key
/// that starts with the text of the pattern itself also matches.
///
/// # Examples
///
/// ```
/// use clawpowers_executor::{Db, Key, Pattern};
///
/// let mut db = Db::in_memory()?;
/// for key in ["plan:auth:task_1", "debug:a:b:root_cause", "a[1]", "ac"] {
///     db.store().set(&Key::new(key)?, b"")?;
/// }
/// let mut list = |pattern| db.store().list(&Pattern::new(pattern));
/// assert_eq!(list("plan:")?, ["plan:auth:task_1"]);
/// assert_eq!(list("debug:*:root")?, ["debug:a:b:root_cause"]);
/// assert_eq!(list("a[")?, ["a[1]"]);
/// assert!(list("a?c")?.is_empty());
/// # Ok::<(), clawpowers_executor::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// The length in bytes of the text before the first wildcard.
    prefix: usize,
    /// The pattern for SQLite; `None` for a prefix.
    glob: Option<String>,
}

impl Pattern {
    /// Returns the pattern of a string.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (mut glob, mut prefix, mut rest) = (String::new(), None, text);
        while let Some(c) = rest.chars().next() {
            let (part, after) = rest.split_at(set(rest).unwrap_or(c.len_utf8()));
            if part != "[" && part.starts_with(['*', '?', '[']) {
                prefix.get_or_insert(text.len() - rest.len());
            }
            match part.strip_prefix("[!") {
                Some(members) => glob.extend(["[^", members]),
                // Without a closing bracket it is a plain character.
                None if part == "[" => glob.push_str("[[]"),
                None => glob.push_str(part),
            }
            rest = after;
        }
        glob.push('*');
        Self {
            text: text.to_owned(),
            prefix: prefix.unwrap_or(text.len()),
            // A NUL would end SQLite's pattern. Another control character matches no key either.
            glob: prefix.map(|_| glob.replace('\0', "\u{1}")),
        }
    }

    /// Returns the parameters of [`MATCHES`].
    pub(super) fn parameters(&self) -> Result<(&str, Option<String>, Option<&str>, &str)> {
        let length = self.glob.as_ref().map_or(0, String::len);
        if length > MAX_GLOB_BYTES {
            let message = format!("the pattern has {length} bytes, more than {MAX_GLOB_BYTES}");
            return Err(Error::invalid(message, "use a shorter pattern"));
        }
        let prefix = self.text.get(..self.prefix).unwrap_or_default();
        Ok((prefix, after(prefix), self.glob.as_deref(), &self.text))
    }
}

/// Returns the length of the set that a string starts with, if any. A bracket right after the opening one is a member.
fn set(text: &str) -> Option<usize> {
    let body = text.strip_prefix('[')?;
    let body = body.strip_prefix(['!', '^']).unwrap_or(body);
    let first = body.chars().next()?.len_utf8();
    let end = body.get(first..)?.find(']')?;
    Some(text.len() - body.len() + first + end + 1)
}

/// Returns the lowest text above every text that starts with `prefix`, if there is one. A damaged key may be above the
/// highest character.
fn after(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // UTF-8 keeps the order of code points, without the surrogates.
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{MATCHES, Pattern};
    use rusqlite::Connection;

    fn matches(pattern: &str, key: &str) -> bool {
        let pattern = Pattern::new(pattern);
        let (from, to, glob, text) = pattern.parameters().unwrap();
        let sql = format!("SELECT {MATCHES} FROM (SELECT ?5 AS key)");
        let connection = Connection::open_in_memory().unwrap();
        connection
            .query_row(&sql, (from, to, glob, text, key), |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn patterns_and_prefixes() {
        let cases: &[(&str, &str, bool)] = &[
            ("", "anything", true),
            ("a:", "a:b", true),
            ("a:", "a", false),
            ("debug:*:root_cause", "debug:x:y:root_cause", true),
            ("debug:*:root_cause", "debug:x:root_causes", true),
            ("debug:*:root_cause", "debug:x:symptom", false),
            ("*", "", true),
            ("*x*y", "aaxbbyc", true),
            ("*x*y", "aaybbxc", false),
            ("[ab]c", "bc", true),
            ("[!ab]c", "bc", false),
            ("[^ab]c", "cc", true),
            ("[a-c]x", "bx", true),
            ("[]]x", "]x", true),
            ("[a", "[ab", true),
            ("a[1]", "a[1]", true),
            ("a[1]", "a1", true),
            ("é?", "éà", true),
            ("a*", "b", false),
            ("[]x]y", "]y", true),
            ("[!]x]y", "]y", false),
            ("[!^]x", "^x", false),
            ("[a-]x", "-x", true),
            ("a\0*", "ab", false),
        ];
        for (pattern, key, expected) in cases {
            assert_eq!(matches(pattern, key), *expected, "{pattern} {key}");
        }
        for (pattern, prefix) in [("debug:*:x", "debug:"), ("[ab]", ""), ("a[b", "a[b")] {
            assert_eq!(Pattern::new(pattern).parameters().unwrap().0, prefix);
        }
    }

    #[test]
    fn patterns_with_many_stars_terminate() {
        let stars = format!("{}b", "*a".repeat(200));
        assert!(!matches(&stars, &"a".repeat(1024)));
        assert!(Pattern::new(&"*".repeat(50_000)).parameters().is_err());
    }
}
