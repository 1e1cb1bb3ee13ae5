//! Values in messages.

use std::path::{MAIN_SEPARATOR, Path};

/// Returns a string truncated to a number of characters.
pub(crate) fn truncated(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Returns a string in backticks, a long one truncated.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", truncated(text, 40))
}

/// Returns a path in backticks, with `/` between its parts as in every reply.
pub(crate) fn quoted_path(path: &Path) -> String {
    format!("`{}`", path.to_string_lossy().replace(MAIN_SEPARATOR, "/"))
}

/// Returns the start of a string from outside in backticks, its control characters escaped.
pub(crate) fn escaped(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    format!("`{}`", start.escape_debug())
}
