//! Characters that must not reach a terminal raw, and those a reader cannot see.

/// Tells whether `c` is a C0 or C1 control character or DEL.
#[must_use]
pub const fn is_control(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

/// Tells whether `c` changes the direction of the text around it.
#[must_use]
pub const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Tells whether `c` takes no room on screen, so that two texts can look alike and differ.
///
/// The zero-width joiner and variation selectors are left out: emoji need them.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Tells whether `c` must be spelled out before it is shown on a terminal or in a message.
#[must_use]
pub const fn is_unsafe_to_show(c: char) -> bool {
    is_control(c) || is_bidi(c) || is_invisible(c)
}

/// Tells whether a text holds an unsafe character, line ends and tabs aside.
#[must_use]
pub fn has_unsafe(text: &str) -> bool {
    // Nearly every text is ASCII, whose check is a few instructions for many bytes without a way out of the loop.
    let odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    text.bytes().fold(false, |some, byte| some | odd(byte)) && text.contains(is_unsafe_in_text)
}

fn is_unsafe_in_text(c: char) -> bool {
    is_unsafe_to_show(c) && !matches!(c, '\n' | '\t')
}

/// Returns `text` with every unsafe character spelled out, line ends and tabs kept.
///
/// # Examples
///
/// ```
/// assert_eq!(clawpowers_loader::chars::shown("a\u{202e}b\n"), "a\\u{202e}b\n");
/// ```
#[must_use]
pub fn shown(text: &str) -> std::borrow::Cow<'_, str> {
    if !has_unsafe(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe_in_text(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.into()
}
