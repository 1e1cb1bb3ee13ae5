//! Search: which lists an index is asked for, and how they become one.

use crate::find::Finder;
use crate::index::{COMPARED, Index};
use crate::like::Pool;
use crate::mask::{each_masked_word, mask};
use crate::query::{distinct, start};
use crate::rank::{Weights, fuse, prior};
use crate::{Fingerprint, Query};

/// How many lines of an entry are compared with a query one by one.
const MAX_LINES: usize = 8;

/// Why an entry was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Nothing but the values differ.
    Fingerprint,
    /// The rank, from 1, by the words of all columns.
    Words(usize),
    /// The rank by the words of the query's title, which is the first of several lines.
    Title(usize),
    /// The rank by the words of the masked text.
    Masked(usize),
    /// The rank by likeness, and the likeness from 0 to 1.
    Alike(usize, f64),
    /// The rank by the vectors, and their similarity from -1 to 1.
    Vector(usize, f64),
}

/// A found entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<I> {
    pub id: I,
    /// The fused score times the prior; it only compares hits of one search.
    pub score: f64,
    /// The factor for importance and age.
    pub prior: f64,
    pub reasons: Vec<Reason>,
}

/// Searches an index; the best hits come first. A query without anything to search for has no hits but those of a vector.
///
/// If nothing contains the phrases of a query that holds values, it is searched for as it is: an error may have quotation
/// marks.
///
/// # Errors
///
/// Those of the index.
pub fn search<X: Index>(
    index: &mut X,
    query: &Query,
    weights: &Weights,
    limit: usize,
) -> Result<Vec<Hit<X::Id>>, X::Error> {
    let hits = once(index, query, weights, limit)?;
    match query.literal().filter(|_| hits.is_empty()) {
        Some(literal) => once(index, &literal, weights, limit),
        None => Ok(hits),
    }
}

/// A list of hits with its weight, and the reason for each hit.
struct Ranked<I> {
    weight: f64,
    ids: Vec<I>,
    reasons: Vec<Reason>,
}

impl<I> Ranked<I> {
    fn new(weight: f64, ids: Vec<I>, reason: fn(usize) -> Reason) -> Self {
        let reasons = (1..=ids.len()).map(reason).collect();
        Self { weight, ids, reasons }
    }
}

fn once<X: Index>(
    index: &mut X,
    query: &Query,
    weights: &Weights,
    limit: usize,
) -> Result<Vec<Hit<X::Id>>, X::Error> {
    let depth = weights.depth.max(limit);
    let [by_words, by_first, by_masked, by_likeness] = weights.lists;
    let of_lines = !query.first_line.is_empty();
    let columns = if of_lines {
        weights.columns_of_lines
    } else {
        weights.columns
    };
    let mut lists: Vec<Ranked<X::Id>> = Vec::new();
    let mut finder = Finder::new(query, weights, limit);
    let found = finder.find(index, "", &query.words, columns)?;
    lists.extend(found.map(|ids| Ranked::new(by_words, ids, Reason::Words)));
    if of_lines {
        let found = finder.find(index, "", &query.first_line, columns)?;
        lists.extend(found.map(|ids| Ranked::new(by_first, ids, Reason::Title)));
    } else if query.has_values() {
        let found = finder.find(index, "{masked} : ", &query.masked_words(), [1.0; 7])?;
        lists.extend(found.map(|ids| Ranked::new(by_masked, ids, Reason::Masked)));
    }
    let mut same = Vec::new();
    if of_lines || query.has_values() {
        if let Some(fingerprint) = Fingerprint::of(&query.masked.text) {
            same = index.same(fingerprint, depth)?;
        }
        let alike = by_likeness_to(index, query, weights, &same, &lists)?;
        let (ids, alike): (Vec<X::Id>, Vec<f64>) = alike.into_iter().unzip();
        let ranked = alike.into_iter().enumerate();
        let reasons = ranked
            .map(|(place, alike)| Reason::Alike(place + 1, alike))
            .collect();
        lists.push(Ranked {
            weight: by_likeness,
            ids,
            reasons,
        });
    }
    let mut nearest = index.nearest(query, limit)?;
    nearest.truncate(depth);
    let rank = |(place, (_, similarity)): (usize, &(X::Id, f64))| Reason::Vector(place + 1, *similarity);
    lists.push(Ranked {
        weight: weights.vector,
        reasons: nearest.iter().enumerate().map(rank).collect(),
        ids: nearest.into_iter().map(|(id, _)| id).collect(),
    });
    let parts: Vec<(f64, &[X::Id])> = lists
        .iter()
        .map(|list| (list.weight, list.ids.as_slice()))
        .collect();
    let mut hits = Vec::new();
    for (id, score) in fuse(&parts, weights.k) {
        let facts = index.facts(id)?;
        let prior = prior(weights, facts.importance, facts.age, facts.half_life);
        let mut reasons: Vec<Reason> = Vec::new();
        reasons.extend(same.contains(&id).then_some(Reason::Fingerprint));
        for list in &lists {
            let found = list.ids.iter().position(|other| *other == id);
            reasons.extend(found.and_then(|place| list.reasons.get(place)));
        }
        hits.push(Hit {
            id,
            score: score * prior,
            prior,
            reasons,
        });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(limit);
    Ok(hits)
}

/// The entries with the query's fingerprint, then the best of the lists in the order of their likeness to the query.
fn by_likeness_to<X: Index>(
    index: &mut X,
    query: &Query,
    weights: &Weights,
    same: &[X::Id],
    lists: &[Ranked<X::Id>],
) -> Result<Vec<(X::Id, f64)>, X::Error> {
    let mut ids: Vec<X::Id> = Vec::new();
    for id in lists
        .iter()
        .flat_map(|list| list.ids.iter().take(weights.reranked))
    {
        if !same.contains(id) && !ids.contains(id) {
            ids.push(*id);
        }
    }
    // A text of several lines has enough words, and its values may tell: the number of another report. A line has few words,
    // and values that entries share mislead.
    let of_lines = !query.first_line.is_empty();
    let compared = |text: &str| {
        let text = start(text.trim_start(), COMPARED);
        if of_lines {
            text.to_owned()
        } else {
            mask(text).text
        }
    };
    let mut texts = Vec::with_capacity(ids.len());
    for id in &ids {
        texts.push(compared(&index.text(*id)?));
    }
    let text = compared(query.text());
    let text = text.as_str();
    let pool = Pool::new(texts.iter().map(String::as_str).chain([text]));
    let wanted = pool.vector(text);
    let likeness = |text: &String| {
        let whole = wanted.likeness(&pool.vector(text));
        if of_lines {
            return whole;
        }
        // One line of an entry may be the error and the others explain it.
        let lines = text
            .lines()
            .take(MAX_LINES)
            .map(|line| wanted.likeness(&pool.vector(line)));
        lines.fold(whole, f64::max)
    };
    let mut others: Vec<(X::Id, f64)> = ids.into_iter().zip(texts.iter().map(likeness)).collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut alike: Vec<(X::Id, f64)> = same.iter().map(|id| (*id, 1.0)).collect();
    alike.append(&mut others);
    Ok(alike)
}

impl Query {
    /// Returns the words of the masked text without placeholders, which are in nearly every entry.
    fn masked_words(&self) -> Vec<String> {
        let mut plain = String::new();
        each_masked_word(&self.masked.text, |word| {
            plain.push_str(word.unwrap_or_default());
            plain.push(' ');
        });
        distinct(&plain)
    }
}
