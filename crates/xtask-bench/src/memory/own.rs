//! The committed set: entries, queries with the entries that answer them, and groups of errors that differ in values only.

use super::index::{Entries, Entry, Score};
use crate::Failure;
use clawpowers_text::{Fingerprint, Near, mask};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Prints how well queries of each kind are answered, and how well fingerprints group errors.
pub(crate) fn measure() -> Result<Found, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/memory");
    let entries = lines(&folder.join("entries.jsonl"))?;
    let text = |line: &Value, name: &str| {
        line.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let entry = |line: &Value| Entry {
        title: text(line, "title"),
        body: text(line, "body"),
        tags: text(line, "tags"),
        kind: text(line, "kind"),
        ..Entry::default()
    };
    let mut index = Entries::new(entries.iter().map(entry))?;
    let mut scores: BTreeMap<String, [Score; 2]> = BTreeMap::new();
    let mut sum = [Score::default(); 2];
    for query in lines(&folder.join("queries.jsonl"))? {
        let right = query.get("right").and_then(Value::as_array).into_iter().flatten();
        let right: Vec<i64> = right.filter_map(Value::as_i64).collect();
        let words = text(&query, "text");
        let found = [index.plain(&words, 20)?, index.search(&words, 20)?];
        let kind = scores.entry(text(&query, "kind")).or_default();
        for (score, hits) in kind.iter_mut().chain(&mut sum).zip(found.iter().cycle()) {
            score.add(hits, &right);
        }
    }
    for (kind, [plain, ours]) in &scores {
        plain.print(&format!("own set, {kind}, plain FTS5"));
        ours.print("  this search");
    }
    let [plain, ours] = sum;
    plain.print(&format!("own set, {} entries, plain FTS5", entries.len()));
    ours.print("  this search");
    let precision = grouping(&lines(&folder.join("groups.jsonl"))?);
    let proposed = proposing(&entries);
    Ok(Found {
        plain,
        ours,
        precision,
        proposed,
    })
}

/// The sums of the committed set.
pub(crate) struct Found {
    pub(crate) plain: Score,
    pub(crate) ours: Score,
    /// The share of pairs with equal fingerprints that differ in values only.
    pub(crate) precision: f64,
    /// The share of the pairs that `memory duplicates` proposes that say the same.
    pub(crate) proposed: f64,
}

fn grouping(lines: &[Value]) -> f64 {
    let mut found: HashMap<Option<Fingerprint>, Vec<i64>> = HashMap::new();
    for line in lines {
        let text = line.get("text").and_then(Value::as_str).unwrap_or_default();
        let group = line.get("group").and_then(Value::as_i64).unwrap_or_default();
        found
            .entry(Fingerprint::of(&mask(text).text))
            .or_default()
            .push(group);
    }
    let pairs = |groups: &[i64]| -> (usize, usize) {
        let mut counts: HashMap<i64, usize> = HashMap::new();
        groups
            .iter()
            .for_each(|group| *counts.entry(*group).or_default() += 1);
        let same = counts.values().map(|count| count * (count - 1) / 2).sum();
        (same, groups.len() * (groups.len() - 1) / 2)
    };
    let (mut same, mut all) = (0, 0);
    for groups in found.values() {
        let (right, pairs) = pairs(groups);
        same += right;
        all += pairs;
    }
    let groups: Vec<i64> = lines
        .iter()
        .filter_map(|line| line.get("group")?.as_i64())
        .collect();
    let (wanted, _) = pairs(&groups);
    println!(
        "own set, {} errors by fingerprint: pair precision {:.4}   pair recall {:.3}",
        lines.len(),
        same as f64 / all.max(1) as f64,
        same as f64 / wanted.max(1) as f64
    );
    same as f64 / all.max(1) as f64
}

/// Adds to each entry one that says it in another order without every sixth word, and returns which share of the pairs that
/// `memory duplicates` proposes is of one entry.
fn proposing(entries: &[Value]) -> f64 {
    let mut near = Near::default();
    let mut known = HashSet::new();
    for entry in entries {
        let text = |name| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let masked = mask(&format!("{} {}", text("title"), text("body"))).text;
        // Entries that only differ in values are merged, and not proposed.
        if !known.insert(Fingerprint::of(&mask(text("body")).text)) {
            continue;
        }
        let words: Vec<&str> = masked.split_whitespace().rev().collect();
        let others = words.iter().enumerate().filter(|(place, _)| place % 6 != 5);
        let others: Vec<&str> = others.map(|(_, word)| *word).collect();
        near.add(&masked);
        near.add(&others.join(" "));
    }
    let found = near.pairs(0.6, |_, _| true).pairs;
    let right = found
        .iter()
        .filter(|pair| pair.first / 2 == pair.second / 2)
        .count();
    let precision = right as f64 / found.len().max(1) as f64;
    println!(
        "own set, {} entries, each also in another order: pair precision of duplicates {precision:.3}   pair recall {:.3}",
        known.len(),
        right as f64 / known.len().max(1) as f64
    );
    precision
}

fn lines(file: &Path) -> Result<Vec<Value>, Failure> {
    let text = std::fs::read_to_string(file)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_set_is_answered_better_than_by_plain_fts5() {
        let found = super::measure().unwrap();
        assert!(found.ours.queries >= 80);
        assert!(
            found.ours.first() > found.plain.first() + 0.1,
            "{}",
            found.ours.first()
        );
        assert!(found.ours.first() >= 0.68, "{}", found.ours.first());
        assert!(found.precision >= 0.998, "{}", found.precision);
        assert!(found.proposed >= 0.9, "{}", found.proposed);
    }
}
