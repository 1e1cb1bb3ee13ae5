//! Results of imports.

use super::table::one_line;
use clawpowers_api::operations::metrics::import::Skipped;
use clawpowers_api::operations::{home, memory, metrics};
use clawpowers_api::pluralize;
use std::collections::BTreeMap;

/// How many skipped lines are shown; the reply has more of them.
const SHOWN: usize = 50;

pub(crate) fn report(response: &home::import::Response) -> String {
    let keys = format!(
        "keys: {} imported, {} already imported\n",
        response.keys, response.known_keys
    );
    let mut text = keys + &executions(&response.executions);
    for path in &response.memory {
        let path = one_line(path);
        text.push_str(&format!(
            "memory: {path} was not imported; `clawpowers memory import {path}` does that\n"
        ));
    }
    if response.hypothesis_keys > 0 {
        let keys = pluralize(response.hypothesis_keys, "key");
        text.push_str(&format!(
            "memory: {keys} of hypotheses; `clawpowers memory import --store-keys 'debug:hypothesis:*'` makes entries of them\n"
        ));
    }
    text
}

pub(crate) fn executions(response: &metrics::import::Response) -> String {
    let mut text = format!(
        "executions: {} imported, {} already imported",
        response.taken, response.known
    );
    if response.deleted > 0 {
        text.push_str(&format!(", {} deleted", response.deleted));
    }
    text.push('\n');
    text + &skipped(&response.skipped, &response.reasons)
}

pub(crate) fn memory(response: &memory::import::Response) -> String {
    let mut text = format!(
        "entries: {} created, {} merged, {} updated, {} already imported\n",
        response.created, response.merged, response.updated, response.known
    );
    for (what, count) in [("links", response.links), ("checkpoints", response.checkpoints)] {
        if count > 0 {
            text.push_str(&format!("{what}: {count}\n"));
        }
    }
    text + &skipped(&response.skipped, &response.reasons)
}

fn skipped(rows: &[Skipped], reasons: &BTreeMap<&'static str, u64>) -> String {
    let mut text = String::new();
    for row in rows.iter().take(SHOWN) {
        let place = if row.line == 0 {
            row.source.clone()
        } else {
            format!("{}:{}", row.source, row.line)
        };
        let (place, detail) = (one_line(&place), one_line(&row.detail));
        text.push_str(&format!("  {place}: {detail} ({})\n", row.reason));
    }
    if rows.len() > SHOWN {
        text.push_str("  …\n");
    }
    for (reason, count) in reasons {
        text.push_str(&format!("{reason}: {count}\n"));
    }
    text
}
