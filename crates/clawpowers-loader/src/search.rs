//! Ranked search over a catalog: BM25 with a weight for each field.
//!
//! Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.5 (the simple
//! extension to weighted fields): term counts of the fields are added up with their weights before saturation.

use std::collections::BTreeMap;
use std::ops::Bound;
use unicode_normalization::UnicodeNormalization as _;

/// How fast repeated words stop counting.
const K1: f64 = 1.2;
/// How much long texts are held back.
const B: f64 = 0.75;
/// What a word counts in the name, in the tags, in the description, in the headings.
const WEIGHTS: [f64; 4] = [5.0, 3.0, 2.0, 1.0];

/// The searchable texts of one skill.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The name.
    pub name: String,
    /// The tags.
    pub tags: Vec<String>,
    /// The description.
    pub description: String,
    /// The headings of the body.
    pub headings: Vec<String>,
}

/// One hit: the index of the document and its score, the higher the better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index into the documents.
    pub index: usize,
    /// BM25 score.
    pub score: f64,
}

/// For each word the documents that hold it, each with its weighted count; sorted, so that longer words are neighbours.
type Index = BTreeMap<String, Vec<(usize, f64)>>;

/// Ranks documents by how well they match `words`; those without any of the words are left out.
///
/// Equal scores keep the documents' order. Words are compared in lower case after NFKC, and one that is named twice
/// counts once; of languages written without blanks every character and every pair of neighbours is a word. A word of
/// four letters or more also finds longer words that start with it.
#[must_use]
pub fn rank(documents: &[Document], words: &str) -> Vec<Hit> {
    let mut index = Index::new();
    let mut lengths = Vec::with_capacity(documents.len());
    for (place, document) in documents.iter().enumerate() {
        let counts = weighted(document);
        lengths.push(counts.values().sum::<f64>());
        for (word, count) in counts {
            index.entry(word).or_default().push((place, count));
        }
    }
    let mean = (lengths.iter().sum::<f64>() / lengths.len().max(1) as f64).max(1.0);
    let mut scores = vec![0.0; documents.len()];
    let mut query = terms(words);
    query.sort_unstable();
    query.dedup();
    for term in &query {
        let found = holders(&index, term);
        let rarity = (documents.len() as f64 - found.len() as f64 + 0.5) / (found.len() as f64 + 0.5);
        let rarity = (1.0 + rarity).ln();
        for (place, count) in found {
            let (Some(score), Some(length)) = (scores.get_mut(place), lengths.get(place)) else {
                continue;
            };
            *score += rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean));
        }
    }
    let mut hits: Vec<Hit> = scores
        .into_iter()
        .enumerate()
        .filter(|(_, s)| *s > 0.0)
        .map(|(index, score)| Hit { index, score })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
    hits
}

fn weighted(document: &Document) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    let fields = [
        &document.name,
        &document.tags.join(" "),
        &document.description,
        &document.headings.join(" "),
    ];
    for (text, weight) in fields.into_iter().zip(WEIGHTS) {
        for term in terms(text) {
            *counts.entry(term).or_insert(0.0) += weight;
        }
    }
    counts
}

/// Gives the documents that hold a word with its count; where it only starts a longer word, half of the best one's.
fn holders(index: &Index, term: &str) -> BTreeMap<usize, f64> {
    let mut found = BTreeMap::new();
    if term.chars().count() >= 4 {
        let from = (Bound::Excluded(term), Bound::Unbounded);
        let longer = index.range::<str, _>(from);
        for (_, holders) in longer.take_while(|(word, _)| word.starts_with(term)) {
            for &(place, count) in holders {
                let best = found.entry(place).or_insert(0.0);
                *best = f64::max(*best, count / 2.0);
            }
        }
    }
    found.extend(index.get(term).into_iter().flatten().copied());
    found
}

/// Splits a text into lower-case words.
fn terms(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    // Twice, since a lower-case letter may be written in two ways again.
    let text: String = text.nfkc().collect::<String>().to_lowercase().nfkc().collect();
    for run in text.split(|c: char| !c.is_alphanumeric()) {
        let mut latin = String::new();
        let mut previous = None;
        for c in run.chars() {
            if is_unspaced(c) {
                if !latin.is_empty() {
                    words.push(std::mem::take(&mut latin));
                }
                words.push(c.to_string());
                if let Some(previous) = previous {
                    words.push([previous, c].iter().collect());
                }
                previous = Some(c);
            } else {
                previous = None;
                latin.push(c);
            }
        }
        if !latin.is_empty() {
            words.push(latin);
        }
    }
    words
}

/// Tells whether a character belongs to a script that puts no blanks between words.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
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
        let documents = [document("cafe\u{301}", "x"), document("\u{ff30}DF", "x")];
        for (words, place) in [
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
    fn very_many_words_do_not_cost_a_look_at_every_word_for_each() {
        let text = |from: usize| {
            (from..from + 200)
                .map(|n| format!("word{n} "))
                .collect::<String>()
        };
        let documents: Vec<_> = (0..500).map(|n| document("x", &text(n * 200))).collect();
        let began = std::time::Instant::now();
        let words: String = (0..20_000).map(|n| format!("other{n} ")).collect();
        assert_eq!(rank(&documents, &words), []);
        assert!(began.elapsed().as_secs() < 10);
    }
}
