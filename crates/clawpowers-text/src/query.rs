//! Queries: what people and agents type, as an expression of SQLite's FTS5.

use crate::stem::stem;
use crate::stop::is_stop_word;
use crate::words::{each_term, each_word, is_unspaced};
use crate::{Masked, mask};
use std::collections::HashSet;

/// The maximum number of bytes of a query that are read; the rest is ignored.
pub const MAX_QUERY_BYTES: usize = 16 * 1024;
/// The maximum number of words, phrases and prefixes that are searched for; further ones are ignored.
pub const MAX_TERMS: usize = 64;
/// The values of `kind:`.
pub const KINDS: [&str; 4] = ["working", "episodic", "semantic", "procedural"];
/// A text of at least so many words with a value among them is an error or a line of a log.
const MIN_PASTED: usize = 8;
/// A phrase has at most so many words.
const MAX_PHRASE: usize = 16;

/// A parsed query.
///
/// Words are folded, and function words such as `the` are left out unless nothing else is left. `"…"` is a phrase, which
/// a hit must contain; `word*` matches the words that start with it; `-word`, `-word*` and `-"…"` leave out the entries that
/// contain it; `tag:NAME`, `tag:"…"` and `kind:KIND` are filters. Everything else is text, so that no query is a syntax error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words, each once, in order.
    pub words: Vec<String>,
    /// The words of each phrase, separated by spaces.
    pub phrases: Vec<String>,
    /// The starts of words.
    pub prefixes: Vec<String>,
    /// The words, phrases and starts of words (`log*`) that a hit must not contain.
    pub without: Vec<String>,
    /// The tags that a hit must have, as typed.
    pub tags: Vec<String>,
    /// The kinds of which a hit must have one.
    pub kinds: Vec<String>,
    /// The words of the first line, if the text has several lines: it is a title or a message.
    pub first_line: Vec<String>,
    /// The text with its values replaced.
    pub masked: Masked,
    text: String,
}

