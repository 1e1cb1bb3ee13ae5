//! Bytes to text: byte order marks, encodings, lines.

use crate::lint::Position;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// Not UTF-8: invalid sequences became U+FFFD, the first one at this offset of the text.
    Lossy(usize),
    /// UTF-16 with a byte order mark.
    Utf16,
}

/// The decoded text of a file.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    bom: bool,
    encoding: Encoding,
}

impl Source {
    /// Decodes any bytes.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
            return Self::utf16(rest, u16::from_le_bytes);
        }
        if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
            return Self::utf16(rest, u16::from_be_bytes);
        }
        // Programs that concatenate files leave more than one.
        let mut rest = bytes;
        while let Some(next) = rest.strip_prefix(b"\xef\xbb\xbf") {
            rest = next;
        }
        let bom = rest.len() < bytes.len();
        match std::str::from_utf8(rest) {
            Ok(text) => Self {
                text: text.to_owned(),
                bom,
                encoding: Encoding::Utf8,
            },
            Err(error) => Self {
                text: String::from_utf8_lossy(rest).into_owned(),
                bom,
                encoding: Encoding::Lossy(error.valid_up_to()),
            },
        }
    }

    /// Decodes like [`Source::decode`], without a copy of plain UTF-8.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if !text.starts_with('\u{feff}') => Self {
                text,
                bom: false,
                encoding: Encoding::Utf8,
            },
            Ok(text) => Self::decode(text.as_bytes()),
            Err(error) => Self::decode(error.as_bytes()),
        }
    }

    /// Wraps a decoded text; a leading byte order mark is removed.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self::decode(text.as_bytes())
    }

    fn utf16(rest: &[u8], word: fn([u8; 2]) -> u16) -> Self {
        let units = rest.chunks(2).map(|pair| match *pair {
            [a, b] => word([a, b]),
            _ => 0xfffd,
        });
        let text = char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .skip_while(|&c| c == '\u{feff}')
            .collect();
        Self {
            text,
            bom: true,
            encoding: Encoding::Utf16,
        }
    }

    /// Returns the text without its byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the file started with a byte order mark.
    #[must_use]
    pub const fn has_bom(&self) -> bool {
        self.bom
    }

    /// Returns how the bytes became text.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Returns the position of a byte offset, or of the end if the offset is greater.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        position(&self.text, offset)
    }
}

/// Returns the position of a byte offset of `text`. Lines end with LF, CR or CRLF.
#[must_use]
pub fn position(text: &str, offset: usize) -> Position {
    let offset = boundary(text, offset);
    let starts = line_starts(text).take_while(|&start| start <= offset);
    let (line, start) = starts.fold((0, 0), |(line, _), start| (line + 1, start));
    Position {
        line,
        column: column(text, start, offset),
    }
}

/// Returns the offsets at which lines start; a line ending at the end of the text is followed by an empty line.
fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    let is_ended = |line: &Line<'_>| line.start + line.text.len() < line.next;
    std::iter::once(0).chain(lines(text).filter(is_ended).map(|line| line.next))
}

fn column(text: &str, line_start: usize, offset: usize) -> usize {
    text.get(line_start..offset)
        .map_or(0, |line| line.chars().count())
        + 1
}

/// Returns the last character boundary at or before `offset`.
fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The offsets at which the lines of a string start, for many positions in one text.
#[derive(Debug)]
pub(crate) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(crate) fn of(text: &str) -> Self {
        Self(line_starts(text).collect())
    }

    /// Returns the start of the line that contains `offset`.
    pub(crate) fn start_of(&self, offset: usize) -> usize {
        let after = self.0.partition_point(|&start| start <= offset);
        self.0.get(after.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Returns the line with this 1-based number, without its line ending.
    pub(crate) fn line<'a>(&self, text: &'a str, number: usize) -> &'a str {
        let start = number.checked_sub(1).and_then(|index| self.0.get(index));
        let rest = start.and_then(|&start| text.get(start..)).unwrap_or_default();
        lines(rest).next().map_or("", |line| line.text)
    }

    /// Returns the same as the function [`position`].
    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = boundary(text, offset);
        let start = self.start_of(offset);
        Position {
            line: self.0.partition_point(|&start| start <= offset),
            column: column(text, start, offset),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The line without its line ending.
    pub text: &'a str,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset after its line ending.
    pub next: usize,
}

/// Splits `text` into lines at LF, CR and CRLF.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let (length, end) = match memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
            Some(at) if rest.get(at..at + 2) == Some("\r\n") => (at, at + 2),
            Some(at) => (at, at + 1),
            None => (rest.len(), rest.len()),
        };
        let line = Line {
            text: rest.get(..length)?,
            start,
            next: start + end,
        };
        start = line.next;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_ending_counts_once() {
        let text = "a\r\nb\rc\nd";
        let found: Vec<_> = lines(text).map(|l| (l.text, l.start, l.next)).collect();
        assert_eq!(found, [("a", 0, 3), ("b", 3, 5), ("c", 5, 7), ("d", 7, 8)]);
        assert_eq!(position(text, 7), Position { line: 4, column: 1 });
        assert_eq!(position(text, 5), Position { line: 3, column: 1 });
        assert_eq!(position("é: x", 2), Position { line: 1, column: 2 });
    }

    #[test]
    fn line_starts_give_the_same_positions() {
        for text in ["", "a", "a\n", "é\r\nb\rc\n\nd", "\r\r\n\n"] {
            let starts = LineStarts::of(text);
            for offset in 0..=text.len() + 1 {
                assert_eq!(
                    starts.position(text, offset),
                    position(text, offset),
                    "{text:?} {offset}"
                );
            }
        }
    }

    #[test]
    fn utf16_and_bad_bytes_become_text() {
        assert_eq!(Source::decode(b"\xff\xfea\0b\0").text(), "ab");
        assert_eq!(Source::decode(b"\xff\xfe\xff\xfea\0").text(), "a");
        let twice = Source::from_text("\u{feff}\u{feff}a\u{feff}");
        assert_eq!((twice.text(), twice.has_bom()), ("a\u{feff}", true));
        let lossy = Source::decode(b"ok\xb3x");
        assert_eq!(
            (lossy.text(), lossy.encoding()),
            ("ok\u{fffd}x", Encoding::Lossy(2))
        );
    }
}
