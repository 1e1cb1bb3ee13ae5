//! The report of `doctor`, and of `doctor --recover`.

use super::diagnostics::line;
use super::list::rejected;
use super::table::{Column, one_line, table};
use super::wrap::fit;
use crate::out::{Out, Style};
use clawpowers_api::operations::home;
use clawpowers_api::operations::home::doctor::{NotShown, Response, Visibility};
use clawpowers_api::wire::{DatabaseStatus, requirement};
use clawpowers_api::{Storage, escape_line, pluralize};
use std::collections::HashMap;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    let heading = |title: &str| format!("{}\n", out.paint(Style::Bold, title));
    let i = &response.inventory;
    let mut text = heading("inventory");
    text.push_str(&format!(
        "  {} found, {} loaded, {} shadowed, {} rejected\n",
        i.found, i.loaded, i.shadowed, i.rejected
    ));
    for (scope, count) in &i.scopes {
        text.push_str(&format!("  {scope}: {count}\n"));
    }
    text.push_str(&format!("\n{}", heading("readiness")));
    if response.not_ready.is_empty() {
        text.push_str("  every requirement is met\n");
    }
    for skill in &response.not_ready {
        let missing: Vec<_> = skill.missing.iter().map(|unmet| requirement(unmet)).collect();
        let (name, count) = (
            one_line(&skill.name),
            pluralize(missing.len(), "unmet requirement"),
        );
        text.push_str(&format!("  {name} has {count}: {}\n", missing.join(", ")));
    }
    if !response.visibility.is_empty() {
        let columns: [Column<Visibility>; 5] = [
            ("CLIENT", 0, |v| v.client.to_owned()),
            ("LOADS", 0, |v| v.loaded.to_string()),
            ("ELSEWHERE", 0, |v| v.unseen.len().to_string()),
            ("REJECTS", 0, |v| v.dropped.len().to_string()),
            ("CUTS", 60, |v| {
                v.cut.map_or_else(String::new, |cut| cut.to_string())
            }),
        ];
        text.push_str(&format!("\n{}", heading("visibility")));
        text.push_str(&table(out, &columns, &response.visibility));
    }
    let storage = &response.storage;
    let database = escape_line(storage.database.as_deref().unwrap_or("no home"));
    let state = state(storage.state);
    text.push_str(&format!("\n{}  {database}: {state}\n", heading("storage")));
    for problem in &storage.problems {
        text.push_str(&format!("  {}\n", one_line(problem)));
    }
    if let Some(hint) = &storage.hint {
        text.push_str(&format!("  hint: {}\n", escape_line(hint)));
    }
    for note in &storage.notes {
        text.push_str(&format!("  note: {}\n", one_line(note)));
    }
    let problems = match problems(out, response) {
        none if none.is_empty() => "  none\n".to_owned(),
        problems => problems,
    };
    text.push_str(&format!("\n{}{problems}", heading("problems")));
    fit(out, &text)
}

fn state(state: DatabaseStatus) -> &'static str {
    match state {
        DatabaseStatus::None => "not created yet",
        DatabaseStatus::Sound => "ok",
        DatabaseStatus::Failed(Storage::Io) => "I/O error",
        DatabaseStatus::Failed(Storage::ReadOnly) => "read-only",
        DatabaseStatus::Failed(storage) => storage.as_str(),
    }
}