impl Query {
    /// Parses a query.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = start(text, MAX_QUERY_BYTES).trim();
        if is_pasted(text) {
            return Self::plain(text);
        }
        let mut query = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        let rest = query.operators(text);
        query.words = distinct(&rest);
        query.masked = mask(text);
        query
    }

    /// Takes a text as it is, without operators.
    fn plain(text: &str) -> Self {
        let first = text.split_once('\n').map(|(first, _)| distinct(first));
        Self {
            words: distinct(text),
            first_line: first.unwrap_or_default(),
            masked: mask(text),
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// Returns the query without its phrases, if it has phrases and values: then it may be an error.
    pub(crate) fn literal(&self) -> Option<Self> {
        (!self.phrases.is_empty() && self.has_values()).then(|| Self {
            tags: self.tags.clone(),
            kinds: self.kinds.clone(),
            ..Self::plain(&self.text)
        })
    }

    /// The text that was parsed, without white space around it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Takes the operators out of a text and returns the rest.
    fn operators(&mut self, text: &str) -> String {
        let mut rest = String::new();
        let pieces = text.split('"');
        let mut operator = None;
        let mut left = text.bytes().filter(|byte| *byte == b'"').count();
        for mut piece in pieces {
            if let Some(operator) = operator.take() {
                self.quoted(operator, piece);
                left -= 1;
                continue;
            }
            // The last quotation mark of an odd number is text.
            let opens = left > 1;
            left = left.saturating_sub(1);
            if opens {
                let known = ["tag:", "kind:", "-"].into_iter();
                let mut found = known.filter_map(|operator| Some((operator, piece.strip_suffix(operator)?)));
                let starts = |before: &str| before.is_empty() || before.ends_with(char::is_whitespace);
                let found = found.find(|(_, before)| starts(before));
                let (name, before) = found.unwrap_or(("", piece));
                (operator, piece) = (Some(name), before);
            }
            piece
                .split_whitespace()
                .for_each(|word| self.word(word, &mut rest));
        }
        rest
    }

    /// Takes a text in quotation marks with the operator before it.
    fn quoted(&mut self, operator: &str, text: &str) {
        match operator {
            "tag:" | "kind:" if !text.trim().is_empty() => {
                // A kind that does not exist is text, like a word.
                let mut rest = String::new();
                self.word(&format!("{operator}{}", text.trim()), &mut rest);
            }
            "-" => self.leave_out(text, ""),
            _ => self.phrase(text),
        }
    }

    /// Leaves out the entries that contain a phrase.
    fn leave_out(&mut self, text: &str, suffix: &str) {
        let mut words = Vec::new();
        each_term(text, |word| words.push(word.to_owned()));
        words.truncate(MAX_PHRASE);
        if !words.is_empty() && self.without.len() < MAX_TERMS {
            push_new(&mut self.without, words.join(" ") + suffix);
        }
    }

    fn phrase(&mut self, text: &str) {
        let mut words = Vec::new();
        each_term(text, |word| words.push(word.to_owned()));
        words.truncate(MAX_PHRASE);
        if words.is_empty() || self.phrases.len() + words.len() > MAX_TERMS {
            return;
        }
        if words.iter().any(|word| word.starts_with(is_unspaced)) {
            // The index has no order of pairs.
            words
                .into_iter()
                .for_each(|word| push_new(&mut self.phrases, word));
        } else {
            push_new(&mut self.phrases, words.join(" "));
        }
    }

    fn word(&mut self, word: &str, rest: &mut String) {
        let name = |prefix: &str| word.strip_prefix(prefix).filter(|name| !name.is_empty());
        if let Some(tag) = name("tag:").filter(|_| self.tags.len() < MAX_TERMS) {
            push_new(&mut self.tags, tag.to_owned());
            return;
        }
        if let Some(kind) =
            name("kind:").and_then(|kind| KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(kind)))
        {
            push_new(&mut self.kinds, kind.to_owned());
            return;
        }
        if let Some(without) = name("-") {
            let (word, suffix) = without
                .strip_suffix('*')
                .map_or((without, ""), |word| (word, "*"));
            // `-1` is a number and `-l` an option.
            let is_word = word.starts_with(char::is_alphabetic) && word.chars().nth(1).is_some();
            if is_word && word.chars().all(char::is_alphanumeric) {
                self.leave_out(word, suffix);
                return;
            }
        }
        let start = word
            .strip_suffix('*')
            .filter(|start| start.chars().all(char::is_alphanumeric));
        if let Some(start) = start.filter(|start| !start.is_empty() && self.prefixes.len() < MAX_TERMS) {
            each_word(start, |word| push_new(&mut self.prefixes, word.to_owned()));
            return;
        }
        rest.push_str(word);
        rest.push(' ');
    }

    /// Returns whether the text looks like an error or a line of a log: it holds values, and is no question.
    #[must_use]
    pub fn has_values(&self) -> bool {
        !self.masked.values.is_empty() && !self.text.ends_with('?')
    }

    /// Renders the query for `MATCH`, or returns `None` if it has nothing to search for.
    ///
    /// Every word is quoted, and there are at most [`MAX_TERMS`] of each sort.
    #[must_use]
    pub fn expression(&self) -> Option<String> {
        let terms = self.terms(&self.words);
        let any = terms.any.iter().map(String::as_str);
        let expression = match &terms.required {
            Some(required) => with_scores(required, any),
            None => any.collect::<Vec<_>>().join(" OR "),
        };
        (!expression.is_empty()).then(|| self.excluding(expression))
    }

    /// Renders what a hit must have, with these words instead of those of the query.
    pub(crate) fn terms(&self, words: &[String]) -> Terms {
        let phrases: Vec<String> = self.phrases.iter().map(|phrase| quoted(phrase)).collect();
        let words = words.iter().take(MAX_TERMS).map(|word| quoted(word));
        let starts = self.prefixes.iter().take(MAX_TERMS);
        Terms {
            required: (!phrases.is_empty()).then(|| phrases.join(" AND ")),
            any: words
                .chain(starts.map(|start| format!("{} *", quoted(start))))
                .collect(),
        }
    }

    /// Adds to an expression what a hit must not contain.
    pub(crate) fn excluding(&self, expression: String) -> String {
        match self.exclusion() {
            Some(without) => format!("({expression}) NOT ({without})"),
            None => expression,
        }
    }

    /// Renders what a hit must contain for `MATCH`, or returns `None` if it need not contain anything.
    #[must_use]
    pub fn requirement(&self) -> Option<String> {
        let phrases: Vec<String> = self.phrases.iter().map(|phrase| quoted(phrase)).collect();
        (!phrases.is_empty()).then(|| phrases.join(" AND "))
    }

    /// Renders what a hit must not contain for `MATCH`, or returns `None` if it may contain everything.
    #[must_use]
    pub fn exclusion(&self) -> Option<String> {
        let term = |term: &String| match term.strip_suffix('*') {
            Some(start) => format!("{} *", quoted(start)),
            // The index has no order of pairs.
            None if term.contains(is_unspaced) => {
                let words: Vec<String> = term.split(' ').map(quoted).collect();
                format!("({})", words.join(" AND "))
            }
            None => quoted(term),
        };
        let terms: Vec<String> = self.without.iter().map(term).collect();
        (!terms.is_empty()).then(|| terms.join(" OR "))
    }

    /// Returns the words of the query that a text contains, in the order of the query: a reason for a hit.
    #[must_use]
    pub fn matched(&self, text: &str) -> Vec<String> {
        let mut stems = HashSet::new();
        let mut all = Vec::new();
        each_word(text, |word| {
            if stems.insert(stem(word).to_owned()) && !self.prefixes.is_empty() {
                all.push(word.to_owned());
            }
        });
        let phrases = self.phrases.iter().flat_map(|phrase| phrase.split(' '));
        let words = phrases.chain(self.words.iter().map(String::as_str));
        let mut found: Vec<String> = Vec::new();
        for word in words.filter(|word| stems.contains(stem(word))) {
            if !found.iter().any(|known| known == word) {
                found.push(word.to_owned());
            }
        }
        let starts = self.prefixes.iter();
        found.extend(
            starts
                .filter(|start| all.iter().any(|word| word.starts_with(start.as_str())))
                .map(|start| format!("{start}*")),
        );
        found
    }
}

