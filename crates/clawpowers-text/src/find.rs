//! One list of a search. An index ranks every entry that a list matches, so a word that most entries have would take long:
//! entries with rare words are found first, and the number of ranked entries is bounded.

use crate::index::{Index, List, Newest};
use crate::query::{Query, with_scores};
use crate::rank::Weights;
use std::collections::HashMap;

/// The words that are ranked by are in at most this many times as many entries as are ranked: an index counts, for each of
/// them, the entries that have it.
const COUNTED: usize = 10;

/// Finds the lists of a query.
pub(crate) struct Finder<'a, I> {
    query: &'a Query,
    /// How many entries of a list are ranked.
    ranked: usize,
    depth: usize,
    limit: usize,
    /// Of each term.
    counts: HashMap<String, Newest<I>>,
}

impl<'a, I: Copy + Eq> Finder<'a, I> {
    pub(crate) fn new(query: &'a Query, weights: &Weights, limit: usize) -> Self {
        Self {
            query,
            ranked: weights.ranked.max(1),
            depth: weights.depth.max(limit),
            limit,
            counts: HashMap::new(),
        }
    }

    /// Returns the best hits for words; `None` if there is nothing to search for. `columns` restricts them to columns.
    ///
    /// Entries with a rare word come first, ranked by the frequent words, too. If they are too few, those with all frequent
    /// words follow, of which only the newest are ranked, and then the newest with any word.
    pub(crate) fn find<X: Index<Id = I>>(
        &mut self,
        index: &mut X,
        columns: &str,
        words: &[String],
        weights: [f64; 7],
    ) -> Result<Option<Vec<I>>, X::Error> {
        let terms = self.query.terms(words);
        let mut any: Vec<(usize, &str)> = Vec::new();
        for term in &terms.any {
            any.push((self.count(index, term)?.estimate, term));
        }
        any.sort_by_key(|(count, _)| *count);
        let rare = match index.size()? <= self.ranked {
            true => any.len(),
            false => up_to(&any, self.ranked),
        };
        let counted = up_to(&any, self.ranked.saturating_mul(COUNTED)).max(1).max(rare);
        let names = |range: &[(usize, &'_ str)]| range.iter().map(|(_, term)| (*term).to_owned()).collect();
        let (rare_names, scored): (Vec<String>, Vec<String>) = (
            names(any.get(..rare).unwrap_or_default()),
            names(any.get(rare..counted.min(any.len())).unwrap_or_default()),
        );
        let scores = || scored.iter().map(String::as_str);
        // What is matched, how it is ranked, and whether the newest are enough.
        let mut steps: Vec<(String, String)> = Vec::new();
        let everything = match &terms.required {
            Some(required) => {
                let others = rare_names.iter().map(String::as_str).chain(scores());
                steps.push((required.clone(), with_scores(required, others)));
                required.clone()
            }
            None if terms.any.is_empty() => return Ok(None),
            None => {
                if rare > 0 {
                    let matched = rare_names.join(" OR ");
                    let ranked = with_scores(&matched, scores());
                    steps.push((String::new(), ranked));
                }
                if !scored.is_empty() {
                    let all = scored.join(" AND ");
                    steps.push((all.clone(), all));
                }
                terms.any.join(" OR ")
            }
        };
        let complete = terms.required.is_none() && rare == any.len();
        let mut ids: Vec<I> = Vec::new();
        for (matched, ranked) in steps {
            if !ids.is_empty() && ids.len() >= self.limit {
                break;
            }
            let newest = match matched.as_str() {
                "" => None,
                matched => Some(self.count(index, matched)?),
            };
            let since = newest.filter(|newest| newest.counted >= self.ranked);
            let list = List {
                expression: self.expression(columns, ranked),
                weights: Some(weights),
                since: since.and_then(|newest| newest.last),
            };
            add(&mut ids, index.matches(&list, self.depth)?);
        }
        if !complete && ids.len() < self.limit {
            let list = List {
                expression: self.expression(columns, everything),
                weights: None,
                since: None,
            };
            add(&mut ids, index.matches(&list, self.limit)?);
        }
        Ok(Some(ids))
    }

    fn expression(&self, columns: &str, expression: String) -> String {
        let expression = match columns {
            "" => expression,
            columns => format!("{columns}({expression})"),
        };
        self.query.excluding(expression)
    }

    fn count<X: Index<Id = I>>(&mut self, index: &mut X, term: &str) -> Result<Newest<I>, X::Error> {
        if let Some(known) = self.counts.get(term) {
            return Ok(*known);
        }
        let newest = index.newest(term, self.ranked)?;
        self.counts.insert(term.to_owned(), newest);
        Ok(newest)
    }
}

/// Returns how many of the first terms are together in at most so many entries.
fn up_to(terms: &[(usize, &str)], limit: usize) -> usize {
    let mut sum = 0_usize;
    let fits = |(count, _): &&(usize, &str)| {
        sum = sum.saturating_add(*count);
        sum <= limit
    };
    terms.iter().take_while(fits).count()
}

fn add<I: Copy + Eq>(ids: &mut Vec<I>, more: Vec<I>) {
    for id in more {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
}
