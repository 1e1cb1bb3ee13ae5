//! The name: letters, digits and single hyphens, equal to the folder's name.

use super::lookalike::{Disguise, disguise};
use super::normalize::{normalize_name, python_trim};
use super::windows::{is_device, unfit_for_windows};
use crate::display::{quote, single_line};
use crate::fields::MAX_NAME_CHARS;
use crate::lint::hidden::check_value;
use crate::lint::{Diagnostics, Position, Rule};
use crate::syntax::frontmatter::Frontmatter;
use crate::syntax::yaml::Kind;
use clawpowers_text::invisible::is_invisible;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The words that Anthropic reserves: claude.ai rejects uploads whose name contains one.
const RESERVED: [&str; 2] = ["anthropic", "claude"];

/// The maximum length of a device name such as `com1`.
const MAX_DEVICE: usize = 4;

pub(super) struct Name {
    pub(super) text: String,
    pub(super) from_folder: bool,
}

pub(super) fn read(front: &Frontmatter<'_>, folder: Option<&str>, diagnostics: &mut Diagnostics) -> Name {
    let from_folder = || Name {
        text: folder.unwrap_or("unnamed-skill").to_owned(),
        from_folder: true,
    };
    let hint = || {
        let name = suggest_name(folder.unwrap_or("my-skill"));
        format!("add `name: {}`", yaml_name(&name))
    };
    let Some((key, node)) = front.root.entry("name") else {
        let message = "missing field `name`";
        diagnostics.hint(Rule::NameMissing, front.position(0), message, hint());
        return from_folder();
    };
    let position = || front.position(node.start);
    let text = match &node.kind {
        Kind::Scalar { text, .. } => text,
        _ => {
            let message = format!("`name` must be a string, found {}", quote(front.slice(node)));
            diagnostics.hint(Rule::NameNotString, position(), message, hint());
            return from_folder();
        }
    };
    let text = python_trim(text);
    if text.is_empty() || node.is_null() {
        let message = match front.comment_after(key) {
            Some(comment) => format!("the name is empty: {} is a comment", quote(comment)),
            None => "the name is empty".to_owned(),
        };
        diagnostics.hint(Rule::NameEmpty, front.position(key.start), message, hint());
        return from_folder();
    }
    if !(is_plain(text) && folder.is_none_or(|folder| folder == text)) {
        check(text, folder, position(), diagnostics);
        check_value("name", text, front.slice(node), position(), diagnostics);
    }
    Name {
        text: single_line(text),
        from_folder: false,
    }
}

/// Cheaply returns whether a name is valid: nearly all are, and a listing reads thousands.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= MAX_NAME_CHARS
        && name.bytes().all(plain)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
        && !RESERVED.iter().any(|word| name.contains(word))
        && (name.len() > MAX_DEVICE || !is_device(name))
}

fn check(raw: &str, folder: Option<&str>, position: Position, diagnostics: &mut Diagnostics) {
    let name = normalize_name(raw);
    let shown = quote(&name);
    let try_this = || format!("call it {}", quote(&suggest_name(&name)));
    let length = name.chars().count();
    if let Some(limit) = diagnostics.limit("name").filter(|&limit| length > limit) {
        let message = format!("the name {shown} has {length} characters, more than {limit}");
        diagnostics.add(Rule::NameTooLong, position, message);
    }
    let lower = name.to_lowercase();
    if lower != name {
        let message = format!("the name {shown} has upper-case letters");
        diagnostics.hint(Rule::NameUppercase, position, message, try_this());
    }
    if name.starts_with('-') || name.ends_with('-') {
        let message = format!("the name {shown} starts or ends with a hyphen");
        diagnostics.hint(Rule::NameHyphenEdge, position, message, try_this());
    }
    if name.contains("--") {
        let message = format!("the name {shown} has two hyphens in a row");
        diagnostics.hint(Rule::NameHyphenDouble, position, message, try_this());
    }
    if let Some(bad) = name.chars().find(|&c| !is_name_character(c)) {
        let message = format!(
            "the name {shown} contains {}; only letters, digits and hyphens are allowed",
            quote(bad.encode_utf8(&mut [0; 4]))
        );
        diagnostics.hint(Rule::NameCharset, position, message, try_this());
    } else if let Some(Disguise {
        word,
        seen_as,
        letter,
    }) = disguise(&name)
    {
        let (word, seen_as, code) = (quote(word), quote(&seen_as), u32::from(letter));
        let message =
            format!("the name contains {word}, which looks like {seen_as}: `{letter}` is U+{code:04X}");
        diagnostics.add(Rule::NameLookalike, position, message);
    } else if !name.is_ascii() {
        let message = format!("the name {shown} has letters other than a to z");
        diagnostics.add(Rule::NameNotAscii, position, message);
    }
    if let Some(folder) = folder.filter(|folder| normalize_name(folder) != name) {
        let message = format!("the name {shown} differs from its folder {}", quote(folder));
        diagnostics.add(Rule::NameFolderMismatch, position, message);
    }
    for word in RESERVED {
        if lower.contains(word) {
            let message = format!("the name {shown} contains the reserved word {}", quote(word));
            diagnostics.add(Rule::NameReserved, position, message);
        }
    }
    // Clients that install a skill call its folder by its name.
    let device = is_device(&name).then_some(name.as_str());
    let unfit = device.or_else(|| folder.filter(|folder| unfit_for_windows(folder).is_some()));
    if let Some((folder, why)) = unfit.and_then(|folder| Some((folder, unfit_for_windows(folder)?))) {
        let message = format!("Windows does not allow the folder name {}: {why}", quote(folder));
        diagnostics.add(Rule::WindowsName, position, message);
    }
}