/// Returns whether a text was not typed by a person, so that a `-` or a quotation mark in it means nothing: it has several
/// lines, or it is long and holds values.
fn is_pasted(text: &str) -> bool {
    let text = text.trim();
    text.contains('\n') || (text.split_whitespace().count() >= MIN_PASTED && !mask(text).values.is_empty())
}

/// Returns the words of a text that say something, each once and in order; all of them if none does.
pub(crate) fn distinct(text: &str) -> Vec<String> {
    let mut known = HashSet::new();
    let (mut words, mut all) = (Vec::new(), Vec::new());
    each_term(text, |word| {
        if words.len() < MAX_TERMS && known.insert(word.to_owned()) {
            if !is_stop_word(word) {
                words.push(word.to_owned());
            }
            all.push(word.to_owned());
        }
    });
    let mut chosen = if words.is_empty() { all } else { words };
    chosen.truncate(MAX_TERMS);
    chosen
}

/// What a hit must have, as expressions of FTS5.
pub(crate) struct Terms {
    /// Each hit has all of it.
    pub(crate) required: Option<String>,
    /// A hit has one of these, unless something is required.
    pub(crate) any: Vec<String>,
}

/// Renders an expression that matches what another one matches, and ranks by more words.
pub(crate) fn with_scores<'a>(matched: &str, words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.is_empty() {
        true => matched.to_owned(),
        false if matched.contains(" OR ") => {
            format!("({matched}) AND ({matched} OR {})", words.join(" OR "))
        }
        false => format!("{matched} AND ({matched} OR {})", words.join(" OR ")),
    }
}

/// Returns a string of FTS5. Folded words hold no quotation marks.
fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

/// Returns the start of a text of at most `limit` bytes.
pub(crate) fn start(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Adds a term, each once: the index would compute the same again for each.
fn push_new(terms: &mut Vec<String>, term: String) {
    if !terms.contains(&term) {
        terms.push(term);
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn every_term_is_searched_once() {
        let query = Query::parse(&"\"a b\" pre* -word tag:t kind:semantic ".repeat(50));
        for terms in [
            &query.phrases,
            &query.prefixes,
            &query.without,
            &query.tags,
            &query.kinds,
        ] {
            assert_eq!(terms.len(), 1, "{query:?}");
        }
    }
}
