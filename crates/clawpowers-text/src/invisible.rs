//! Characters that people do not see, and where a script or an emoji needs them.
//!
//! The set is Unicode's `Default_Ignorable_Code_Point` with the line and paragraph separators and the interlinear
//! annotations. A character of it is hidden unless the text around it shows that it is needed: a joiner inside an emoji
//! or a Persian word, a mark of direction in a line with Hebrew or Arabic letters.

/// What an invisible character does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tag character, which spells ASCII.
    Tag,
    /// A variation selector, which chooses a form of the character before it.
    Selector,
    /// Embeds, overrides or isolates a direction.
    Direction,
    /// Anything else.
    Other,
}

impl Kind {
    /// Returns the kind of `c` if it is invisible.
    pub const fn of(c: char) -> Option<Self> {
        Some(match c {
            '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => Self::Tag,
            '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Self::Selector,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Self::Direction,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{2029}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' => Self::Other,
            _ => return None,
        })
    }
}

/// Returns whether `c` is invisible wherever it occurs.
pub const fn is_invisible(c: char) -> bool {
    Kind::of(c).is_some()
}

/// Returns what is left when a hidden character is removed: a space for those that separate words, else nothing.
pub const fn remainder(c: char) -> Option<char> {
    match c {
        '\u{2028}' | '\u{2029}' => Some(' '),
        _ => None,
    }
}

/// The emoji before the tags of a flag, and the tags of the flags that exist: England, Scotland and Wales.
const BLACK_FLAG: char = '\u{1f3f4}';
const FLAG_TAGS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Invisible characters in a row that nothing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// Byte offset of the first one.
    pub start: usize,
    pub text: &'a str,
    /// Whether there is one of [`Kind::Direction`] in a line with right-to-left letters, where it may be legitimate.
    pub is_in_rtl_line: bool,
}

/// Returns the runs of hidden characters of a text, in order and in linear time.
pub const fn runs(text: &str) -> Runs<'_> {
    Runs {
        text,
        at: 0,
        before: '\n',
        line_end: 0,
        line_is_rtl: false,
    }
}

/// Returns a text without its hidden characters.
pub fn without_hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for run in runs(text) {
        out.push_str(text.get(at..run.start).unwrap_or_default());
        out.extend(run.text.chars().filter_map(remainder));
        at = run.start + run.text.len();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Returns the byte offset of the first invisible character.
fn first_invisible(text: &str) -> Option<usize> {
    // The first bytes of all invisible characters; most letters have others.
    let may_begin = |byte: u8| matches!(byte, 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf0 | 0xf3);
    let mut at = 0;
    for chunk in text.as_bytes().chunks(32) {
        // Without an early exit the compiler vectorizes the loop.
        if chunk.iter().fold(false, |some, &byte| some | may_begin(byte)) {
            let starts = chunk.iter().enumerate().filter(|(_, byte)| may_begin(**byte));
            for (offset, _) in starts {
                let first = text.get(at + offset..)?.chars().next()?;
                if is_invisible(first) {
                    return Some(at + offset);
                }
            }
        }
        at += chunk.len();
    }
    None
}

/// See [`runs`].
#[derive(Debug)]
pub struct Runs<'a> {
    text: &'a str,
    at: usize,
    /// The last visible character before `at`.
    before: char,
    /// The end of the line that was examined last, and whether it has right-to-left letters.
    line_end: usize,
    line_is_rtl: bool,
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let (visible, rest) = rest.split_at_checked(first_invisible(rest)?)?;
            self.before = visible.chars().next_back().unwrap_or(self.before);
            self.at += visible.len();
            let length = rest.find(|c| !is_invisible(c)).unwrap_or(rest.len());
            let (cluster, tail) = rest.split_at(length);
            let start = self.at;
            let needed = self.needed(cluster, tail.chars().next().unwrap_or('\n'));
            self.at += length;
            let text = cluster.get(needed..)?;
            if !text.is_empty() {
                let directs = text.chars().any(|c| Kind::of(c) == Some(Kind::Direction));
                return Some(Run {
                    start: start + needed,
                    text,
                    is_in_rtl_line: directs && self.is_in_rtl_line(start),
                });
            }
        }
    }
}

