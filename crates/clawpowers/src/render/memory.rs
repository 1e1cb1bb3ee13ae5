//! What agents remember.

use super::format::minute;
use super::table::{self, Column, one_line, truncate};
use crate::out::Out;
use clawpowers_api::operations::checkpoint::list::Checkpoint;
use clawpowers_api::operations::memory;
use clawpowers_api::operations::memory::search::Hit;
use clawpowers_api::pluralize;
use clawpowers_api::wire::MemoryEntry;

/// How much of an entry a list shows, in columns.
const SHOWN: usize = 300;

pub(crate) fn entry(response: &memory::get::Response) -> String {
    let entry = &response.entry;
    let mut text = heading(entry);
    for link in &response.links {
        let relation = link.relation.as_str();
        text.push_str(&format!("  {} {relation} {}\n", link.origin, link.target));
    }
    text.push_str(&format!("\n{}\n", entry.content.trim_end()));
    for example in &entry.examples {
        text.push_str(&format!("\nalso:\n{}\n", example.trim_end()));
    }
    text
}

pub(crate) fn list(entries: &[MemoryEntry], full: bool) -> String {
    entries
        .iter()
        .map(|one| heading(one) + &content(one, full))
        .collect()
}

pub(crate) fn hits(hits: &[Hit], full: bool) -> String {
    let hit = |hit: &Hit| {
        let example = hit
            .example
            .as_ref()
            .map(|text| format!("  also: {}\n", truncate(&one_line(text), SHOWN)));
        heading(&hit.entry) + &reasons(hit) + &content(&hit.entry, full) + &example.unwrap_or_default()
    };
    hits.iter().map(hit).collect()
}

/// A line that says which entry it is, and one with what else is known.
fn heading(entry: &MemoryEntry) -> String {
    let mut text = format!("{} {}", entry.id, entry.kind.as_str());
    if let Some(title) = &entry.title {
        text.push_str(&format!(": {}", one_line(title)));
    }
    let mut facts = vec![
        minute(&entry.created_at),
        format!("importance {}", entry.importance),
    ];
    if entry.uses > 1 {
        facts.push(format!("created {}", pluralize(entry.uses, "time")));
    }
    for (name, value) in [
        ("project", &entry.project),
        ("skill", &entry.skill),
        ("tool", &entry.tool),
        ("superseded by", &entry.superseded_by),
        ("vector of", &entry.vector_model),
    ] {
        facts.extend(value.as_ref().map(|value| format!("{name} {}", one_line(value))));
    }
    if let Some(at) = &entry.expires_at {
        facts.push(format!("expires {}", minute(at)));
    }
    if !entry.confirmed {
        facts.push("not confirmed".to_owned());
    }
    if !entry.tags.is_empty() {
        facts.push(format!("tags {}", entry.tags.join(", ")));
    }
    format!("{text}\n  {}\n", one_line(&facts.join("; ")))
}

/// A line that says why an entry was found.
fn reasons(hit: &Hit) -> String {
    let mut found = Vec::new();
    if hit.reasons.iter().any(|reason| reason.kind == "fingerprint") {
        found.push("only values differ".to_owned());
    }
    if !hit.words.is_empty() {
        found.push(format!("words {}", hit.words.join(", ")));
    }
    let mut similarity = hit.reasons.iter().filter_map(|reason| reason.similarity);
    found.extend(
        similarity
            .next()
            .map(|similarity| format!("vector, similarity {similarity:.3}")),
    );
    if found.is_empty() && !hit.reasons.is_empty() {
        found.push("words of its context".to_owned());
    }
    match found.is_empty() {
        true => String::new(),
        false => format!("  found by: {}\n", one_line(&found.join("; "))),
    }
}

fn content(entry: &MemoryEntry, full: bool) -> String {
    if !full {
        return format!("  {}\n", truncate(&one_line(&entry.content), SHOWN));
    }
    let lines = entry.content.trim_end().lines();
    lines.map(|line| format!("  {line}\n")).collect()
}

/// The tasks with a saved state as a table.
pub(crate) fn checkpoints(out: &Out, checkpoints: &[Checkpoint]) -> String {
    let columns: [Column<Checkpoint>; 5] = [
        ("TASK", 0, |one| one.task.clone()),
        ("SAVED (UTC)", 0, |one| minute(&one.saved_at)),
        ("STALE", 0, |one| if one.stale { "yes" } else { "no" }.to_owned()),
        ("STATUS", 0, |one| one.status.clone().unwrap_or_default()),
        ("GOAL", 0, |one| one.goal.clone().unwrap_or_default()),
    ];
    table::table(out, &columns, checkpoints)
}
