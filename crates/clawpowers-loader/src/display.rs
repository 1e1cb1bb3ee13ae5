//! Values as people and other programs read them.

use std::path::Path;

/// Returns a path as text: with `/` between its parts on every system, so that it can be pasted into any shell and a reply is
/// the same everywhere.
///
/// What is not Unicode becomes U+FFFD. On Windows the prefix `\\?\` is left out.
#[must_use]
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        with_slashes(&text)
    } else {
        text.into_owned()
    }
}

/// Returns a path of Windows with `/`, as every program there takes it; only after `\\?\` none does.
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