impl Runs<'_> {
    /// Returns how many bytes of the invisible characters at `self.at` are needed by the text around them.
    fn needed(&mut self, cluster: &str, next: char) -> usize {
        let before = self.before;
        let mut start = 0;
        let mut flags = FLAG_TAGS.iter();
        if before == BLACK_FLAG
            && let Some(tags) = flags.find(|tags| cluster.starts_with(**tags))
        {
            start = tags.len();
        } else if let Some(first) = cluster.chars().next()
            && selects(first, before)
        {
            start = first.len_utf8();
        }
        let mut rest = cluster.get(start..).unwrap_or_default().chars();
        let is_needed = match (rest.next(), rest.next()) {
            // Direction is a matter of the whole line.
            (Some('\u{200e}' | '\u{200f}' | '\u{61c}'), None) => self.is_in_rtl_line(self.at),
            (Some(one), None) => joins(one, before, next),
            _ => false,
        };
        if is_needed { cluster.len() } else { start }
    }

    /// Returns whether the line at `offset` has right-to-left letters. Offsets must not decrease from call to call.
    fn is_in_rtl_line(&mut self, offset: usize) -> bool {
        if offset >= self.line_end {
            let is_end = |byte: u8| matches!(byte, b'\n' | b'\r');
            let (before, after) = self.text.as_bytes().split_at(offset);
            let start = before
                .iter()
                .rposition(|&byte| is_end(byte))
                .map_or(0, |at| at + 1);
            let length = after.iter().position(|&byte| is_end(byte));
            self.line_end = length.map_or(self.text.len(), |length| offset + length);
            let line = self.text.get(start..self.line_end).unwrap_or_default();
            self.line_is_rtl = line.contains(is_rtl);
        }
        self.line_is_rtl
    }
}

/// Returns whether a variation selector chooses a form of the character before it.
fn selects(selector: char, before: char) -> bool {
    match selector {
        // The forms as text and as emoji; keycaps start with a digit.
        '\u{fe0e}' | '\u{fe0f}' => {
            let is_symbol = !before.is_alphanumeric() && !before.is_whitespace() && !before.is_ascii();
            matches!(before, '0'..='9' | '#' | '*') || is_pictograph(before) || is_symbol
        }
        '\u{fe00}'..='\u{fe06}' => {
            // Operators, punctuation, hieroglyphs; a zero with a slash.
            let has_forms = matches!(before, '\u{2190}'..='\u{22ff}' | '\u{2a00}'..='\u{2aff}' | '\u{3000}'..='\u{303f}'
                | '\u{ff00}'..='\u{ffef}' | '\u{13000}'..='\u{1345f}' | '0');
            has_forms || is_ideograph(before) || is_complex(before)
        }
        '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        _ => false,
    }
}

/// Returns whether the characters on both sides of an invisible one need it.
fn joins(c: char, before: char, next: char) -> bool {
    let either = |test: fn(char) -> bool| test(before) || test(next);
    match c {
        '\u{200d}' if is_pictograph(before) && is_pictograph(next) => true,
        '\u{200c}' | '\u{200d}' => either(is_rtl) || either(is_complex),
        // It separates the words of scripts that are written without spaces.
        '\u{200b}' => either(is_unspaced),
        '\u{34f}' => either(unicode_normalization::char::is_combining_mark),
        '\u{115f}' => matches!(next, '\u{1161}'..='\u{11a7}'),
        '\u{1160}' => matches!(before, '\u{1100}'..='\u{115e}'),
        '\u{17b4}' | '\u{17b5}' => matches!(before, '\u{1780}'..='\u{17ff}'),
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1800}'..='\u{18af}'),
        _ => false,
    }
}

/// Returns whether `c` is an emoji, or a symbol that emoji are joined with.
const fn is_pictograph(c: char) -> bool {
    matches!(c, '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | 'Ⓜ' | '〰' | '〽' | '㊗' | '㊙'
        | '\u{2194}'..='\u{21aa}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}'..='\u{2935}'
        | '\u{2b05}'..='\u{2b55}' | '\u{1f000}'..='\u{1faff}' | '\u{1fc00}'..='\u{1fffd}')
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether `c` is written from right to left: Hebrew, Arabic and their relatives.
const fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{61b}' | '\u{61d}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Returns whether `c` belongs to a script of South or East Asia whose letters change their form beside each other.
const fn is_complex(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{1800}'..='\u{18af}' | '\u{1c00}'..='\u{1c4f}' | '\u{1cd0}'..='\u{1cff}'
        | '\u{a800}'..='\u{a8ff}' | '\u{abc0}'..='\u{abff}' | '\u{11000}'..='\u{11fff}')
        || is_unspaced(c)
}

