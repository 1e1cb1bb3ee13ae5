//! Ranked search over a catalog: BM25 with a weight for each field.
//!
//! Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.5 (the simple
//! extension to weighted fields): term counts of the fields are added up with their weights before saturation.

mod query;

use crate::parallel;
use crate::sort;
use query::{Query, Tally};

/// BM25 `k1`: term-frequency saturation.
const K1: f64 = 1.2;
/// BM25 `b`: length normalization.
const B: f64 = 0.75;
/// The weight of a word in the name, the tags, the description and the headings.
const WEIGHTS: [f64; 4] = [5.0, 3.0, 2.0, 1.0];
/// The minimum number of best matches by name, tags and description whose headings are read.
const CANDIDATES: usize = 50;
/// The same for each requested hit.
const CANDIDATES_PER_HIT: usize = 4;

/// The searchable strings of one skill.
#[derive(Debug, Clone, Default)]
pub struct Document {
    pub name: String,
    pub tags: Vec<String>,
    pub description: String,
    /// The headings of the body.
    pub headings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index into the documents.
    pub index: usize,
    /// BM25 score; higher is better.
    pub score: f64,
}

/// Ranks documents by how well they match `words`; those without any of the words are left out.
///
/// Equal scores keep the documents' order. Words are compared in lower case after NFKC, and a repeated word counts once.
/// In scripts without spaces every character and every pair of adjacent characters is a word. English words also match
/// their inflected forms, and a word of four or more letters matches longer words that start with it.
#[must_use]
pub fn rank(documents: &[Document], words: &str) -> Vec<Hit> {
    let query = Query::new(words);
    let tallies = parallel::map(documents, |document| tally(&query, document));
    Ranking::of(&query, &tallies).hits(tallies.iter().enumerate())
}

/// Ranks documents without headings; `headings` reads those of one.
///
/// Only the headings of the best candidates by name, tags and description are read, and decide among those. If there are
/// fewer hits than `limit`, all headings are read.
#[must_use]
pub fn rank_lazily(
    documents: &[Document],
    words: &str,
    limit: usize,
    headings: &(impl Fn(usize) -> Vec<String> + Sync),
) -> Vec<Hit> {
    let query = Query::new(words);
    let tallies = parallel::map(documents, |document| tally(&query, document));
    let with_headings = |&(index, tally): &(usize, &Tally)| {
        let mut tally = tally.clone();
        query.count(&mut tally, &headings(index), WEIGHTS[3]);
        (index, tally)
    };
    let mut ranking = Ranking::of(&query, &tallies);
    let hits = ranking.hits(tallies.iter().enumerate());
    if hits.len() < limit {
        let all: Vec<_> = tallies.iter().enumerate().collect();
        let all = parallel::map(&all, with_headings);
        let tallies: Vec<_> = all.into_iter().map(|(_, tally)| tally).collect();
        return Ranking::of(&query, &tallies).hits(tallies.iter().enumerate());
    }
    let count = limit.saturating_mul(CANDIDATES_PER_HIT).max(CANDIDATES);
    let best = hits.iter().take(count);
    let best: Vec<_> = best
        .filter_map(|hit| Some((hit.index, tallies.get(hit.index)?)))
        .collect();
    let full = parallel::map(&best, with_headings);
    let before: f64 = best.iter().map(|(_, tally)| tally.length).sum();
    let after: f64 = full.iter().map(|(_, tally)| tally.length).sum();
    // Assumes that headings make all strings longer by the same length.
    ranking.mean += (after - before) / best.len().max(1) as f64;
    ranking.hits(full.iter().map(|(index, tally)| (*index, tally)))
}

fn tally(query: &Query, document: &Document) -> Tally {
    let mut tally = Tally::default();
    let [name, tags, description, headings] = WEIGHTS;
    query.count(&mut tally, [&document.name], name);
    query.count(&mut tally, &document.tags, tags);
    query.count(&mut tally, [&document.description], description);
    query.count(&mut tally, &document.headings, headings);
    tally
}

/// The statistics of all documents.
struct Ranking {
    /// How rare each term of the query is.
    rarities: Vec<f64>,
    /// The mean length of the documents.
    mean: f64,
}

impl Ranking {
    fn of(query: &Query, tallies: &[Tally]) -> Self {
        let count = tallies.len() as f64;
        let mut holders = vec![0_usize; query.len()];
        for (term, _) in tallies.iter().flat_map(|tally| &tally.found) {
            if let Some(holders) = holders.get_mut(*term) {
                *holders += 1;
            }
        }
        let rarity = |holders: usize| {
            let holders = holders as f64;
            (1.0 + (count - holders + 0.5) / (holders + 0.5)).ln()
        };
        let length: f64 = tallies.iter().map(|tally| tally.length).sum();
        Self {
            rarities: holders.into_iter().map(rarity).collect(),
            mean: (length / count.max(1.0)).max(1.0),
        }
    }

