//! Search: which lists an index is asked for, and how they become one.

use crate::query::{MAX_TERMS, distinct};
use crate::rank::{Shape, Weights, fuse, overlap, prior};
use crate::{Fingerprint, Query};
use std::collections::HashMap;
use std::hash::Hash;

/// A list of hits that an index is asked for: `MATCH expression ORDER BY bm25(table, weights…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// The operand of `MATCH`.
    pub expression: String,
    /// The weights of the columns title, body, context, masked, tags and pairs.
    pub weights: [f64; 6],
}

/// An index of entries.
///
/// Its full-text table has the columns title, body, context, masked, tags and pairs, in this order, and
/// `tokenize = "porter unicode61 remove_diacritics 2"`. `masked` is [`crate::mask`] of the body, `pairs` is
/// [`crate::pairs`] of title and body. All methods leave out what the filters of the query exclude.
pub trait Index {
    type Id: Copy + Eq + Hash;
    type Error;

    /// Returns the entries with a fingerprint, the best of them first.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn same(&mut self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<Self::Id>, Self::Error>;

    /// Returns the best hits of a list.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn matches(&mut self, list: &List, limit: usize) -> Result<Vec<Self::Id>, Self::Error>;

    /// Returns the masked body of an entry.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn masked(&mut self, id: Self::Id) -> Result<String, Self::Error>;

    /// Returns what the prior of an entry is computed from.
    ///
    /// # Errors
    ///
    /// Those of the index.
    fn facts(&mut self, id: Self::Id) -> Result<Facts, Self::Error>;
}

/// What the prior of an entry is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// From 0 to 1.
    pub importance: f64,
    /// In days.
    pub age: f64,
    /// Of its kind, in days; 0 if its age does not matter.
    pub half_life: f64,
}

/// Why an entry was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Nothing but the values differ.
    Fingerprint,
    /// The rank, from 1, by the words of all columns.
    Words(usize),
    /// The rank by the words of the title.
    Title(usize),
    /// The rank by the words of the masked text.
    Masked(usize),
    /// The rank by the likeness of the masked texts, and the likeness from 0 to 1.
    Alike(usize, f64),
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

/// One list with the reason for its hits.
struct Ranked<I> {
    weight: f64,
    ids: Vec<I>,
    reason: fn(usize) -> Reason,
}

/// Searches an index; the best hits come first. A query without anything to search for has none.
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

fn once<X: Index>(
    index: &mut X,
    query: &Query,
    weights: &Weights,
    limit: usize,
) -> Result<Vec<Hit<X::Id>>, X::Error> {
    let depth = weights.depth.max(limit);
    let mut lists: Vec<Ranked<X::Id>> = Vec::new();
    let mut same = Vec::new();
    let mut alike: Vec<(X::Id, f64)> = Vec::new();
    let [by_words, by_first, by_title, by_alike, by_masked] = weights.lists;
    if let Some(expression) = query.expression() {
        let list = List {
            expression,
            weights: weights.columns,
        };
        lists.push(Ranked {
            weight: by_words,
            ids: index.matches(&list, depth)?,
            reason: Reason::Words,
        });
    }
    if let Some(expression) = query
        .expression_of(&query.first_line)
        .filter(|_| !query.first_line.is_empty())
    {
        let list = List {
            expression,
            weights: weights.columns,
        };
        lists.push(Ranked {
            weight: by_first,
            ids: index.matches(&list, depth)?,
            reason: Reason::Title,
        });
    }
    if query.first_line.is_empty() && query.has_values() {
        if let Some(fingerprint) = Fingerprint::of(&query.masked.text) {
            same = index.same(fingerprint, depth)?;
        }
        let masked = masked_list(query, weights);
        let masked = masked.map_or(Ok(Vec::new()), |list| index.matches(&list, depth))?;
        alike = reranked(index, query, weights, &same, &masked)?;
        lists.push(Ranked {
            weight: by_alike,
            ids: alike.iter().map(|(id, _)| *id).collect(),
            reason: |rank| Reason::Alike(rank, 0.0),
        });
        lists.push(Ranked {
            weight: by_masked,
            ids: masked,
            reason: Reason::Masked,
        });
    }
    if let Some(expression) = title_words(query) {
        let list = List {
            expression,
            weights: weights.columns,
        };
        lists.push(Ranked {
            weight: by_title,
            ids: index.matches(&list, depth)?,
            reason: Reason::Title,
        });
    }
    let parts: Vec<(f64, &[X::Id])> = lists
        .iter()
        .map(|list| (list.weight, list.ids.as_slice()))
        .collect();
    let mut reasons: HashMap<X::Id, Vec<Reason>> = HashMap::new();
    for id in &same {
        reasons.entry(*id).or_default().push(Reason::Fingerprint);
    }
    for list in &lists {
        for (rank, id) in list.ids.iter().enumerate() {
            let reason = match (list.reason)(rank + 1) {
                Reason::Alike(rank, _) => {
                    Reason::Alike(rank, alike.get(rank - 1).map_or(0.0, |(_, alike)| *alike))
                }
                other => other,
            };
            reasons.entry(*id).or_default().push(reason);
        }
    }
    let mut hits = Vec::new();
    for (id, score) in fuse(&parts, weights.k) {
        let facts = index.facts(id)?;
        let prior = prior(weights, facts.importance, facts.age, facts.half_life);
        hits.push(Hit {
            id,
            score: score * prior,
            prior,
            reasons: reasons.remove(&id).unwrap_or_default(),
        });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(limit);
    Ok(hits)
}

/// The list by the words of the masked text; placeholders are in nearly every entry.
fn masked_list(query: &Query, weights: &Weights) -> Option<List> {
    let words = query.masked_words();
    let expression = query.expression_of(&words)?;
    Some(List {
        expression: format!("{{masked}} : ({expression})"),
        weights: weights.columns,
    })
}

/// The entries with the query's fingerprint, then the best of a list in the order of their likeness to the query.
fn reranked<X: Index>(
    index: &mut X,
    query: &Query,
    weights: &Weights,
    same: &[X::Id],
    masked: &[X::Id],
) -> Result<Vec<(X::Id, f64)>, X::Error> {
    let shape = Shape::of(&query.masked.text);
    let mut alike: Vec<(X::Id, f64)> = same.iter().map(|id| (*id, 1.0)).collect();
    let mut others = Vec::new();
    for id in masked
        .iter()
        .take(weights.reranked)
        .filter(|id| !same.contains(id))
    {
        others.push((*id, overlap(&shape, &Shape::of(&index.masked(*id)?))));
    }
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    alike.append(&mut others);
    Ok(alike)
}

fn title_words(query: &Query) -> Option<String> {
    let words = if query.first_line.is_empty() {
        &query.words
    } else {
        &query.first_line
    };
    let expression = query.expression_of(words)?;
    Some(format!("{{title}} : ({expression})"))
}

impl Query {
    /// Returns the words of the masked text without placeholders.
    fn masked_words(&self) -> Vec<String> {
        let mut plain = String::new();
        crate::mask::each_masked_word(&self.masked.text, |word| {
            plain.push_str(word.unwrap_or_default());
            plain.push(' ');
        });
        let mut words = distinct(&plain);
        words.truncate(MAX_TERMS);
        words
    }
}
