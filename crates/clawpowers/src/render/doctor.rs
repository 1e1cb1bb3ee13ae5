//! The state of the skills.

use super::findings::line;
use super::list::rejected;
use super::table::{one_line, table};
use super::wrap::fit;
use crate::out::{Look, Out};
use clawpowers_api::escape_line;
use clawpowers_api::operations::home;
use clawpowers_api::operations::home::doctor::Response;
use clawpowers_api::wire::DatabaseStatus;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    let bold = |title: &str| format!("{}\n", out.paint(Look::Bold, title));
    let i = &response.inventory;
    let mut text = bold("inventory");
    text.push_str(&format!(
        "  {} found, {} loaded, {} shadowed, {} rejected\n",
        i.found, i.loaded, i.shadowed, i.rejected
    ));
    for (scope, count) in &i.scopes {
        text.push_str(&format!("  {scope}: {count}\n"));
    }
    text.push_str(&format!("\n{}", bold("readiness")));
    if response.not_ready.is_empty() {
        text.push_str("  every requirement is met\n");
    }
    for skill in &response.not_ready {
        text.push_str(&format!(
            "  {} lacks {}\n",
            one_line(&skill.name),
            one_line(&skill.missing.join(", "))
        ));
    }
    if !response.visibility.is_empty() {
        text.push_str(&format!("\n{}", bold("visibility")));
        let rows: Vec<Vec<String>> = response
            .visibility
            .iter()
            .map(|v| {
                vec![
                    v.client.to_owned(),
                    v.loaded.to_string(),
                    v.unseen.len().to_string(),
                    v.dropped.len().to_string(),
                ]
            })
            .collect();
        text.push_str(&table(out, &["CLIENT", "SEES", "UNSEEN", "DROPS"], &rows));
    }
    text.push_str(&format!("\n{}", bold("storage")));
    let storage = &response.storage;
    text.push_str(&format!(
        "  {}: {}\n",
        escape_line(storage.database.as_deref().unwrap_or("no home")),
        match storage.state {
            DatabaseStatus::None => "nothing written yet",
            state => state.as_str(),
        }
    ));
    for problem in &storage.problems {
        text.push_str(&format!("  {}\n", one_line(problem)));
    }
    if let Some(hint) = &storage.hint {
        text.push_str(&format!("  hint: {}\n", escape_line(hint)));
    }
    for note in &storage.notes {
        text.push_str(&format!("  note: {}\n", one_line(note)));
    }
    let mut faults = String::new();
    let config = &response.config;
    if let Some(problem) = &config.problem {
        faults.push_str(&format!("configuration: {}\n", one_line(problem)));
        if let Some(hint) = &config.hint {
            faults.push_str(&format!("  hint: {}\n", escape_line(hint)));
        }
    }
    if !storage.problems.is_empty() {
        faults.push_str(&format!(
            "database: {}, see storage above\n",
            storage.state.as_str()
        ));
    }
    if !response.not_ready.is_empty() {
        let count = response.not_ready.len();
        let skills = if count == 1 { "skill lacks" } else { "skills lack" };
        faults.push_str(&format!("readiness: {count} {skills} a requirement, see above\n"));
    }
    if let Some(profile) = &response.unknown_profile {
        let profile = one_line(profile);
        faults.push_str(&format!(
            "configuration: `profile` is {profile}, which `profiles` does not list\n"
        ));
    }
    faults.push_str(&rejected(out, &response.rejected));
    for hidden in &response.duplicates {
        faults.push_str(&format!(
            "duplicate {}: the same file as {}\n",
            escape_line(&hidden.location),
            escape_line(&hidden.winner)
        ));
    }
    for skill in &response.references {
        for finding in &skill.diagnostics {
            faults.push_str(&line(out, &escape_line(&skill.location), finding));
        }
    }
    text.push_str(&format!("\n{}", bold("faults")));
    text.push_str(if faults.is_empty() { "  none\n" } else { &faults });
    fit(out, &text)
}

/// How many lost keys are shown.
const SHOWN: usize = 10;

/// What was recovered of a damaged database, and what to do with it.
pub(crate) fn recovered(out: &Out, response: &home::recover::Response) -> String {
    let home = escape_line(&response.home);
    let mut text = format!(
        "recovered  {} keys, {} executions, to {home}\n",
        response.keys, response.executions
    );
    let bound = if response.exact { "" } else { ", and possibly more" };
    text.push_str(&format!(
        "lost       {} keys, {} executions{bound}\ndamaged    {} pages\n",
        response.lost_keys, response.lost_executions, response.damaged_pages
    ));
    for key in response.lost_key_names.iter().take(SHOWN) {
        text.push_str(&format!("  lost key: {}\n", one_line(key)));
    }
    let more = response.lost_keys.saturating_sub(SHOWN as u64);
    if more > 0 {
        text.push_str(&format!("  and {more} more; `--json` names the first 1,000\n"));
    }
    text.push_str(&format!(
        "The damaged file was only read. To go on with the new one, move every `clawpowers.db*` out of the old home and \
         {home}/clawpowers.db into it, or use `--home {home}`.\n"
    ));
    fit(out, &text)
}