    fn hits<'a>(&self, tallies: impl Iterator<Item = (usize, &'a Tally)>) -> Vec<Hit> {
        let score = |tally: &Tally| -> f64 {
            let terms = tally.found.iter().map(|(term, &count)| {
                let rarity = self.rarities.get(*term).copied().unwrap_or_default();
                rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * tally.length / self.mean))
            });
            terms.sum()
        };
        let mut hits: Vec<Hit> = tallies
            .map(|(index, tally)| Hit {
                index,
                score: score(tally),
            })
            .filter(|hit| hit.score > 0.0)
            .collect();
        sort::by(&mut hits, |a, b| {
            b.score.total_cmp(&a.score).then(a.index.cmp(&b.index))
        });
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str, description: &str) -> Document {
        Document {
            name: name.into(),
            description: description.into(),
            ..Document::default()
        }
    }

    #[test]
    fn names_beat_descriptions_and_rare_words_beat_common_ones() {
        let documents = [
            document("pdf-reader", "Reads documents"),
            document("notes", "Takes notes, reads pdf files too and much else besides"),
            document("debugging", "数据库调试。Finds bugs"),
        ];
        let order = |words: &str| {
            rank(&documents, words)
                .iter()
                .map(|hit| hit.index)
                .collect::<Vec<_>>()
        };
        assert_eq!(order("pdf"), [0, 1]);
        assert_eq!(order("debug"), [2]);
        assert_eq!(order("调试"), [2]);
        assert_eq!(order("zebra"), [] as [usize; 0]);
    }

    #[test]
    fn the_same_word_in_another_encoding_is_found() {
        let documents = [
            document("cafe\u{301}", "x"),
            document("\u{ff30}DF", "x"),
            document("Größe", "Ёлка"),
            document("ガイド", "x"),
        ];
        for (words, place) in [
            ("cafe", 0),
            ("Cafés", 0),
            ("grosse", 2),
            ("GRÖSSE", 2),
            ("елка", 2),
            ("ガイド", 3),
            ("caf\u{e9}", 0),
            ("CAFE\u{301}", 0),
            ("pdf", 1),
            ("\u{ff50}\u{ff44}\u{ff46}", 1),
        ] {
            let hits = rank(&documents, words);
            assert_eq!(
                hits.iter().map(|hit| hit.index).collect::<Vec<_>>(),
                [place],
                "{words}"
            );
        }
    }

    #[test]
    fn a_repeated_word_counts_once_and_a_whole_word_more_than_a_start() {
        let documents = [document("debugging", "a"), document("debug", "a")];
        assert_eq!(rank(&documents, "debug debug"), rank(&documents, "debug"));
        let order: Vec<_> = rank(&documents, "debug").iter().map(|hit| hit.index).collect();
        assert_eq!(order, [1, 0]);
        assert_eq!(rank(&[], "x"), []);
    }

    #[test]
    fn inflected_forms_are_found() {
        let documents = [
            document("heap-profiler", "Finds memory leaks in running processes"),
            document("notes", "Keeps notes about anything"),
            document("other", "Debugging of notes"),
        ];
        let first = |words: &str| rank(&documents, words).first().map(|hit| hit.index);
        for words in [
            "debug memory leak",
            "leaking",
            "leak",
            "process",
            "find a leak",
            "run",
        ] {
            assert_eq!(first(words), Some(0), "{words}");
        }
        assert_eq!(first("debugged"), Some(2));
        assert_eq!(first("note"), Some(1));
    }

    #[test]
    fn headings_are_read_only_for_the_best_matches() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let documents: Vec<_> = (0..400)
            .map(|n| document(&format!("a{n}"), "Reads files"))
            .collect();
        let read = AtomicUsize::new(0);
        let headings = |index: usize| {
            read.fetch_add(1, Ordering::Relaxed);
            match index {
                7 => vec!["Reads files".to_owned()],
                300 => vec!["Zebra".to_owned()],
                _ => vec!["Other words".to_owned()],
            }
        };
        let first = |words: &str, limit| {
            rank_lazily(&documents, words, limit, &headings)
                .first()
                .map(|hit| hit.index)
        };
        assert_eq!(first("files", 10), Some(7));
        assert_eq!(read.load(Ordering::Relaxed), CANDIDATES);
        // What no name or description holds is looked for in all headings.
        assert_eq!(first("zebra", 10), Some(300));
        assert_eq!(read.load(Ordering::Relaxed), CANDIDATES + 400);
    }

    #[test]
    fn twenty_thousand_unknown_words_find_nothing_among_as_many_known_ones() {
        let text = |from: usize| {
            (from..from + 200)
                .map(|n| format!("word{n} "))
                .collect::<String>()
        };
        let documents: Vec<_> = (0..500).map(|n| document("x", &text(n * 200))).collect();
        let words: String = (0..20_000).map(|n| format!("other{n} ")).collect();
        assert_eq!(rank(&documents, &words), []);
    }
}
