//! Words that say nothing about a text.

/// English function words, sorted, and what remains of contractions such as `don't`.
const WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "aren", "as", "at", "be",
    "because", "been", "before", "being", "but", "by", "can", "could", "couldn", "d", "did", "didn", "do",
    "does", "doesn", "doing", "don", "for", "from", "had", "hadn", "has", "hasn", "have", "haven", "having",
    "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "isn", "it", "its",
    "just", "ll", "m", "may", "me", "might", "my", "of", "on", "or", "our", "ours", "re", "s", "shall",
    "she", "should", "shouldn", "so", "some", "such", "t", "than", "that", "the", "their", "theirs", "them",
    "then", "there", "these", "they", "this", "those", "to", "too", "us", "ve", "very", "was", "wasn", "we",
    "were", "weren", "what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will",
    "with", "won", "would", "wouldn", "you", "your", "yours",
];

/// Returns whether a folded word is a function word of English: `the`, `of`, `what`.
#[must_use]
pub fn is_stop_word(word: &str) -> bool {
    WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_has_no_word_twice() {
        assert!(WORDS.is_sorted_by(|a, b| a < b));
        assert!(is_stop_word("the") && is_stop_word("yours") && !is_stop_word("not"));
    }
}
