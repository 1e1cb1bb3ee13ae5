//! Ranking: lists joined by their ranks, and a prior.

use std::collections::HashMap;
use std::hash::Hash;

/// Every number that decides about the order of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The weights for `bm25` of the columns title, body, context, masked, tags, pairs and variants.
    pub columns: [f64; 7],
    /// The same for a query of several lines.
    pub columns_of_lines: [f64; 7],
    /// The constant of reciprocal rank fusion: a hit at rank `r`, counted from 1, gets `1 / (k + r)` of each list.
    pub k: f64,
    /// The weights of the lists: by all words, by the first line, by the masked text, by likeness.
    pub lists: [f64; 4],
    /// The weight of the list by vectors.
    pub vector: f64,
    /// How many hits of a list are read.
    pub depth: usize,
    /// How many entries are ranked for a list, and from how many entries on a word is frequent.
    pub ranked: usize,
    /// How many of the best hits of each list are compared with the query by likeness.
    pub reranked: usize,
    /// The factor for an importance of 0; that for 1 is 1.
    pub importance_floor: f64,
    /// The least factor for age; that of a new entry is 1.
    pub age_floor: f64,
    /// The half-life in days of the factor for age, for working, episodic, semantic and procedural entries; 0 is none.
    pub half_lives: [f64; 4],
    /// In [`pick`](crate::pick), the weight of the score; the rest is the weight of new words.
    pub relevance: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            columns: [5.0, 1.0, 1.0, 2.5, 2.0, 1.0, 1.0],
            columns_of_lines: [5.0, 0.5, 0.5, 0.01, 2.0, 1.0, 0.5],
            lists: [1.0, 1.0, 1.0, 4.0],
            vector: 1.0,
            k: 60.0,
            depth: 50,
            ranked: 3000,
            reranked: 50,
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

/// The factor for an entry of an importance from 0 to 1 and an age in days; `half_life` is that of its kind.
///
/// With the default weights it is between 0.49 and 1: importance and age decide between entries that match about equally.
#[must_use]
pub fn prior(weights: &Weights, importance: f64, age: f64, half_life: f64) -> f64 {
    let bounded = |value: f64| {
        if value.is_nan() {
            0.0
        } else {
            value.clamp(0.0, 1.0)
        }
    };
    let part = |floor: f64, value: f64| floor + (1.0 - floor) * bounded(value);
    let fresh = if half_life > 0.0 {
        (-age.max(0.0) / half_life).exp2()
    } else {
        1.0
    };
    part(weights.importance_floor, importance) * part(weights.age_floor, fresh)
}
