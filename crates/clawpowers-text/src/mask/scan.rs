//! The pass over a text.

use super::{MAX_VALUES, Mask, Masked, RULES, Value};

/// A text in quotes is replaced if its masked form is longer than this, in bytes.
const MAX_QUOTED: usize = 40;
/// The longest text in brackets that belongs to the value of `key=value`.
const MAX_BRACKETS: usize = 256;
const QUOTES: [u8; 3] = [b'"', b'\'', b'`'];

/// The bytes of a text. Bytes of other characters than ASCII count as letters.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    text: &'a str,
    #[cfg(test)]
    steps: &'a std::cell::Cell<usize>,
}

impl<'a> Text<'a> {
    /// Returns a byte, or 0 behind the end.
    pub(super) fn at(self, index: usize) -> u8 {
        #[cfg(test)]
        self.steps.set(self.steps.get() + 1);
        self.bytes.get(index).copied().unwrap_or(0)
    }

    /// Returns the byte before a place, or 0.
    pub(super) fn before(self, index: usize) -> u8 {
        index.checked_sub(1).map_or(0, |index| self.at(index))
    }

    /// Returns the end of a run of bytes, of at most `limit` bytes.
    pub(super) fn run(self, from: usize, limit: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let last = from.saturating_add(limit);
        let mut end = from;
        while end < last && end < self.bytes.len() && belongs(self.at(end)) {
            end += 1;
        }
        end
    }

    pub(super) fn slice(self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Returns whether the text has a word at a place, whatever its case.
    pub(super) fn has(self, at: usize, word: &str) -> bool {
        (word.bytes().enumerate()).all(|(offset, byte)| self.at(at + offset).eq_ignore_ascii_case(&byte))
    }

    /// Returns whether a value can end here: not inside a word, nor before a placeholder that belongs to it.
    pub(super) fn ends(self, at: usize) -> bool {
        !is_word(self.at(at)) && self.placeholder(at).is_none()
    }

    /// Returns the end of a placeholder.
    pub(super) fn placeholder(self, at: usize) -> Option<usize> {
        if self.at(at) != b'<' {
            return None;
        }
        let here = self.bytes.get(at..)?;
        let found = |mask: &&Mask| here.starts_with(mask.placeholder().as_bytes());
        Some(at + Mask::ALL.iter().find(found)?.placeholder().len())
    }
}

/// Returns whether a byte is a letter, a digit or part of a character outside of ASCII.
pub(super) const fn is_alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The same, or `_`.
pub(super) const fn is_word(byte: u8) -> bool {
    is_alnum(byte) || byte == b'_'
}

struct Scanner<'a> {
    text: Text<'a>,
    at: usize,
    /// The place right behind a value: what follows without a gap belongs to the same word, in which no other value starts
    /// except digits.
    glued: Option<usize>,
    out: Masked,
    /// For each quotation mark, where the output and the values were when it opened.
    open: [Option<(usize, usize, usize)>; 3],
}

/// Masks a clean text; the number is the count of bytes read, in tests.
pub(super) fn scan(text: &str) -> (Masked, usize) {
    #[cfg(test)]
    let steps = std::cell::Cell::new(0);
    let mut scanner = Scanner {
        text: Text {
            bytes: text.as_bytes(),
            text,
            #[cfg(test)]
            steps: &steps,
        },
        at: 0,
        glued: None,
        out: Masked {
            text: String::with_capacity(text.len()),
            values: Vec::new(),
        },
        open: [None; 3],
    };
    while scanner.at < text.len() {
        scanner.step();
    }
    #[cfg(test)]
    return (scanner.out, steps.get());
    #[cfg(not(test))]
    (scanner.out, 0)
}

