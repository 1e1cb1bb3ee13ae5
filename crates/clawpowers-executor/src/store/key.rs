//! Keys of the store.

use crate::display::quoted;
use crate::error::{Error, Result};

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 1024;

/// A valid key: not empty, at most 1,024 bytes, without `/`, `\`, `..` and control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key<'a>(&'a str);

impl<'a> Key<'a> {
    /// Checks a key.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` with the rule that the text breaks.
    pub fn new(text: &'a str) -> Result<Self> {
        let refused = |message: String, hint: &str| Err(Error::invalid(message, hint));
        if text.is_empty() {
            return refused("key cannot be empty".into(), "use a key such as `build:count`");
        }
        if text.len() > MAX_KEY_BYTES {
            let (shown, length) = (quoted(text), text.len());
            let message = format!("the key {shown} has {length} bytes, more than {MAX_KEY_BYTES}");
            return refused(message, "put long text into the value");
        }
        if text.contains(['/', '\\']) {
            let message = format!("key cannot contain '/' or '\\': `{text}`");
            return refused(message, "separate the parts of a key with `:`");
        }
        if text.contains("..") {
            let message = format!("key cannot contain '..': `{text}`");
            return refused(message, "separate the parts of a key with `:`");
        }
        if text.chars().any(char::is_control) {
            let message = format!("key cannot contain control characters: `{}`", text.escape_debug());
            return refused(message, "put newlines and tabs into the value");
        }
        Ok(Self(text))
    }

    /// Returns the text of the key.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn the_rules_of_keys() {
        for good in [
            "a",
            "a b",
            "a*",
            "=",
            "plan:auth:task_1",
            "__init__",
            ".hidden",
            "ключ",
            ".",
            &"x".repeat(1024),
        ] {
            assert_eq!(Key::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a/b",
            "a\\b",
            "..",
            "a..b",
            "a\nb",
            "a\0",
            "a\u{9b}",
            &"x".repeat(1025),
        ] {
            assert!(Key::new(bad).is_err(), "{bad:?}");
        }
    }
}
