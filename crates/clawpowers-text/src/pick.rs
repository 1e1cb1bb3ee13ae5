//! A choice of texts for a budget: each is relevant, and says what those before it do not.

use crate::mask::each_masked_word;
use crate::rank::Weights;
use crate::stem::stem;
use crate::stop::is_stop_word;
use std::collections::HashSet;

/// A text is left out if fewer of its words are new.
const LEAST_NEW: f64 = 0.2;

/// A picked text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Its index among the texts.
    pub index: usize,
    /// How many of its words no text before it has; function words and values do not count.
    pub new_words: usize,
    /// How many different words it has.
    pub words: usize,
}

/// What [`pick`] chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    /// In the order in which they were picked.
    pub picked: Vec<Pick>,
    /// How many texts say hardly anything that the picked ones do not.
    pub repeated: usize,
    /// How many texts do not fit what was left of the budget.
    pub unfit: usize,
}

/// Picks texts one by one: the next is the one with the greatest sum of its score and its share of new words, weighted by
/// [`Weights::relevance`] (maximal marginal relevance).
///
/// Each masked text comes with its score. `cost` returns what a text takes of the rest of the budget, or `None` if it does not
/// fit; the sum of the costs is at most `budget`.
pub fn pick(
    weights: &Weights,
    texts: &[(f64, &str)],
    budget: usize,
    mut cost: impl FnMut(usize, usize) -> Option<usize>,
) -> Picks {
    let best = texts.iter().map(|(score, _)| *score).fold(0.0, f64::max);
    let scale = if best > 0.0 { best } else { 1.0 };
    let mut open: Vec<(usize, f64, HashSet<String>)> = texts
        .iter()
        .enumerate()
        .map(|(index, (score, text))| (index, score / scale, words(text)))
        .collect();
    let mut known: HashSet<String> = HashSet::new();
    let mut left = budget;
    let mut picks = Picks::default();
    while !open.is_empty() {
        let new = |words: &HashSet<String>| words.iter().filter(|word| !known.contains(*word)).count();
        let share = |words: &HashSet<String>| match words.len() {
            // Nothing but values: only its score tells.
            0 => 1.0,
            all => new(words) as f64 / all as f64,
        };
        let before = open.len();
        open.retain(|(_, _, words)| share(words) >= LEAST_NEW);
        picks.repeated += before - open.len();
        let value = |place: usize| {
            let text = open.get(place);
            text.map(|(_, score, words)| weights.relevance * score + (1.0 - weights.relevance) * share(words))
        };
        let next =
            (0..open.len()).reduce(|best, place| if value(place) > value(best) { place } else { best });
        let Some(next) = next else { break };
        let new_words = open.get(next).map_or(0, |(_, _, words)| new(words));
        let (index, _, words) = open.remove(next);
        let Some(paid) = cost(index, left).filter(|paid| *paid <= left) else {
            picks.unfit += 1;
            continue;
        };
        left -= paid;
        picks.picked.push(Pick {
            index,
            new_words,
            words: words.len(),
        });
        known.extend(words);
    }
    picks
}

/// The stems of a masked text.
fn words(masked: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    each_masked_word(masked, |word| {
        if let Some(word) = word.filter(|word| !is_stop_word(word)) {
            found.insert(stem(word).to_owned());
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexes(picks: &Picks) -> Vec<usize> {
        picks.picked.iter().map(|pick| pick.index).collect()
    }

    #[test]
    fn what_says_something_new_comes_before_a_repetition() {
        let texts = [
            (1.0, "the cache is stale after a deploy"),
            (0.99, "after a deploy the caches are stale"),
            (0.8, "the disk is full"),
        ];
        let picks = pick(&Weights::default(), &texts, 100, |_, _| Some(1));
        assert_eq!((indexes(&picks), picks.repeated, picks.unfit), (vec![0, 2], 1, 0));
        assert_eq!(
            picks.picked.first(),
            Some(&Pick {
                index: 0,
                new_words: 3,
                words: 3
            })
        );
    }

    #[test]
    fn the_budget_is_never_exceeded_and_small_texts_fill_it() {
        let texts = [(1.0, "one"), (0.9, "two"), (0.8, "three"), (0.7, "<num>")];
        let costs = [60, 50, 30, 10];
        let picks = pick(&Weights::default(), &texts, 100, |index, _| {
            costs.get(index).copied()
        });
        assert_eq!((indexes(&picks), picks.unfit), (vec![0, 2, 3], 1));
        let picks = pick(&Weights::default(), &texts, 0, |_, left| (left > 0).then_some(1));
        assert_eq!((indexes(&picks), picks.unfit), (vec![], 4));
    }

    #[test]
    fn texts_without_scores_are_picked_in_their_order() {
        let texts = [(0.0, "alpha"), (0.0, "beta gamma"), (f64::NAN, "delta")];
        let picks = pick(&Weights::default(), &texts, 9, |_, _| Some(1));
        assert_eq!(indexes(&picks).len(), 3);
        assert_eq!(indexes(&picks).first(), Some(&0));
    }
}