impl Scanner<'_> {
    fn step(&mut self) {
        let (text, at) = (self.text, self.at);
        let byte = text.at(at);
        if byte == b'\n' {
            self.open = [None; 3];
        }
        if let Some(end) = text.placeholder(at) {
            self.copy(end);
            self.glued = Some(end);
            return;
        }
        if let Some(quote) = QUOTES.iter().position(|quote| *quote == byte) {
            self.quote(quote);
            return;
        }
        let glued = self.glued == Some(at);
        let starts = !glued && !is_alnum(text.before(at));
        for rule in &RULES {
            // Digits are a value within a word, too.
            if (starts || rule.mask == Mask::Number)
                && let Some(end) = (rule.find)(text, at)
            {
                self.replace(rule.mask, end);
                return;
            }
        }
        if byte == b'='
            && !glued
            && is_word(text.before(at))
            && !matches!(text.at(at + 1), b'=' | b'>' | b'~')
        {
            self.setting();
        } else if is_word(byte) && !byte.is_ascii_digit() {
            let letters = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
            let end = text.run(at, usize::MAX, letters).max(at + 1);
            self.copy(end);
            if glued {
                self.glued = Some(end);
            }
        } else {
            self.copy(at + 1);
        }
    }

    fn copy(&mut self, end: usize) {
        self.out.text.push_str(self.text.slice(self.at, end));
        self.at = end;
    }

    /// Writes a placeholder for the text up to `end`.
    fn replace(&mut self, mask: Mask, end: usize) {
        self.value(mask, self.at, end);
        self.out.text.push_str(mask.placeholder());
        self.at = end;
        self.glued = Some(end);
    }

    fn value(&mut self, mask: Mask, from: usize, to: usize) {
        if self.out.values.len() < MAX_VALUES {
            let text = self.text.slice(from, to).to_owned();
            self.out.values.push(Value { mask, text });
        }
    }

    /// Masks the value behind `key=`, which may be empty or in quotes.
    fn setting(&mut self) {
        self.copy(self.at + 1);
        let (text, from) = (self.text, self.at);
        let quote = text.at(from);
        let end = if let Some(end) = text.placeholder(from) {
            // Masked before.
            self.copy(end);
            self.glued = Some(end);
            return;
        } else if QUOTES.contains(&quote) {
            let end = text.run(from + 1, usize::MAX, |byte| byte != quote && byte != b'\n');
            if text.at(end) != quote {
                return;
            }
            end + 1
        } else {
            let end = self.plain_value(from);
            // The end of a sentence is not part of the value.
            let last = text.before(end);
            if end > from + 1 && matches!(last, b'.' | b':' | b'!' | b'?') {
                end - 1
            } else {
                end
            }
        };
        self.replace(Mask::Setting, end);
    }

    /// Returns the end of a value without quotes. Brackets belong to it with all they enclose, if that has no white space:
    /// `Token{a64f992}`.
    fn plain_value(&self, from: usize) -> usize {
        let plain = |byte: u8| !byte.is_ascii_whitespace() && !b",;&|()[]{}<>\"'`".contains(&byte);
        let mut end = self.text.run(from, usize::MAX, plain);
        let close = match self.text.at(end) {
            b'{' => b'}',
            b'[' => b']',
            b'(' => b')',
            _ => return end,
        };
        let inner = |byte: u8| byte != close && byte > b' ';
        let inside = self.text.run(end + 1, MAX_BRACKETS, inner);
        if self.text.at(inside) == close {
            end = inside + 1;
        }
        end
    }

    /// Opens or closes a text in quotes, and replaces it if it is long.
    fn quote(&mut self, quote: usize) {
        let (text, at) = (self.text, self.at);
        let Some(open) = self.open.get(quote).copied() else {
            return;
        };
        let place = match open {
            Some((start, values, from)) => {
                if self.out.text.len() > start + MAX_QUOTED {
                    self.out.text.truncate(start);
                    self.out.values.truncate(values);
                    self.value(Mask::Quoted, from, at);
                    self.out.text.push_str(Mask::Quoted.placeholder());
                }
                for other in &mut self.open {
                    *other = other.filter(|(other, ..)| *other < start);
                }
                None
            }
            None if self.glued != Some(at) && !is_alnum(text.before(at)) => {
                Some((self.out.text.len() + 1, self.out.values.len(), at + 1))
            }
            None => None,
        };
        if let Some(open) = self.open.get_mut(quote) {
            *open = place;
        }
        self.copy(at + 1);
    }
}
