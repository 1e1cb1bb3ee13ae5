//! Words in lower case without accents.

use unicode_normalization::UnicodeNormalization as _;

/// Returns a text in lower case, its letters without accents: `Café` becomes `cafe`, `Größe` becomes `grosse`.
///
/// Marks that are no accents, such as the voicing marks of Japanese, stay.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let bare = lower.nfkd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}'));
    bare.nfc().collect::<String>().replace('ß', "ss")
}

/// Calls `each` for the folded words of a text, in order.
///
/// In scripts without spaces every character and every pair of adjacent characters is a word.
pub fn each_word(text: &str, mut each: impl FnMut(&str)) {
    each_run(text, |run, unspaced| {
        if !unspaced {
            each(run);
            return;
        }
        let mut start = None;
        for (at, c) in run.char_indices() {
            let end = at + c.len_utf8();
            each(run.get(at..end).unwrap_or_default());
            if let Some(start) = start {
                each(run.get(start..end).unwrap_or_default());
            }
            start = Some(at);
        }
    });
}

/// Calls `each` for the words of a query: as [`each_word`], but of several adjacent characters only the pairs.
pub(crate) fn each_term(text: &str, mut each: impl FnMut(&str)) {
    each_run(text, |run, unspaced| {
        let several = unspaced && run.chars().nth(1).is_some();
        if !several {
            each(run);
            return;
        }
        let ends = run.char_indices().skip(1).map(|(at, c)| at + c.len_utf8());
        for ((start, _), end) in run.char_indices().zip(ends) {
            each(run.get(start..end).unwrap_or_default());
        }
    });
}

/// Calls `each` for every folded word, and for every run of characters of scripts without spaces.
fn each_run(text: &str, mut each: impl FnMut(&str, bool)) {
    if text.is_ascii() {
        // Nearly every text is, and needs no normalization.
        let mut word = String::new();
        for part in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if !part.is_empty() {
                word.clear();
                word.push_str(part);
                word.make_ascii_lowercase();
                each(&word, false);
            }
        }
        return;
    }
    for run in fold(text).split(|c: char| !c.is_alphanumeric()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let unspaced = is_unspaced(first);
            let end = rest.find(|c| is_unspaced(c) != unspaced).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            each(word, unspaced);
            rest = after;
        }
    }
}

/// Returns the characters of scripts without spaces, and their pairs, separated by spaces.
///
/// For an index whose tokenizer splits at spaces: `修复死锁` becomes `修 修复 复 复死 死 死锁 锁`. Empty for other texts.
#[must_use]
pub fn pairs(text: &str) -> String {
    let mut found = String::new();
    if text.is_ascii() {
        return found;
    }
    each_word(text, |word| {
        if word.starts_with(is_unspaced) {
            if !found.is_empty() {
                found.push(' ');
            }
            found.push_str(word);
        }
    });
    found
}

/// Returns whether a character belongs to a script without spaces between words.
#[must_use]
pub const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
