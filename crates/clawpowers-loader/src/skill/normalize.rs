//! The form in which names are compared.

use unicode_normalization::UnicodeNormalization as _;

/// Returns the form in which names are compared: NFKC, trimmed.
#[must_use]
pub fn normalize_name(name: &str) -> String {
    let name = python_trim(name);
    // Nearly every name is ASCII, which composes to itself.
    if name.is_ascii() {
        name.to_owned()
    } else {
        name.nfkc().collect()
    }
}

/// Trims what Python, the language of the reference validator, counts as whitespace.
pub(crate) fn python_trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'))
}