/// Returns whether `c` belongs to a script of Southeast Asia or Tibet that is written without spaces between words.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{1aaf}' | '\u{1b00}'..='\u{1bff}'
        | '\u{a980}'..='\u{aadf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the offset and the length in characters of each run.
    fn found(text: &str) -> Vec<(usize, usize)> {
        let found: Vec<_> = runs(text)
            .map(|run| (run.start, run.text.chars().count()))
            .collect();
        for (run, _) in runs(text).zip(&found) {
            assert_eq!(text.get(run.start..run.start + run.text.len()), Some(run.text));
        }
        assert!(runs(&without_hidden(text)).next().is_none(), "{text:?}");
        found
    }

    #[test]
    fn what_emoji_and_scripts_need_is_not_hidden() {
        for text in [
            "plain ASCII\r\n\t",
            "⚠️ ☺︎ 1️⃣ #️⃣ ™️ →️ 🅰️ ㊗️ ⃣️",
            "👩‍💻 👨‍👩‍👧‍👦 ❤️‍🔥 🏳️‍🌈 🐦‍⬛ 👩🏽‍🚀 🧑🏿‍❤️‍💋‍🧑🏻",
            "🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏴‍☠️",
            "می‌خواهم PDF‌ها ه‍.",
            "क्‍ष क्‌ष র‍্য ශ්‍රී മലയാളം‍",
            "ภาษา\u{200b}ไทย ខ្មែរ\u{200b}ភាសា",
            "שלום\u{200f} C++\u{200e} (abc)",
            "مرحبا\u{61c} 1-2",
            "葛\u{e0100} 辻\u{e0101} 0\u{fe00} ∩\u{fe00} 。\u{fe00}",
            "\u{1820}\u{180b} \u{1820}\u{180e}\u{1820}",
            "\u{1100}\u{1160} \u{115f}\u{1161}",
            "a\u{308}\u{34f}\u{301}",
            "größe 日本語 деплой «»…",
        ] {
            assert_eq!(found(text), [], "{text:?}");
        }
    }

    #[test]
    fn every_invisible_character_is_found_after_any_text() {
        for c in ('\0'..=char::MAX).filter(|&c| is_invisible(c)) {
            for before in ["", "a", "é", "日本語", "\u{10348}"] {
                assert_eq!(
                    first_invisible(&format!("{before}{c}b")),
                    Some(before.len()),
                    "{c:?}"
                );
            }
        }
        for length in 0..70 {
            let before = "x".repeat(length);
            assert_eq!(first_invisible(&before), None);
            assert_eq!(
                first_invisible(&format!("{before}é{before}\u{ad}")),
                Some(2 * length + 2)
            );
        }
    }

    #[test]
    fn every_kind_of_hidden_character_is_found() {
        for (text, wanted) in [
            ("a\u{200b}b", (1, 1)),
            ("a\u{200c}b", (1, 1)),
            ("a\u{200d}b", (1, 1)),
            ("😀\u{200d}b", (4, 1)),
            ("a\u{ad}b", (1, 1)),
            ("a\u{2060}\u{2061}\u{2064}b", (1, 3)),
            ("a\u{feff}b", (1, 1)),
            ("a\u{3164}\u{ffa0}b", (1, 2)),
            ("\u{115f}\u{1160}", (0, 2)),
            ("\u{fff9}a", (0, 1)),
            ("a\u{2028}b", (1, 1)),
            ("a\u{202e}b", (1, 1)),
            ("a\u{2067}b", (1, 1)),
            ("a\u{200e}b\nשלום", (1, 1)),
            ("שלום\u{200f}\u{200f}", (8, 2)),
            ("שלום\u{202b}", (8, 1)),
            ("a\u{e0041}\u{e0042}", (1, 2)),
            ("a\u{e0001}", (1, 1)),
            ("a\u{206a}b", (1, 1)),
            ("a\u{1d173}\u{1bca0}b", (1, 2)),
            ("a\u{e0fff}b", (1, 1)),
            ("a\u{fe0f}", (1, 1)),
            ("中\u{e0100}\u{e0101}", (7, 1)),
            // After the selector of an emoji.
            ("⚠️\u{fe01}\u{e0120}\u{e0121}", (6, 3)),
            ("😀\u{e0158}\u{e0159}", (4, 2)),
            ("😀\u{fe01}", (4, 1)),
            // Not the flag of a country: tags without an end, of a state, and after another emoji.
            ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}", (4, 5)),
            ("🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}", (4, 5)),
            ("😀\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", (4, 6)),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿\u{e0041}", (28, 1)),
            ("می\u{200c}\u{200d}\u{200c}خ", (4, 3)),
        ] {
            assert_eq!(found(text), [wanted], "{text:?}");
        }
    }

    #[test]
    fn the_line_decides_about_direction() {
        let rtl: Vec<bool> = runs("a\u{2067}b\u{2069}\nשלום \u{2067}b\u{2069}\r\u{202e}")
            .map(|run| run.is_in_rtl_line)
            .collect();
        assert_eq!(rtl, [false, false, true, true, false]);
    }

    #[test]
    fn one_long_line_is_read_in_linear_time() {
        let text = "\u{5d0}a\u{200f}\u{202e}b\u{200e}".repeat(200_000);
        assert_eq!(runs(&text).count(), 200_000);
        assert_eq!(runs(&"\u{200b}".repeat(1_000_000)).count(), 1);
    }
}
