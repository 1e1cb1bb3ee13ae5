//! Titles, tags and names.

use crate::display::quoted;
use crate::error::{Error, Result};
use clawpowers_text::invisible::runs;

/// The longest title, tag, or name of a project, session, skill, tool or model, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;

/// Returns an error for a name that is empty, too long, or has control or hidden characters.
pub(super) fn check_name(what: &str, name: &str) -> Result<()> {
    let shown = quoted(name);
    if name.trim().is_empty() {
        return Err(Error::invalid(
            format!("the {what} is empty"),
            format!("leave the {what} out, or name it"),
        ));
    }
    if name.len() > MAX_NAME_BYTES {
        let message = format!(
            "the {what} {shown} has {} bytes, more than {MAX_NAME_BYTES}",
            name.len()
        );
        return Err(Error::invalid(message, "put long text into the content"));
    }
    if name.chars().any(char::is_control) {
        let message = format!("the {what} `{}` contains control characters", name.escape_debug());
        return Err(Error::invalid(
            message,
            "put text of several lines into the content",
        ));
    }
    check_visible(what, name)
}

/// Returns an error for a name with hidden characters: it could look like another one, or like less text.
pub(super) fn check_visible(what: &str, name: &str) -> Result<()> {
    let Some(hidden) = runs(name).next() else {
        return Ok(());
    };
    let (name, hidden) = (name.escape_debug(), hidden.text.escape_unicode());
    Err(Error::invalid(
        format!("the {what} `{name}` contains hidden characters: `{hidden}`"),
        "remove them",
    ))
}
