//! Texts that nearly say the same: pairs that share most of their words, found without comparing all with all.

use crate::mask::each_masked_word;
use crate::stem::stem;
use crate::stop::is_stop_word;
use std::collections::{HashMap, HashSet};

/// How many different words of a text are compared.
const MAX_WORDS: usize = 256;
/// How many words [`only_in`] returns.
const MAX_SHOWN: usize = 8;
/// With how many of the texts before it a text is compared.
const MAX_COMPARED: usize = 100;
/// How many texts with a word are read for a text.
const MAX_READ: usize = 400;

/// Masked texts that are compared with each other.
///
/// A pair is found by the rarest words of its texts: if at least a share `s` of all words of two texts is in both, then at
/// least one of the rarest `1 - s` words of each is, too. The number of comparisons grows in proportion to the texts.
#[derive(Debug, Clone, Default)]
pub struct Near {
    numbers: HashMap<String, u32>,
    /// In how many texts each word is.
    holders: Vec<u32>,
    texts: Vec<Vec<u32>>,
}

/// Two texts that share most of their words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearPair {
    /// The index of the text that was added first.
    pub first: usize,
    /// The index of the other.
    pub second: usize,
    /// The share of their words that is in both, from 0 to 1.
    pub shared: f64,
}

/// What [`Near::pairs`] found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NearPairs {
    /// The most alike first.
    pub pairs: Vec<NearPair>,
    /// Whether a text had so many candidates that some were not compared.
    pub bounded: bool,
}

impl Near {
    /// Adds a masked text; its index is the number of texts before it.
    pub fn add(&mut self, masked: &str) {
        let mut words: Vec<u32> = Vec::new();
        each_masked_word(masked, |word| {
            let Some(word) = word.filter(|word| !is_stop_word(word)) else {
                return;
            };
            if words.len() == MAX_WORDS {
                return;
            }
            let word = stem(word);
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    let number = self.holders.len() as u32;
                    self.numbers.insert(word.to_owned(), number);
                    self.holders.push(0);
                    number
                }
            };
            if !words.contains(&number) {
                words.push(number);
            }
        });
        for number in &words {
            if let Some(holders) = self.holders.get_mut(*number as usize) {
                *holders += 1;
            }
        }
        self.texts.push(words);
    }

    /// Finds the pairs of texts that share at least `least` of their words and that `wanted` accepts.
    #[must_use]
    pub fn pairs(self, least: f64, wanted: impl Fn(usize, usize) -> bool) -> NearPairs {
        let mut texts = self.texts;
        let rarity = |word: &u32| {
            (
                self.holders.get(*word as usize).copied().unwrap_or_default(),
                *word,
            )
        };
        for words in &mut texts {
            words.sort_unstable_by_key(rarity);
        }
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|text| texts.get(*text).map_or(0, Vec::len));
        let mut found = NearPairs::default();
        let mut postings: HashMap<u32, Vec<usize>> = HashMap::new();
        // The last text that each one was a candidate of.
        let mut seen: Vec<usize> = vec![usize::MAX; texts.len()];
        for text in order {
            let Some(words) = texts.get(text).filter(|words| !words.is_empty()) else {
                continue;
            };
            let (mut compared, mut read) = (0, 0);
            for word in prefix(words, least) {
                for other in postings.get(word).into_iter().flatten().rev() {
                    if compared == MAX_COMPARED || read == MAX_READ {
                        found.bounded = true;
                        break;
                    }
                    read += 1;
                    let is_new = seen
                        .get_mut(*other)
                        .is_some_and(|last| std::mem::replace(last, text) != text);
                    if !is_new || !wanted(*other.min(&text), *other.max(&text)) {
                        continue;
                    }
                    compared += 1;
                    let shared = texts.get(*other).map_or(0.0, |other| share(words, other, rarity));
                    if shared >= least {
                        found.pairs.push(NearPair {
                            first: *other.min(&text),
                            second: *other.max(&text),
                            shared,
                        });
                    }
                }
            }
            for word in prefix(words, least) {
                postings.entry(*word).or_default().push(text);
            }
        }
        let key = |pair: &NearPair| (pair.first, pair.second);
        found
            .pairs
            .sort_by(|a, b| b.shared.total_cmp(&a.shared).then_with(|| key(a).cmp(&key(b))));
        found
    }
}

