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

/// Groups of entries, with what differs and what can be done about them.
pub(crate) fn duplicates(response: &memory::duplicates::Response) -> String {
    let mut text = String::new();
    for group in &response.groups {
        text.push_str(&heading(&group.keep));
        text.push_str(&content(&group.keep, false));
        for other in &group.others {
            text.push_str(&format!("nearly the same: {}", heading(&other.entry)));
            text.push_str(&content(&other.entry, false));
            let mut why = vec![format!("{:.0}% of the words are in both", other.shared * 100.0)];
            for (id, words) in [
                (&other.entry.id, &other.only_here),
                (&group.keep.id, &other.only_in_keep),
            ] {
                if !words.is_empty() {
                    why.push(format!("only in {id}: {}", words.join(", ")));
                }
            }
            text.push_str(&format!("  {}\n", one_line(&why.join("; "))));
        }
        text.push('\n');
    }
    if let Some(group) = response.groups.first()
        && let Some(other) = group.others.first()
    {
        let (keep, other) = (&group.keep.id, &other.entry.id);
        text.push_str(&format!(
            "Replace one:    clawpowers memory link {keep} supersedes {other}\n\
             Delete one:     clawpowers memory delete {other}\n\
             Reword one:     clawpowers memory correct {keep} TEXT\n\
             Keep both:      clawpowers memory link {keep} contradicts {other}\n"
        ));
    }
    text
}

/// Counts, one kind of them a line.
pub(crate) fn stats(response: &memory::stats::Response) -> String {
    let named = |counts: &[memory::stats::NameCount]| {
        let some = counts.iter().filter(|one| one.count > 0);
        some.map(|one| format!("{} {}", one.name, one.count))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let projects = response.projects.iter().map(|one| {
        let name = one.project.as_deref().unwrap_or("(none)");
        format!("{name} {}", one.count)
    });
    let mut projects: Vec<String> = projects.collect();
    if response.more_projects > 0 {
        projects.push(format!("{} more", response.more_projects));
    }
    let time = |time: &Option<String>| time.as_deref().map_or_else(String::new, minute);
    let lines = [
        ("entries", response.entries.to_string()),
        ("kinds", named(&response.kinds)),
        ("sources", named(&response.sources)),
        ("projects", projects.join(", ")),
        ("not confirmed", response.unconfirmed.to_string()),
        ("superseded", response.superseded.to_string()),
        ("expired", response.expired.to_string()),
        (
            "merged",
            format!(
                "{} (created {} in all)",
                response.merged,
                pluralize(response.uses, "time")
            ),
        ),
        ("text", pluralize(response.bytes, "byte")),
        ("vectors", response.vectors.to_string()),
        ("links", response.links.to_string()),
        ("checkpoints", response.checkpoints.to_string()),
        ("oldest", time(&response.oldest_at)),
        ("newest", time(&response.newest_at)),
    ];
    let shown = lines.iter().filter(|(_, value)| !value.is_empty());
    shown
        .map(|(name, value)| format!("{:<15}{}\n", format!("{name}:"), one_line(value)))
        .collect()
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
