//! Results of imports.

use super::table::one_line;
use clawpowers_api::operations::{home, metrics};

/// How many skipped lines are shown; the reply has more of them.
const SHOWN: usize = 50;

pub(crate) fn report(response: &home::import::Response) -> String {
    let keys = format!(
        "keys: {} imported, {} already imported\n",
        response.keys, response.known_keys
    );
    keys + &executions(&response.executions)
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
    for row in response.skipped.iter().take(SHOWN) {
        let place = if row.line == 0 {
            row.source.clone()
        } else {
            format!("{}:{}", row.source, row.line)
        };
        let (place, detail) = (one_line(&place), one_line(&row.detail));
        text.push_str(&format!("  {place}: {detail} ({})\n", row.reason));
    }
    if response.skipped.len() > SHOWN {
        text.push_str("  …\n");
    }
    for (reason, count) in &response.reasons {
        text.push_str(&format!("{reason}: {count}\n"));
    }
    text
}
