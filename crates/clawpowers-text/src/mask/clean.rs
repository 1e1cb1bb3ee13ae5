//! Before masking, escape sequences of terminals, control characters and invisible characters are removed.

/// An operating system command of a terminal, such as a title, ends within so many characters; otherwise it is text.
const MAX_COMMAND: usize = 256;

/// Removes escape sequences, control characters and invisible characters. Each run of white space becomes one space or, if
/// it has a line break, one line break; at the start and the end there is none.
pub(super) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut white = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => chars = escape(chars),
            // The same as ESC [.
            '\u{9b}' => chars = control(chars),
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => white = Some('\n'),
            c if c.is_whitespace() => white = white.or(Some(' ')),
            c if is_removed(c) => {}
            c => {
                kept.extend(white.take().filter(|_| !kept.is_empty()));
                kept.push(c);
            }
        }
    }
    kept
}

/// Skips an escape sequence behind its ESC.
fn escape(after: std::str::Chars<'_>) -> std::str::Chars<'_> {
    let mut chars = after.clone();
    match chars.next() {
        Some('[') => control(chars),
        Some(']') => {
            let mut command = chars.clone();
            for _ in 0..MAX_COMMAND {
                match command.next() {
                    Some('\u{7}') => return command,
                    Some('\u{1b}') if command.clone().next() == Some('\\') => {
                        command.next();
                        return command;
                    }
                    Some('\n') | None => break,
                    Some(_) => {}
                }
            }
            chars
        }
        Some('(' | ')') => {
            chars.next();
            chars
        }
        _ => after,
    }
}

/// Skips the parameters and the final character of a control sequence.
fn control(mut chars: std::str::Chars<'_>) -> std::str::Chars<'_> {
    loop {
        let before = chars.clone();
        match chars.next() {
            Some(' '..='?') => {}
            Some('@'..='~') => return chars,
            _ => return before,
        }
    }
}

/// Control characters that are no white space, zero-width characters, and marks for the direction of text.
const fn is_removed(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
