//! The words of notes that say something.

/// The function words of English: articles, pronouns, prepositions, conjunctions, auxiliaries, adverbs of place, time and
/// degree, and what is left of contractions once they are split (`didn't` is `didn` and `t`). They are in any two notes
/// and tell nothing of what these are about. In the order of the alphabet, lower case.
const FUNCTION_WORDS: [&str; 162] = [
    "about", "above", "after", "again", "against", "all", "also", "although", "always", "am", "among", "an",
    "and", "any", "are", "aren", "around", "as", "at", "be", "because", "been", "before", "being", "below",
    "between", "both", "but", "by", "can", "cannot", "could", "couldn", "did", "didn", "do", "does", "doesn",
    "doing", "don", "during", "each", "either", "else", "ever", "every", "few", "for", "from", "further",
    "had", "hadn", "has", "hasn", "have", "haven", "having", "he", "her", "here", "hers", "him", "his",
    "how", "however", "if", "in", "into", "is", "isn", "it", "its", "itself", "just", "ll", "many", "may",
    "me", "might", "more", "most", "much", "must", "my", "neither", "never", "no", "nor", "not", "now", "of",
    "off", "often", "on", "once", "only", "or", "other", "our", "out", "over", "own", "re", "same", "shall",
    "she", "should", "shouldn", "since", "so", "some", "still", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "though", "through", "thus", "to", "too",
    "under", "until", "up", "upon", "us", "ve", "very", "via", "was", "wasn", "we", "were", "weren", "what",
    "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "within",
    "without", "won", "would", "wouldn", "yet", "you", "your",
];

/// How many letters of a word are kept: a sentence without blanks is one word.
const LONGEST: usize = 40;

/// Returns the words of a note that say something, each once, in lower case: no function words, no numbers, no single
/// letters. A sentence in a script without blanks is one word.
pub(crate) fn telling(note: &str) -> Vec<String> {
    let note = note.to_lowercase();
    let tells = |word: &&str| {
        word.chars().nth(1).is_some()
            && !word.chars().all(char::is_numeric)
            && FUNCTION_WORDS.binary_search(word).is_err()
    };
    let mut words: Vec<String> = note
        .split(|c: char| !c.is_alphanumeric())
        .filter(tells)
        .map(|word| word.chars().take(LONGEST).collect())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::{FUNCTION_WORDS, telling};

    #[test]
    fn only_what_tells_something_is_a_word() {
        assert!(FUNCTION_WORDS.is_sorted());
        let note = "It didn't work while waiting: the SSH key of host-7 wasn't there, 404 after 30s (x y) by then. Key!";
        assert_eq!(telling(note), ["30s", "host", "key", "ssh", "waiting", "work"]);
        assert_eq!(telling("1 2.5 ½ ٣٤ a I to of"), Vec::<String>::new());
        let sentence = "\u{8d85}".repeat(90);
        assert_eq!(telling(&sentence), ["\u{8d85}".repeat(40)]);
    }
}
