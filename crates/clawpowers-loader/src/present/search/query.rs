//! The words of a query, and how often a string contains them.

use clawpowers_text::{each_word, is_stop_word, stem};
use std::collections::{BTreeMap, HashMap};

/// The minimum number of letters of a word that also matches longer words.
const MIN_START: usize = 4;
/// Its maximum length in bytes.
const MAX_START: usize = 64;
/// The weights of an inflected form of a word, and of a longer word that starts with it.
const INFLECTED: f64 = 0.9;
const LONGER: f64 = 0.5;

/// The words of a query, each once. Stop words are left out unless there are no others.
pub(super) struct Query {
    words: HashMap<String, usize>,
    /// The words with each stem.
    stems: HashMap<String, Vec<usize>>,
    /// The lengths in bytes of the words that match longer ones, ascending.
    lengths: Vec<usize>,
}

/// The matches of a query in a document.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// The weighted count of each word of the query.
    pub(super) found: BTreeMap<usize, f64>,
    /// The weighted count of all its words.
    pub(super) length: f64,
}

impl Query {
    pub(super) fn new(text: &str) -> Self {
        let mut query = Self {
            words: HashMap::new(),
            stems: HashMap::new(),
            lengths: Vec::new(),
        };
        let mut has_others = false;
        each_word(text, |word| has_others |= !is_stop_word(word));
        each_word(text, |word| {
            if query.words.contains_key(word) || has_others && is_stop_word(word) {
                return;
            }
            let number = query.words.len();
            query.words.insert(word.to_owned(), number);
            query.stems.entry(stem(word).to_owned()).or_default().push(number);
            if word.chars().count() >= MIN_START && word.len() <= MAX_START {
                query.lengths.push(word.len());
            }
        });
        query.lengths.sort_unstable();
        query.lengths.dedup();
        query
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Adds the words of strings with a weight.
    pub(super) fn count<'t>(
        &self,
        tally: &mut Tally,
        texts: impl IntoIterator<Item = &'t String>,
        weight: f64,
    ) {
        for text in texts {
            each_word(text, |word| {
                tally.length += weight;
                self.word(tally, word, weight);
            });
        }
    }

    fn word(&self, tally: &mut Tally, word: &str, weight: f64) {
        let exact = self.words.get(word).copied();
        let mut add = |term, weight| *tally.found.entry(term).or_insert(0.0) += weight;
        if let Some(term) = exact {
            add(term, weight);
        }
        let inflected = self.stems.get(stem(word)).map_or(&[][..], Vec::as_slice);
        for &term in inflected.iter().filter(|&&term| Some(term) != exact) {
            add(term, weight * INFLECTED);
        }
        for &length in self.lengths.iter().take_while(|&&length| length < word.len()) {
            let longer = word.get(..length).and_then(|start| self.words.get(start));
            if let Some(&term) = longer.filter(|term| !inflected.contains(term)) {
                add(term, weight * LONGER);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn stop_words_are_left_out_unless_there_are_no_others() {
        assert_eq!(Query::new("how do I release the program").len(), 2);
        assert_eq!(Query::new("what is this").len(), 3);
    }
}
