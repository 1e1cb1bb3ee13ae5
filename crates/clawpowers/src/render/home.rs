//! The runtime home.

use super::wrap::fit;
use crate::out::Out;
use clawpowers_api::escape_line;
use clawpowers_api::operations::home;

/// How many recommendations a status has.
const RECOMMENDED: usize = 10;

/// In the words of 1.x, which scripts look for.
pub(crate) fn init(response: &home::init::Response) -> String {
    let home = escape_line(&response.home);
    let mut text = if response.folders_created > 0 {
        format!(
            "ClawPowers runtime initialized at {home}\n  Directories created: {}\n",
            response.folders_created
        )
    } else {
        format!("ClawPowers runtime already initialized at {home}\n")
    };
    text.push_str(&format!("  Version: {}\n", response.version));
    for shim in &response.shims {
        text.push_str(&format!("  Wrote: {}\n", escape_line(shim)));
    }
    text
}

pub(crate) fn status(out: &Out, response: &home::status::Response) -> String {
    let e = &response.executions;
    let home = escape_line(&response.home);
    let Some(database) = &response.database else {
        return fit(
            out,
            &format!("home        {home}\nnothing yet: no keys, no executions\n"),
        );
    };
    let mut text = fit(
        out,
        &format!(
            "home        {home}\ndatabase    {} ({} KiB, schema {})\nkeys        {}\nskills      {} with executions\nexecutions  {} ({} success, {} failure, {} partial, {} skipped), {} open\n",
            escape_line(database),
            response.bytes.div_ceil(1024),
            response.schema,
            response.keys,
            response.skills,
            e.total,
            e.success,
            e.failure,
            e.partial,
            e.skipped,
            e.open
        ),
    );
    if !response.last.is_empty() {
        text.push_str(&format!("\n{}", super::metrics::table(out, &response.last)));
    }
    text + &super::analyze::recommendations(out, &response.recommendations, RECOMMENDED)
}
