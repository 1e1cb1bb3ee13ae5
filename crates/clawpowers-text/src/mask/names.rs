//! Names of users.

use super::scan::{Text, is_alnum};

/// What stands before a name, if a preposition follows it: `user ada from`.
const BEFORE: &[&str] = &["user ", "username "];
/// What stands before a name, whatever follows: `Invalid user ada`.
const RIGHT_BEFORE: &[&str] = &[
    "account for ",
    "by user ",
    "for user ",
    "illegal user ",
    "invalid user ",
    "login for ",
    "logon for ",
    "password for ",
    "publickey for ",
    "unknown user ",
];
/// The longest name.
const MAX_NAME: usize = 32;
/// Words that are no names.
const NOT: &[&str] = &[
    "a",
    "accept",
    "account",
    "accounts",
    "agent",
    "all",
    "an",
    "and",
    "any",
    "can",
    "does",
    "each",
    "error",
    "every",
    "experience",
    "for",
    "has",
    "id",
    "ids",
    "illegal",
    "in",
    "input",
    "interface",
    "interfaces",
    "invalid",
    "is",
    "mode",
    "name",
    "names",
    "not",
    "of",
    "on",
    "or",
    "request",
    "requests",
    "session",
    "sessions",
    "settings",
    "space",
    "the",
    "this",
    "to",
    "unknown",
    "user",
    "users",
    "was",
    "with",
];

/// The word behind `user` before a preposition, or behind `for user` and the like.
pub(super) fn user(text: Text<'_>, at: usize) -> Option<usize> {
    if text.before(at) != b' ' {
        return None;
    }
    let after = |word: &str| {
        let from = at.checked_sub(word.len());
        from.is_some_and(|from| {
            text.has(from, word) && !is_alnum(text.before(from)) && text.before(from) != b'>'
        })
    };
    let sure = RIGHT_BEFORE.iter().any(|word| after(word));
    if !sure && !BEFORE.iter().any(|word| after(word)) {
        return None;
    }
    let end = text.run(at, MAX_NAME, |byte| {
        is_alnum(byte) || matches!(byte, b'_' | b'-' | b'$')
    });
    let name = text.slice(at, end).to_ascii_lowercase();
    if end == at || NOT.binary_search(&name.as_str()).is_ok() || !text.ends(end) {
        return None;
    }
    let follows = [" from ", " by ", " at ", " on "]
        .iter()
        .any(|word| text.has(end, word));
    (sure || follows).then_some(end)
}
