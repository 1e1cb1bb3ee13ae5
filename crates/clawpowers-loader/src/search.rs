//! Ranked search over a catalog: BM25 with a weight for each field.
//!
//! Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.5 (the simple
//! extension to weighted fields): term counts of the fields are added up with their weights before saturation.

use std::collections::HashMap;

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

/// Ranks documents by how well they match `words`; those without any of the words are left out.
///
/// Equal scores keep the documents' order. Words are compared in lower case; of languages written without blanks every
/// character and every pair of neighbours is a word. A word of four letters or more also finds longer words that
/// start with it.
#[must_use]
pub fn rank(documents: &[Document], words: &str) -> Vec<Hit> {
    let query = terms(words);
    let counted: Vec<HashMap<String, f64>> = documents.iter().map(weighted).collect();
    let lengths: Vec<f64> = counted.iter().map(|counts| counts.values().sum()).collect();
    let mean = (lengths.iter().sum::<f64>() / lengths.len().max(1) as f64).max(1.0);
    let mut scores = vec![0.0; documents.len()];
    for term in &query {
        let found: Vec<f64> = counted.iter().map(|counts| frequency(counts, term)).collect();
        let holders = found.iter().filter(|&&count| count > 0.0).count() as f64;
        let rarity = (1.0 + (documents.len() as f64 - holders + 0.5) / (holders + 0.5)).ln();
        for ((score, count), length) in scores.iter_mut().zip(found).zip(&lengths) {
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

fn weighted(document: &Document) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
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

fn frequency(counts: &HashMap<String, f64>, term: &str) -> f64 {
    let exact = counts.get(term).copied().unwrap_or_default();
    if exact > 0.0 || term.chars().count() < 4 {
        return exact;
    }
    let longer = counts
        .iter()
        .filter(|(word, _)| word.starts_with(term))
        .map(|(_, count)| *count);
    longer.fold(0.0, f64::max) / 2.0
}

/// Splits a text into lower-case words.
fn terms(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
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
}
