//! The state of the skills.

use super::findings::line;
use super::list::rejected;
use super::table::{one_line, table};
use crate::out::{Look, Out};
use clawpowers_api::ops::doctor::Response;
use clawpowers_api::spelled;

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
        spelled(storage.database.as_deref().unwrap_or("no home")),
        if storage.state == "none" {
            "nothing written yet"
        } else {
            storage.state
        }
    ));
    for problem in &storage.problems {
        text.push_str(&format!("  {}\n", one_line(problem)));
    }
    if let Some(hint) = &storage.hint {
        text.push_str(&format!("  hint: {}\n", spelled(hint)));
    }
    let mut faults = rejected(out, &response.rejected);
    for hidden in &response.duplicates {
        faults.push_str(&format!(
            "duplicate {}: the same file as {}\n",
            spelled(&hidden.location),
            spelled(&hidden.winner)
        ));
    }
    for skill in &response.references {
        for finding in &skill.diagnostics {
            faults.push_str(&line(out, &spelled(&skill.location), finding));
        }
    }
    text.push_str(&format!("\n{}", bold("faults")));
    text.push_str(if faults.is_empty() { "  none\n" } else { &faults });
    text
}
