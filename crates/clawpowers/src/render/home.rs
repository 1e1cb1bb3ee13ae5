//! The runtime home.

use super::format::outcomes;
use super::wrap::fit;
use crate::out::Out;
use clawpowers_api::operations::home;
use clawpowers_api::{escape_line, pluralize};

/// How many recommendations `status` shows.
const RECOMMENDED: usize = 10;

/// The messages of 1.x, which scripts parse.
pub(crate) fn init(response: &home::init::Response) -> String {
    let home = escape_line(&response.home);
    let mut text = match response.folders_created {
        0 => format!("ClawPowers runtime already initialized at {home}\n"),
        count => format!("ClawPowers runtime initialized at {home}\n  Directories created: {count}\n"),
    };
    text.push_str(&format!("  Version: {}\n", response.version));
    for shim in &response.shims {
        text.push_str(&format!("  Wrote: {}\n", escape_line(shim)));
    }
    text
}

pub(crate) fn status(out: &Out, response: &home::status::Response) -> String {
    let home = match response.home_source {
        Some(name @ ("CLAWPOWERS_DIR" | "XDG_STATE_HOME")) => {
            format!("{} (from {name})", escape_line(&response.home))
        }
        _ => escape_line(&response.home),
    };
    let notes: String = response
        .notes
        .iter()
        .map(|note| format!("note        {}\n", escape_line(note)))
        .collect();
    let Some(database) = &response.database else {
        let text = format!("home        {home}\nnothing yet: no keys, no executions\n{notes}");
        return fit(out, &text);
    };
    let (size, schema) = (response.bytes.div_ceil(1024), response.schema);
    let facts = [
        ("home", home),
        (
            "database",
            format!("{} ({size} KiB, schema {schema})", escape_line(database)),
        ),
        ("keys", response.keys.to_string()),
        ("memory", memory(response)),
        ("skills", format!("{} with executions", response.skills)),
        ("executions", outcomes(&response.executions)),
    ];
    let facts = facts.iter().filter(|(_, fact)| !fact.is_empty());
    let lines: String = facts
        .map(|(label, fact)| format!("{label:<12}{fact}\n"))
        .collect();
    let mut text = fit(out, &(lines + &notes));
    if !response.last.is_empty() {
        text.push_str(&format!("\n{}", super::metrics::table(out, &response.last)));
    }
    text + &super::analyze::recommendations(out, &response.recommendations, RECOMMENDED)
}

/// The entries by kind and the checkpoints; empty if there are none.
fn memory(response: &home::status::Response) -> String {
    let entries: u64 = response.entries.values().sum();
    let kinds: Vec<_> = response
        .entries
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let mut facts = Vec::new();
    if entries > 0 {
        facts.push(format!("{} ({})", pluralize(entries, "entry"), kinds.join(", ")));
    }
    if response.checkpoints > 0 {
        facts.push(pluralize(response.checkpoints, "checkpoint"));
    }
    facts.join(", ")
}
