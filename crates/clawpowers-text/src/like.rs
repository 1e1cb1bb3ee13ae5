//! How alike texts are: the cosine of their words and pairs of words, each weighted by its rarity among the texts at hand.

use crate::mask::each_masked_word;
use crate::stem::stem;
use crate::stop::is_stop_word;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// The weight of a word in the first line, which is a title or a message.
const FIRST_LINE: f64 = 2.0;
/// The weight of a pair of adjacent words.
const PAIR: f64 = 0.5;

/// Masked texts that are compared with each other, and how rare their words are.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    rarities: HashMap<u64, f64>,
    /// Of what is in no text.
    unknown: f64,
}

/// The words and pairs of words of a text with their weights; the length is 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vector {
    /// Sorted by hash.
    parts: Vec<(u64, f64)>,
}

impl Pool {
    /// Counts in how many texts each word and pair is.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut holders: HashMap<u64, f64> = HashMap::new();
        let mut all = 0.0;
        for text in texts {
            all += 1.0;
            for (part, _) in counts(text) {
                *holders.entry(part).or_default() += 1.0;
            }
        }
        let rarity = |holders: f64| (1.0 + all / holders).ln();
        Self {
            rarities: holders
                .into_iter()
                .map(|(part, holders)| (part, rarity(holders)))
                .collect(),
            unknown: rarity(1.0),
        }
    }

    /// Weighs the words of a masked text.
    #[must_use]
    pub fn vector(&self, masked: &str) -> Vector {
        let weigh = |(part, count): (u64, f64)| {
            let frequency = if count > 1.0 { 1.0 + count.ln() } else { count };
            let rarity = self.rarities.get(&part).copied().unwrap_or(self.unknown);
            (part, frequency * rarity)
        };
        let mut parts: Vec<(u64, f64)> = counts(masked).into_iter().map(weigh).collect();
        parts.sort_unstable_by_key(|(part, _)| *part);
        let length = parts
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f64>()
            .sqrt();
        if length > 0.0 {
            parts.iter_mut().for_each(|(_, weight)| *weight /= length);
        }
        Vector { parts }
    }
}

impl Vector {
    /// Returns how alike two texts of one pool are, from 0 (no common word) to 1.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let mut others = other.parts.iter().peekable();
        let mut sum = 0.0;
        for (part, weight) in &self.parts {
            while others.next_if(|(other, _)| other < part).is_some() {}
            if let Some((_, other)) = others.next_if(|(other, _)| other == part) {
                sum += weight * other;
            }
        }
        sum.clamp(0.0, 1.0)
    }
}

/// Counts the words and pairs of adjacent words of a text; function words are left out.
fn counts(masked: &str) -> HashMap<u64, f64> {
    let mut counts: HashMap<u64, f64> = HashMap::new();
    let mut weight = FIRST_LINE;
    for line in masked.lines() {
        let mut previous: Option<u64> = None;
        each_masked_word(line, |word| {
            if word.is_some_and(is_stop_word) {
                return;
            }
            let word = hash(&word.map(stem));
            *counts.entry(word).or_default() += weight;
            if let Some(previous) = previous {
                *counts.entry(hash(&(previous, word))).or_default() += weight * PAIR;
            }
            previous = Some(word);
        });
        weight = 1.0;
    }
    counts
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