/// Returns the words of a masked text that another one does not have, at most 8, in their order.
#[must_use]
pub fn only_in(text: &str, other: &str) -> Vec<String> {
    let mut known: HashSet<String> = HashSet::new();
    each_masked_word(other, |word| known.extend(word.map(|word| stem(word).to_owned())));
    let mut found = Vec::new();
    each_masked_word(text, |word| {
        if let Some(word) = word.filter(|word| !is_stop_word(word))
            && found.len() < MAX_SHOWN
            && known.insert(stem(word).to_owned())
        {
            found.push(word.to_owned());
        }
    });
    found
}

/// The rarest words, of which texts that share enough have at least one in common.
fn prefix(words: &[u32], least: f64) -> &[u32] {
    let needed = (least * words.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    words
        .get(..words.len().saturating_sub(needed) + 1)
        .unwrap_or(words)
}

/// The share of the words of two sorted texts that is in both.
fn share(first: &[u32], second: &[u32], rarity: impl Fn(&u32) -> (u32, u32)) -> f64 {
    let mut others = second.iter().peekable();
    let mut both = 0;
    for word in first {
        while others.next_if(|other| rarity(other) < rarity(word)).is_some() {}
        both += usize::from(others.next_if_eq(&word).is_some());
    }
    both as f64 / (first.len() + second.len() - both).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[&str], least: f64) -> NearPairs {
        let mut near = Near::default();
        texts.iter().for_each(|text| near.add(text));
        near.pairs(least, |_, _| true)
    }

    #[test]
    fn the_same_in_other_words_is_found_and_the_most_alike_come_first() {
        let texts = [
            "the tests need a running redis",
            "a walrus is no bird",
            "redis must be running for tests",
            "test runs need redis",
        ];
        let found = pairs(&texts, 0.6);
        let found: Vec<_> = found.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        assert_eq!(found, [(0, 3), (0, 2), (2, 3)]);
    }

    #[test]
    fn every_pair_is_found_as_if_all_were_compared() {
        // Words of a small vocabulary, chosen by a fixed sequence.
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize
        };
        let texts: Vec<String> = (0..80)
            .map(|_| {
                let words: Vec<String> = (0..4 + next() % 6)
                    .map(|_| format!("word{}x", (b'a' + (next() % 12) as u8) as char))
                    .collect();
                words.join(" ")
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for least in [0.5, 0.7, 0.9, 1.0] {
            let found = pairs(&texts, least);
            let sets: Vec<std::collections::BTreeSet<&str>> =
                texts.iter().map(|text| text.split(' ').collect()).collect();
            let mut wanted = 0;
            for (index, first) in sets.iter().enumerate() {
                for second in &sets[index + 1..] {
                    let both = first.intersection(second).count() as f64;
                    wanted += usize::from(both / first.union(second).count() as f64 >= least);
                }
            }
            assert_eq!((found.pairs.len(), found.bounded), (wanted, false), "{least}");
            assert!(wanted > 0, "{least}");
        }
    }

    #[test]
    fn words_of_one_text_only_are_named_once() {
        let only = only_in("the pool of <host> is full and the pools leak", "full pool");
        assert_eq!(only, ["leak"]);
        assert_eq!(only_in("a b c d e f g h i j k l m n o", "").len(), MAX_SHOWN);
    }

    #[test]
    fn texts_without_words_are_in_no_pair_and_equal_ones_are_bounded() {
        assert_eq!(pairs(&["<num>", "", "the of"], 0.5), NearPairs::default());
        let many = vec!["the same five words again and again"; 300];
        let found = pairs(&many, 0.9);
        assert!(found.bounded);
        assert!(found.pairs.len() <= 300 * MAX_COMPARED, "{}", found.pairs.len());
    }
}