fn problems(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    if let Some(problem) = &response.config.problem {
        text.push_str(&format!("configuration: {}\n", one_line(problem)));
        if let Some(hint) = &response.config.hint {
            text.push_str(&format!("  hint: {}\n", escape_line(hint)));
        }
    }
    if !response.storage.problems.is_empty() {
        let state = state(response.storage.state);
        text.push_str(&format!("database: {state}, see storage above\n"));
    }
    match response.not_ready.len() {
        0 => {}
        1 => text.push_str("readiness: 1 skill has unmet requirements, see above\n"),
        count => text.push_str(&format!(
            "readiness: {count} skills have unmet requirements, see above\n"
        )),
    }
    if let Some(profile) = &response.unknown_profile {
        let profile = one_line(profile);
        text.push_str(&format!(
            "configuration: `profile` is {profile}, which `profiles` does not define\n"
        ));
    }
    text.push_str(&rejected(out, &response.rejected));
    text.push_str(&not_shown(out, &response.not_shown));
    for hidden in &response.duplicates {
        let (location, winner) = (escape_line(&hidden.location), escape_line(&hidden.winner));
        text.push_str(&format!("duplicate {location}: the same file as {winner}\n"));
    }
    for skill in response.references.iter().chain(&response.hidden_text) {
        for diagnostic in &skill.diagnostics {
            text.push_str(&line(out.palette, &skill.location, diagnostic));
        }
    }
    for one in &response.lookalikes {
        let (location, original) = (escape_line(&one.location), escape_line(&one.original_location));
        text.push_str(&format!(
            "look-alike {location}: the name {} looks like {} in {original}\n",
            spelled_out(&one.name),
            spelled_out(&one.original)
        ));
    }
    text
}

/// How many names of skills with one problem are shown.
const NAMES: usize = 5;

/// One line for all skills that a client does not show for one reason.
fn not_shown(out: &Out, rows: &[NotShown]) -> String {
    let mut text = String::new();
    let mut indices = HashMap::new();
    let mut groups: Vec<Vec<&NotShown>> = Vec::new();
    for row in rows {
        let next = groups.len();
        let index = *indices
            .entry((row.client, &row.message, &row.hint))
            .or_insert(next);
        match groups.get_mut(index) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    for group in groups {
        let Some(first) = group.first() else { continue };
        let names = group.iter().take(NAMES).map(|row| one_line(&row.name));
        let mut names: Vec<String> = names.collect();
        let more = group.len().saturating_sub(NAMES);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        let label = out.paint(Style::Yellow, "not shown");
        let (names, message) = (names.join(", "), escape_line(&first.message));
        text.push_str(&format!("{label} in {}: {names}: {message}", first.client));
        if let Some(hint) = &first.hint {
            text.push_str(&format!("; {}", escape_line(hint)));
        }
        text.push('\n');
    }
    text
}

/// Returns a name in backticks, with every character escaped that is not ASCII: it looks like another one.
fn spelled_out(name: &str) -> String {
    let mut out = String::from("`");
    for c in name.chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => out.extend(c.escape_unicode()),
        }
    }
    out + "`"
}

/// How many lost keys are shown.
const SHOWN: usize = 10;

pub(crate) fn recovered(out: &Out, response: &home::recover::Response) -> String {
    let home = escape_line(&response.home);
    let mut recovered = vec![
        pluralize(response.keys, "key"),
        pluralize(response.executions, "execution"),
    ];
    for (count, what) in [(response.entries, "entry"), (response.checkpoints, "checkpoint")] {
        recovered.extend((count > 0).then(|| pluralize(count, what)));
    }
    let mut lost = vec![
        pluralize(response.lost_keys, "key"),
        pluralize(response.lost_executions, "execution"),
    ];
    lost.extend((response.lost_entries > 0).then(|| pluralize(response.lost_entries, "entry")));
    let mut text = format!(
        "recovered  {}, to {home}\nlost       {}{}\ndamaged    {}\n",
        recovered.join(", "),
        lost.join(", "),
        if response.exact { "" } else { ", and possibly more" },
        pluralize(response.damaged_pages, "page")
    );
    for key in response.lost_key_names.iter().take(SHOWN) {
        text.push_str(&format!("  lost key: {}\n", one_line(key)));
    }
    let more = response.lost_keys.saturating_sub(SHOWN as u64);
    if more > 0 {
        text.push_str(&format!("  and {more} more; `--json` lists the first 1,000\n"));
    }
    text.push_str(&format!(
        "The damaged database was not changed. To use the recovered one, move every `clawpowers.db*` out of the old home, \
         then move {home}/clawpowers.db into it, or use `--home {home}`.\n"
    ));
    fit(out, &text)
}
