//! The order of names as people sort words: punctuation, digits, letters; first without case and accents.

use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Punctuation in the order of the Unicode collation algorithm.
const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

const DIGIT: usize = PUNCTUATION.len() + 1;
const LETTER: usize = PUNCTUATION.len() + 2;

/// The classes of the ASCII characters; paths of thousands of skills are mostly ASCII.
static ASCII: LazyLock<[usize; 128]> =
    LazyLock::new(|| std::array::from_fn(|at| class(char::from(at as u8))));

/// Returns a key by which names sort; if names differ only in case, lower case comes first.
pub(crate) fn collation_key(name: &str) -> impl Ord + use<> {
    let of_ascii = |c: char| (ASCII.get(c as usize).copied().unwrap_or_else(|| class(c)), c);
    let letters: Vec<(usize, char)> = match name.is_ascii() {
        true => name.chars().map(|c| of_ascii(c.to_ascii_lowercase())).collect(),
        false => {
            let letters = name.nfd().filter(|&c| !is_combining_mark(c));
            letters.flat_map(char::to_lowercase).map(of_ascii).collect()
        }
    };
    let cases: Vec<bool> = name.chars().map(char::is_uppercase).collect();
    (letters, cases, name.to_owned())
}

fn class(c: char) -> usize {
    match PUNCTUATION.find(c) {
        Some(at) => at,
        None if c.is_whitespace() => 0,
        None if c.is_alphabetic() => LETTER,
        None if c.is_numeric() => DIGIT,
        None => PUNCTUATION.len(),
    }
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
