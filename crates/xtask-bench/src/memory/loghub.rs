//! Lines of logs with their templates, from the loghub collection: `SYSTEM/SYSTEM_2k.log_structured.csv`.

use super::csv::{read, rows};
use super::index::{Entries, Entry, Score};
use crate::Failure;
use clawpowers_text::{Fingerprint, mask};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Distractors for each query: other templates of the system, filled with the values of the query.
const DISTRACTORS: usize = 3;

/// Systems that no rule was adjusted with.
const HELD_OUT: [&str; 8] = [
    "Apache",
    "HDFS",
    "Hadoop",
    "HealthApp",
    "Spark",
    "Thunderbird",
    "Windows",
    "Zookeeper",
];
/// A line of a log.
struct Line {
    text: String,
    template: String,
}

/// Measures search and grouping, for the systems that rules were adjusted with and for the others.
pub(crate) fn measure(folder: &Path) -> Result<(), Failure> {
    let mut systems: Vec<(String, Vec<Line>)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    for name in names {
        let file = folder.join(&name).join(format!("{name}_2k.log_structured.csv"));
        let Some(text) = read(&file)? else { continue };
        let line = |mut row: HashMap<String, String>| {
            Some(Line {
                text: row.remove("Content")?,
                template: row.remove("EventTemplate")?,
            })
        };
        systems.push((name, rows(&text).into_iter().filter_map(line).collect()));
    }
    grouping(&systems);
    for hard in [false, true] {
        retrieval(&systems, hard)?;
    }
    Ok(())
}

/// Prints how well fingerprints group lines by their templates.
fn grouping(systems: &[(String, Vec<Line>)]) {
    let mut halves = [(0.0, 0, 0, 0.0); 2];
    for (name, lines) in systems {
        let mut found: BTreeMap<(Option<Fingerprint>, String), Vec<&str>> = BTreeMap::new();
        let mut truth: HashMap<&str, usize> = HashMap::new();
        for line in lines {
            let masked = mask(&line.text).text;
            let fingerprint = Fingerprint::of(&masked);
            let own = if fingerprint.is_some() {
                String::new()
            } else {
                masked
            };
            found.entry((fingerprint, own)).or_default().push(&line.template);
            *truth.entry(&line.template).or_default() += 1;
        }
        let (mut right, mut same, mut pairs) = (0, 0, 0);
        for group in found.values() {
            let mut counts: HashMap<&str, usize> = HashMap::new();
            for template in group {
                *counts.entry(template).or_default() += 1;
            }
            pairs += group.len() * (group.len() - 1) / 2;
            same += counts
                .values()
                .map(|count| count * (count - 1) / 2)
                .sum::<usize>();
            if let (1, Some(template)) = (counts.len(), group.first())
                && truth.get(template) == Some(&group.len())
            {
                right += group.len();
            }
        }
        let accuracy = right as f64 / lines.len() as f64;
        println!(
            "  {name:<12} grouping accuracy {accuracy:.3}   pair precision {:.4}",
            same as f64 / pairs as f64
        );
        if let Some(half) = halves.get_mut(usize::from(HELD_OUT.contains(&name.as_str()))) {
            half.0 += accuracy;
            half.1 += same;
            half.2 += pairs;
            half.3 += 1.0;
        }
    }
    let [a, b] = halves;
    let all = (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3);
    for (label, half) in [("tuned", a), ("held out", b), ("all", all)] {
        println!(
            "log lines by fingerprint, {label:<9} grouping accuracy {:.3}   pair precision {:.4}",
            half.0 / half.3,
            half.1 as f64 / half.2 as f64
        );
    }
}

/// Searches with a later line of a template for its first line.
///
/// Entries with equal fingerprints are one entry, as in the product.
fn retrieval(systems: &[(String, Vec<Line>)], hard: bool) -> Result<(), Failure> {
    let (mut entries, mut known) = (Vec::new(), HashMap::new());
    let mut queries: Vec<(bool, &str, i64)> = Vec::new();
    let mut distractors = Vec::new();
    for (name, lines) in systems {
        let mut first: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
        let mut later: BTreeMap<&str, &str> = BTreeMap::new();
        for line in lines {
            match first.get(line.template.as_str()) {
                None => {
                    let id = merged(&mut entries, &mut known, line.text.clone());
                    first.insert(&line.template, (&line.text, id));
                }
                Some((text, _)) if *text != line.text => {
                    later.entry(&line.template).or_insert(&line.text);
                }
                Some(_) => {}
            }
        }
        let templates: Vec<&str> = first
            .keys()
            .copied()
            .filter(|template| template.contains("<*>"))
            .collect();
        for (number, (template, text)) in later.iter().enumerate() {
            if let Some((_, id)) = first.get(template) {
                queries.push((HELD_OUT.contains(&name.as_str()), text, *id));
            }
            let values = values(template, text);
            if values.is_empty() {
                continue;
            }
            let others = templates
                .iter()
                .filter(|other| *other != template)
                .collect::<Vec<_>>();
            for step in 0..DISTRACTORS.min(others.len()) {
                if let Some(other) = others.get((number * 7 + step * 13) % others.len()) {
                    distractors.push(fill(other, &values));
                }
            }
        }
    }
    let count = entries.len();
    if hard {
        for distractor in distractors {
            merged(&mut entries, &mut known, distractor);
        }
    }
    let count = entries.len() - count;
    let mut index = Entries::new(entries.into_iter().map(|body| Entry {
        body,
        ..Entry::default()
    }))?;
    let (mut plain, mut ours) = (Score::default(), [Score::default(); 2]);
    for (held_out, text, id) in &queries {
        plain.add(&index.plain(text, 20)?, &[*id]);
        let hits = index.search(text, 20)?;
        if let Some(half) = ours.get_mut(usize::from(*held_out)) {
            half.add(&hits, &[*id]);
        }
    }
    let kind = if hard {
        format!("with {count} distractors")
    } else {
        "without distractors".to_owned()
    };
    plain.print(&format!("log lines {kind}, plain FTS5"));
    let [tuned, held] = ours;
    tuned.print("  this search, tuned half");
    held.print("  this search, held out half");
    let mut all = tuned;
    all.join(held);
    all.print("  this search, all");
    Ok(())
}

/// Adds a text unless it differs from another only in its values, and returns the id.
fn merged(entries: &mut Vec<String>, known: &mut HashMap<Fingerprint, i64>, text: String) -> i64 {
    let id = entries.len() as i64 + 1;
    let Some(fingerprint) = Fingerprint::of(&mask(&text).text) else {
        entries.push(text);
        return id;
    };
    let known = *known.entry(fingerprint).or_insert(id);
    if known == id {
        entries.push(text);
    }
    known
}

/// The texts that a line has in the places of its template.
fn values(template: &str, text: &str) -> Vec<String> {
    let mut parts = template.split("<*>");
    let mut rest = text
        .strip_prefix(parts.next().unwrap_or_default())
        .unwrap_or(text);
    let mut found = Vec::new();
    for part in parts {
        let end = if part.is_empty() {
            rest.len()
        } else {
            rest.find(part).unwrap_or(rest.len())
        };
        let (value, after) = rest.split_at(end);
        found.push(value.to_owned());
        rest = after.strip_prefix(part).unwrap_or_default();
    }
    found.retain(|value| !value.is_empty());
    found
}

fn fill(template: &str, values: &[String]) -> String {
    let mut filled = String::new();
    for (index, part) in template.split("<*>").enumerate() {
        if index > 0 {
            filled.push_str(values.get((index - 1) % values.len()).map_or("", String::as_str));
        }
        filled.push_str(part);
    }
    filled
}
