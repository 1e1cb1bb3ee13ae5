//! Names that Windows does not allow.

/// Returns whether a name, with any extension, is a device on Windows.
///
/// # Examples
///
/// ```
/// use clawpowers_loader::is_device;
///
/// assert!(is_device("nul") && is_device("Com1") && is_device("aux.md"));
/// assert!(!is_device("null") && !is_device("com") && !is_device("con-fig"));
/// ```
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let stem = stem.to_ascii_lowercase();
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    match number.map(|number| (number.chars().next(), number.chars().nth(1))) {
        Some((Some(digit), None)) => digit.is_ascii_digit() || "¹²³".contains(digit),
        _ => ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str()),
    }
}

/// Returns why Windows does not allow a folder or file with this name.
pub(crate) fn unfit_for_windows(name: &str) -> Option<&'static str> {
    let forbidden = |c: char| {
        matches!(
            c,
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '\u{1}'..='\u{1f}'
        )
    };
    if is_device(name) {
        Some("it is a reserved device name")
    } else if name.contains(forbidden) {
        Some("it contains one of `< > : \" | ? * \\` or a control character")
    } else if name.ends_with(['.', ' ']) && !matches!(name, "." | "..") {
        Some("it ends in a dot or a space")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::unfit_for_windows;

    #[test]
    fn devices_forbidden_characters_and_ends() {
        for name in [
            "con", "NUL.md", "Lpt1", "a:b", "what?.md", "a\\b", "a.", "b ", "a\u{7}",
        ] {
            assert!(unfit_for_windows(name).is_some(), "{name}");
        }
        for name in [
            "console", "null", "com", "com10", "a b", ".hidden", "größe", "a.con",
        ] {
            assert!(unfit_for_windows(name).is_none(), "{name}");
        }
    }
}
