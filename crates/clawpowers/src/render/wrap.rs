//! Line wrapping.

use crate::out::Out;
use unicode_width::UnicodeWidthChar as _;

/// The extra indentation of continuation lines.
const HANGING: usize = 2;

/// Wraps the lines that are wider than the terminal, if there is one.
pub(crate) fn fit(out: &Out, text: &str) -> String {
    let Some(columns) = out.width else {
        return text.to_owned();
    };
    let fit = |line: &str| {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        if width(body) <= columns {
            return line.to_owned();
        }
        let own = body.len() - body.trim_start_matches(' ').len();
        wrap(body, columns, 0, (own + HANGING).min(columns / 2)) + end
    };
    text.split_inclusive('\n').map(fit).collect()
}

/// Wraps a string at spaces to `columns`. It starts after `used` columns; further lines are indented. A word that is wider
/// than a line is broken, if possible after a `/`.
pub(crate) fn wrap(text: &str, columns: usize, used: usize, indent: usize) -> String {
    let (mut lines, mut column) = (String::new(), used);
    // Whether the line has a word, so that a new line would have more room.
    let mut filled = false;
    for word in text.split(' ') {
        let mut rest = word;
        if filled && column + width(word) > columns {
            next(&mut lines, indent);
            column = indent;
        }
        while column + width(rest) > columns {
            let (head, tail) = split(rest, columns.saturating_sub(column));
            if tail.is_empty() {
                break;
            }
            lines.push_str(head);
            next(&mut lines, indent);
            (rest, column) = (tail, indent);
        }
        lines.push_str(rest);
        lines.push(' ');
        column += width(rest) + 1;
        filled |= !word.is_empty();
    }
    lines.truncate(lines.trim_end_matches(' ').len());
    lines
}

/// Ends a line, without its trailing spaces, and begins the next one.
fn next(lines: &mut String, indent: usize) {
    lines.truncate(lines.trim_end_matches(' ').len());
    lines.push('\n');
    lines.push_str(&" ".repeat(indent));
}

/// Splits a word at the end of the line; the first part has at least one character.
fn split(word: &str, room: usize) -> (&str, &str) {
    let (mut used, mut end, mut slash) = (0, 0, 0);
    for (at, c, columns) in visible(word) {
        used += columns;
        if used > room && end > 0 {
            break;
        }
        end = at + c.len_utf8();
        if c == '/' {
            slash = end;
        }
    }
    word.split_at_checked(if slash > 0 { slash } else { end })
        .unwrap_or((word, ""))
}

/// Returns the width of a string without its color codes.
fn width(text: &str) -> usize {
    visible(text).map(|(_, _, columns)| columns).sum()
}

/// Returns the characters of a string with their positions and widths; those of color codes have no width.
fn visible(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let mut color = false;
    text.char_indices().map(move |(at, c)| {
        color |= c == '\u{1b}';
        let columns = if color { 0 } else { c.width().unwrap_or_default() };
        color &= c != 'm';
        (at, c, columns)
    })
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_are_wrapped_at_spaces_and_long_words_after_slashes() {
        for (text, expected) in [
            ("", ""),
            ("short", "short"),
            ("one two three", "one two\n  three"),
            ("label   /a/path/too/long", "label\n  /a/path/\n  too/long"),
            ("  /a/path/too/long", "  /a/path/\n  too/long"),
            ("0123456789abcdef", "0123456789\n  abcdef"),
            ("/0123456789abcdef", "/\n  01234567\n  89abcdef"),
            ("茶茶茶茶茶茶", "茶茶茶茶茶\n  茶"),
            ("a \u{1b}[31m12345678\u{1b}[0m", "a \u{1b}[31m12345678\u{1b}[0m"),
            (
                "ab \u{1b}[31m12345678\u{1b}[0m",
                "ab\n  \u{1b}[31m12345678\u{1b}[0m",
            ),
        ] {
            assert_eq!(wrap(text, 10, 0, 2), expected, "{text:?}");
        }
        assert_eq!(wrap("one two", 10, 5, 2), "one\n  two");
        // A line has at least one character.
        assert_eq!(wrap("茶茶", 1, 0, 0), "茶\n茶");
    }
}
