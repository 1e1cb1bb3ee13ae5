//! UUIDs, numbers with and without units, hexadecimal digits and identifiers.

use super::scan::{Text, is_alnum};

/// The lengths of the groups of a UUID.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Hexadecimal digits without `0x` are a value from this length, if they hold a digit and a letter.
const MIN_HEX: usize = 6;
/// The minimum length of an identifier of letters and digits, and how often they alternate in it.
const MIN_ID: usize = 8;
const MIN_TURNS: usize = 3;
/// The longest word that is examined; longer ones are not words.
const MAX_WORD: usize = 512;
/// Units of sizes and durations that follow a number, directly or after a space.
const UNITS: &[&str] = &[
    "%",
    "b",
    "byte",
    "bytes",
    "d",
    "day",
    "days",
    "g",
    "gb",
    "gib",
    "h",
    "hour",
    "hours",
    "hr",
    "hrs",
    "k",
    "kb",
    "kib",
    "m",
    "mb",
    "mib",
    "microseconds",
    "milliseconds",
    "min",
    "mins",
    "minute",
    "minutes",
    "ms",
    "msec",
    "nanoseconds",
    "ns",
    "pb",
    "s",
    "sec",
    "second",
    "seconds",
    "secs",
    "t",
    "tb",
    "tib",
    "us",
    "usec",
    "w",
    "week",
    "weeks",
];
/// Units that are too short to be recognized after a space.
const ATTACHED: &[&str] = &["d", "g", "h", "k", "m", "t", "w"];

pub(super) fn uuid(text: Text<'_>, at: usize) -> Option<usize> {
    let mut end = at;
    for (index, length) in UUID.into_iter().enumerate() {
        if index > 0 {
            end += usize::from(text.at(end) == b'-');
        }
        let from = end;
        end = text.run(from, length, |byte| byte.is_ascii_hexdigit());
        if end != from + length {
            return None;
        }
    }
    text.ends(end).then_some(end)
}

/// A number, wherever it is; hexadecimal digits and identifiers only where a word starts.
pub(super) fn number(text: Text<'_>, at: usize) -> Option<usize> {
    let starts = !is_alnum(text.before(at)) && text.before(at) != b'>';
    if starts && is_alnum(text.at(at)) {
        let end = text.run(at, MAX_WORD, is_alnum);
        if text.ends_word(end) && is_value(text, at, end) {
            return Some(end);
        }
    }
    if !text.at(at).is_ascii_digit() {
        return None;
    }
    let digits = |from| text.run(from, usize::MAX, |byte: u8| byte.is_ascii_digit());
    let mut end = digits(at);
    while matches!(text.at(end), b'.' | b',') && text.at(end + 1).is_ascii_digit() {
        end = digits(end + 1);
    }
    if matches!(text.at(end), b'e' | b'E') {
        let sign = usize::from(matches!(text.at(end + 1), b'+' | b'-'));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign && text.ends(exponent) {
            end = exponent;
        }
    }
    Some(unit(text, end).unwrap_or(end))
}

/// Returns the end of the unit behind a number.
fn unit(text: Text<'_>, end: usize) -> Option<usize> {
    if text.at(end) == b'%' {
        return Some(end + 1);
    }
    let spaced = text.at(end) == b' ';
    let from = end + usize::from(spaced);
    let to = text.run(from, 16, |byte| byte.is_ascii_alphabetic());
    let word = text.slice(from, to).to_ascii_lowercase();
    let known = UNITS.binary_search(&word.as_str()).is_ok() && !(spaced && ATTACHED.contains(&word.as_str()));
    if !known || !text.ends(to) {
        return None;
    }
    // A rate: `12 kB/s`.
    let rate = text.at(to) == b'/' && matches!(text.at(to + 1), b's' | b'h') && text.ends(to + 2);
    Some(if rate { to + 2 } else { to })
}

/// Returns whether a word is hexadecimal digits or an identifier: `0x1f`, `9f86d081`, `dk2xZ9Qm4a`.
fn is_value(text: Text<'_>, at: usize, end: usize) -> bool {
    if text.has(at, "0x")
        && end > at + 2
        && text.run(at + 2, MAX_WORD, |byte| byte.is_ascii_hexdigit()) == end
    {
        return true;
    }
    let (mut digits, mut others, mut turns) = (0, 0, 0);
    let mut previous = None;
    for index in at..end {
        let byte = text.at(index);
        if byte >= 0x80 {
            return false;
        }
        let digit = byte.is_ascii_digit();
        digits += usize::from(digit);
        others += usize::from(!byte.is_ascii_hexdigit());
        turns += usize::from(previous.is_some_and(|previous| previous != digit));
        previous = Some(digit);
    }
    let length = end - at;
    let hex = others == 0 && digits > 0 && digits < length && length >= MIN_HEX;
    hex || (length >= MIN_ID && turns >= MIN_TURNS)
}

impl Text<'_> {
    /// Returns whether a word of letters and digits ends here.
    fn ends_word(self, at: usize) -> bool {
        !is_alnum(self.at(at)) && self.placeholder(at).is_none()
    }
}
