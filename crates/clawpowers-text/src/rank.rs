//! Ranking: lists joined by their ranks, likeness of masked texts, a prior, and a choice of different texts.

use crate::mask::each_masked_word;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// Every number that decides about the order of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The weights for `bm25` of the columns title, body, context, masked, tags and pairs.
    pub columns: [f64; 6],
    /// The constant of reciprocal rank fusion: a hit at rank `r`, counted from 1, gets `1 / (k + r)` of each list.
    pub k: f64,
    /// The weights of the lists: by all words, by the first line, by the title, by likeness, by the masked text.
    pub lists: [f64; 5],
    /// So many hits of a list are read.
    pub depth: usize,
    /// So many of the best hits are compared with the query by [`overlap`], if the query has values.
    pub reranked: usize,
    /// The share of the score that does not depend on the importance of an entry.
    pub importance_floor: f64,
    /// The share of the score that does not depend on the age of an entry.
    pub age_floor: f64,
    /// After so many days an entry of a kind has lost half of the other share: working, episodic, semantic, procedural.
    pub half_lives: [f64; 4],
    /// In [`diverse`], the weight of the score; the rest is the weight of being different.
    pub relevance: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            columns: [5.0, 1.0, 0.5, 2.5, 2.0, 1.0],
            lists: [1.0, 1.0, 0.0, 3.0, 1.0],
            k: 60.0,
            depth: 50,
            reranked: 20,
            importance_floor: 0.7,
            age_floor: 0.7,
            half_lives: [7.0, 90.0, 365.0, 365.0],
            relevance: 0.7,
        }
    }
}

/// Joins ranked lists by reciprocal rank fusion; each has a weight. Equal scores keep the order of the first list.
#[must_use]
pub fn fuse<I: Copy + Eq + Hash>(lists: &[(f64, &[I])], k: f64) -> Vec<(I, f64)> {
    let mut places: HashMap<I, usize> = HashMap::new();
    let mut scores: Vec<(I, f64)> = Vec::new();
    for (weight, ids) in lists {
        for (rank, id) in ids.iter().enumerate() {
            let place = *places.entry(*id).or_insert_with(|| {
                scores.push((*id, 0.0));
                scores.len() - 1
            });
            if let Some((_, score)) = scores.get_mut(place) {
                *score += weight / (k + rank as f64 + 1.0);
            }
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores
}

/// The words and pairs of adjacent words of a masked text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Hashes, sorted, each once.
    parts: Vec<u64>,
}

impl Shape {
    #[must_use]
    pub fn of(masked: &str) -> Self {
        let mut parts = Vec::new();
        let mut previous: Option<u64> = None;
        each_masked_word(masked, |word| {
            let word = hash(&word);
            parts.push(word);
            if let Some(previous) = previous {
                parts.push(hash(&(previous, word)));
            }
            previous = Some(word);
        });
        parts.sort_unstable();
        parts.dedup();
        Self { parts }
    }

    /// Counts the parts that two shapes share.
    fn shared(&self, other: &Self) -> usize {
        let mut others = other.parts.iter().peekable();
        let mut count = 0;
        for part in &self.parts {
            while others.next_if(|other| *other < part).is_some() {}
            count += usize::from(others.next_if_eq(&part).is_some());
        }
        count
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Returns how alike two masked texts are, from 0 to 1: twice the shared words and pairs, divided by all of both.
#[must_use]
pub fn overlap(a: &Shape, b: &Shape) -> f64 {
    let all = a.parts.len() + b.parts.len();
    if all == 0 {
        return 0.0;
    }
    2.0 * a.shared(b) as f64 / all as f64
}

/// The factor for an entry of an importance from 0 to 1 and an age in days; `half_life` is that of its kind.
///
/// With the default weights it is between 0.49 and 1: importance and age decide between entries that match about equally.
#[must_use]
pub fn prior(weights: &Weights, importance: f64, age: f64, half_life: f64) -> f64 {
    let part = |floor: f64, value: f64| floor + (1.0 - floor) * value.clamp(0.0, 1.0);
    let fresh = if half_life > 0.0 {
        (-age.max(0.0) / half_life).exp2()
    } else {
        1.0
    };
    part(weights.importance_floor, importance) * part(weights.age_floor, fresh)
}

/// Orders texts so that each is relevant and different from those before it (maximal marginal relevance).
///
/// Each text comes with its score. Returns the indexes of all texts; whoever has a budget takes from the front.
#[must_use]
pub fn diverse(weights: &Weights, texts: &[(f64, Shape)]) -> Vec<usize> {
    let best = texts.iter().map(|(score, _)| *score).fold(0.0, f64::max);
    let scale = if best > 0.0 { best } else { 1.0 };
    // The greatest likeness to a chosen text.
    let mut left: Vec<(usize, f64)> = (0..texts.len()).map(|index| (index, 0.0)).collect();
    let mut chosen = Vec::with_capacity(texts.len());
    while !left.is_empty() {
        let value = |&(index, alike): &(usize, f64)| {
            let score = texts.get(index).map_or(0.0, |(score, _)| score / scale);
            weights.relevance * score - (1.0 - weights.relevance) * alike
        };
        let next = (0..left.len()).reduce(|best, place| {
            let better = left.get(place).map(value) > left.get(best).map(value);
            if better { place } else { best }
        });
        let Some(next) = next else { break };
        let (index, _) = left.remove(next);
        chosen.push(index);
        if let Some((_, shape)) = texts.get(index) {
            for (other, alike) in &mut left {
                if let Some((_, other)) = texts.get(*other) {
                    *alike = alike.max(overlap(shape, other));
                }
            }
        }
    }
    chosen
}
