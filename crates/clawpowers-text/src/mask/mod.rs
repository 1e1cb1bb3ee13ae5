//! Masks: a text with its values replaced by placeholders, so that texts that differ only in values are equal.
//!
//! One pass from left to right. Where a value can start, the rules are tried in the order of [`RULES`]; the first that
//! matches replaces the value. A rule reads a bounded number of bytes, or starts only where a run of its bytes starts, so
//! each byte is read a bounded number of times, whatever the text is.

mod clean;
mod names;
mod net;
mod numbers;
mod path;
mod scan;
mod time;

#[cfg(test)]
mod tests;

use crate::words::each_word;
use scan::Text;

/// What a placeholder replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mask {
    /// A date, a time of day or both, in ISO 8601 or the formats of logs.
    Time,
    Url,
    Email,
    Uuid,
    Mac,
    /// The path of a file or folder.
    Path,
    /// An IPv4 or IPv6 address or a host name of several labels, with its port.
    Host,
    /// The value of `key=value`.
    Setting,
    /// A number, a size or duration with its unit, hexadecimal digits, or an identifier of letters and digits.
    Number,
    /// The name of a user.
    Name,
    /// A long text in quotes.
    Quoted,
}

impl Mask {
    /// Every mask.
    pub const ALL: [Self; 11] = [
        Self::Time,
        Self::Url,
        Self::Email,
        Self::Uuid,
        Self::Mac,
        Self::Path,
        Self::Host,
        Self::Setting,
        Self::Number,
        Self::Name,
        Self::Quoted,
    ];

    /// The placeholder, such as `<num>`.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Time => "<time>",
            Self::Url => "<url>",
            Self::Email => "<email>",
            Self::Uuid => "<uuid>",
            Self::Mac => "<mac>",
            Self::Path => "<path>",
            Self::Host => "<host>",
            Self::Setting => "<val>",
            Self::Number => "<num>",
            Self::Name => "<name>",
            Self::Quoted => "<text>",
        }
    }
}

/// A replaced value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub mask: Mask,
    pub text: String,
}

/// A text with its values replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Masked {
    /// The text with placeholders, without escape sequences and invisible characters, each run of white space one space or
    /// one line break.
    pub text: String,
    /// The first [`MAX_VALUES`] replaced values, in order.
    pub values: Vec<Value>,
}

impl Masked {
    /// Returns whether another text only has other values, apart from punctuation at its end.
    ///
    /// Settings and quoted texts without a digit are words: `retries=on` is not `retries=off`.
    #[must_use]
    pub fn differs_in_values(&self, other: &Self) -> bool {
        let body = |text: &'_ str| text.trim_end_matches(['.', '!', ',', ' ', '\n']).to_owned();
        let is_value = |value: &Value| {
            let is_word = matches!(value.mask, Mask::Setting | Mask::Quoted);
            !is_word || value.text.bytes().any(|byte| byte.is_ascii_digit())
        };
        let mut pairs = self.values.iter().zip(&other.values);
        body(&self.text) == body(&other.text)
            && pairs.all(|(own, other)| own.text == other.text || (is_value(own) && is_value(other)))
    }
}

/// The maximum number of values of a text that are kept.
pub const MAX_VALUES: usize = 256;

/// A rule finds the end of a value that starts at a place.
struct Rule {
    mask: Mask,
    find: fn(Text<'_>, usize) -> Option<usize>,
}

/// The rules in their order: a rule only sees what no rule before it has replaced. Two more values are recognized by what
/// is around them: the value of `key=value` and long texts in quotes.
const RULES: [Rule; 10] = [
    Rule {
        mask: Mask::Uuid,
        find: numbers::uuid,
    },
    Rule {
        mask: Mask::Url,
        find: net::url,
    },
    Rule {
        mask: Mask::Email,
        find: net::email,
    },
    Rule {
        mask: Mask::Mac,
        find: net::mac,
    },
    Rule {
        mask: Mask::Time,
        find: time::time,
    },
    Rule {
        mask: Mask::Host,
        find: net::ip,
    },
    Rule {
        mask: Mask::Host,
        find: net::host,
    },
    Rule {
        mask: Mask::Path,
        find: path::path,
    },
    Rule {
        mask: Mask::Name,
        find: names::user,
    },
    Rule {
        mask: Mask::Number,
        find: numbers::number,
    },
];

/// Replaces the values of a text: numbers, times, addresses, paths, identifiers and the like.
///
/// The time is linear in the length of the text. Masking a masked text changes nothing.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let clean = clean::clean(text);
    scan::scan(&clean).0
}

/// Calls `each` for the folded words of a masked text, and with `None` for values.
///
/// A value is a value: a host can be a name or a number. Values without a word between count once, so that the length of a
/// list does not matter.
pub(crate) fn each_masked_word(masked: &str, mut each: impl FnMut(Option<&str>)) {
    let mut rest = masked;
    let mut after_value = false;
    while let Some(open) = rest.find('<') {
        let (before, from) = rest.split_at(open);
        each_word(before, |word| {
            after_value = false;
            each(Some(word));
        });
        let placeholder = Mask::ALL.iter().find(|mask| from.starts_with(mask.placeholder()));
        let length = placeholder.map_or(1, |mask| mask.placeholder().len());
        if placeholder.is_some() && !after_value {
            each(None);
        }
        after_value |= placeholder.is_some();
        rest = from.get(length..).unwrap_or_default();
    }
    each_word(rest, |word| each(Some(word)));
}