/// Returns whether a composed name may contain `c`: a hyphen, or a letter or number of any script.
///
/// Combining marks and circled or squared letters count as letters to Rust but not to the reference validator.
#[must_use]
pub fn is_name_character(c: char) -> bool {
    let symbol = matches!(c, '\u{1f130}'..='\u{1f189}');
    c == '-' || (c.is_alphanumeric() && !symbol && !unicode_normalization::char::is_combining_mark(c))
}

/// Returns a valid name as a value of YAML: in quotes if a parser may read it as something else than text.
pub(super) fn yaml_name(name: &str) -> Cow<'_, str> {
    let is_number = name.starts_with(|c: char| c.is_ascii_digit());
    match is_number || ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&name) {
        true => format!("\"{name}\"").into(),
        false => name.into(),
    }
}

/// Returns a valid name made from any text: in lower case, with single hyphens in place of other characters, at most 64
/// characters, and not a device of Windows.
#[must_use]
pub fn suggest_name(text: &str) -> String {
    let mut out = String::new();
    let is_visible = |c: &char| matches!(c, '\u{2028}' | '\u{2029}') || !is_invisible(*c);
    let visible = text.nfkc().filter(is_visible);
    for c in visible.flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() || (!c.is_ascii() && is_name_character(c)) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let cut: String = out.chars().take(MAX_NAME_CHARS).collect();
    let name = cut.trim_matches('-');
    if name.is_empty() {
        "my-skill".to_owned()
    } else if is_device(name) {
        format!("{name}-skill")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_but_no_marks() {
        for good in ["a", "é", "中", "٣", "々", "ª"] {
            assert!(good.chars().all(is_name_character), "{good}");
        }
        for bad in ["_", ".", " ", "\u{301}", "क्ष", "🅐", "·", "\u{200d}", "😀"] {
            assert!(!bad.chars().all(is_name_character), "{bad}");
        }
    }

    #[test]
    fn plain_names_are_fine_by_every_rule() {
        for (name, folder, plain) in [
            ("a-b-1", "a-b-1", true),
            ("", "", true),
            ("A", "A", false),
            ("-a", "-a", false),
            ("a-", "a-", false),
            ("a--b", "a--b", false),
            ("a_b", "a_b", false),
            ("é", "é", false),
            ("my-claude", "my-claude", false),
            ("nul", "nul", false),
            ("com1", "com1", false),
            ("console", "console", true),
            ("a ", "a ", false),
        ] {
            let mut diagnostics = Diagnostics::new(crate::lint::Target::ClawPowers);
            check(name, Some(folder), Position::START, &mut diagnostics);
            assert_eq!(is_plain(name), plain, "{name}");
            assert_eq!(plain, diagnostics.finish().is_empty() && name != "a ", "{name}");
        }
        assert!(!is_plain(&"a".repeat(MAX_NAME_CHARS + 1)));
    }

    #[test]
    fn names_that_yaml_reads_as_something_else_are_quoted() {
        for name in ["null", "true", "on", "123", "1e3", "0x10", "2026-11-30"] {
            assert_eq!(yaml_name(name), format!("\"{name}\""));
        }
        for name in ["nullify", "one", "e3", "größe"] {
            assert_eq!(yaml_name(name), name);
        }
    }

    #[test]
    fn suggestions_are_valid_names() {
        for (text, name) in [
            ("My Skill!", "my-skill"),
            ("--", "my-skill"),
            ("a__b", "a-b"),
            ("Größe", "größe"),
            ("ＡＢ", "ab"),
            ("a\u{200b}b\u{202e}c", "abc"),
            ("a/b\\c:d|e;f,g\0h\ni\tj k\u{2028}l", "a-b-c-d-e-f-g-h-i-j-k-l"),
            ("CON", "con-skill"),
            ("com¹", "com1-skill"),
            ("nul.", "nul-skill"),
        ] {
            assert_eq!(suggest_name(text), name);
        }
    }
}
