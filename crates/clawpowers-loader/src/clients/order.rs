//! The order of names as people sort words: punctuation, digits, letters; first without case and accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Punctuation in the order of the Unicode collation algorithm.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Returns a key by which names sort; if names differ only in case, lower case comes first.
pub(crate) fn collation_key(name: &str) -> impl Ord + use<> {
    let class = |c: char| match PUNCTUATION.find(c) {
        Some(at) => at,
        None if c.is_whitespace() => 0,
        None if c.is_alphabetic() => PUNCTUATION.len() + 2,
        None if c.is_numeric() => PUNCTUATION.len() + 1,
        None => PUNCTUATION.len(),
    };
    let letters = name
        .nfd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase);
    let letters: Vec<_> = letters.map(|c| (class(c), c)).collect();
    let cases: Vec<bool> = name.chars().map(char::is_uppercase).collect();
    (letters, cases, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::collation_key;

    #[test]
    fn words_sort_without_case_and_accents() {
        let sorted = [
            "", ".t12", "2424", "a", "A", "a_b", "a-b", "a1", "ab", "o-beta", "o-é", "o-Gamma", "T10", "t11",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_key(|name| collation_key(name));
        assert_eq!(names, sorted);
    }
}
