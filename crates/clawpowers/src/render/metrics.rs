//! Executions and their figures, in the words of 1.x where it had any.

use super::table::{self, one_line};
use crate::out::Out;
use clawpowers_api::operations::metrics;
use clawpowers_api::pluralize;
use clawpowers_api::wire;

/// How wide a terminal has to be for times to the minute and notes.
const ROOMY: usize = 70;

pub(crate) fn recorded(response: &metrics::record::Response) -> String {
    format!(
        "Recorded: {} → {} (id {})\n",
        response.skill, response.outcome, response.id
    )
}

/// What scripts of 1.x parse: it kept a file for each month.
pub(crate) fn recorded_as_1x(response: &metrics::record::Response) -> String {
    let month: String = response.at.chars().take(7).collect();
    format!(
        "Recorded: {} → {} ({month}.jsonl)\n",
        response.skill, response.outcome
    )
}

pub(crate) fn finished(execution: &wire::Execution) -> String {
    format!(
        "Recorded: {} → {} ({})\n",
        execution.skill,
        execution.state(),
        duration(execution.duration.unwrap_or_default())
    )
}

pub(crate) fn deleted(execution: &wire::Execution) -> String {
    format!(
        "Deleted: {} {} → {} ({})\n",
        execution.id,
        execution.skill,
        execution.state(),
        execution.at
    )
}

/// A column of the table: its title, how wide a terminal has to be for it, and its cells.
type Column = (&'static str, usize, fn(&wire::Execution) -> String);

/// Executions as a table; columns that a terminal has no room for are left out.
pub(crate) fn table(out: &Out, executions: &[wire::Execution]) -> String {
    let minutes = out.width.is_none_or(|width| width >= ROOMY);
    let at: Column = match minutes {
        true => ("AT (UTC)", 0, |one| minute(&one.at)),
        false => ("DAY (UTC)", 0, |one| day(&one.at)),
    };
    let all: [Column; 6] = [
        ("ID", 0, |one| one.id.clone()),
        at,
        ("SKILL", 0, |one| one.skill.clone()),
        ("OUTCOME", 0, |one| one.state().to_owned()),
        ("TOOK", 48, |one| one.duration.map_or_else(String::new, duration)),
        ("NOTES", ROOMY, |one| one.notes.clone().unwrap_or_default()),
    ];
    let fits = |(_, least, _): &&Column| out.width.is_none_or(|width| width >= *least);
    let columns: Vec<&Column> = all.iter().filter(fits).collect();
    let row = |one: &wire::Execution| columns.iter().map(|(_, _, cell)| cell(one)).collect();
    let rows: Vec<Vec<String>> = executions.iter().map(row).collect();
    let heading: Vec<&str> = columns.iter().map(|(title, ..)| *title).collect();
    table::table(out, &heading, &rows)
}

/// A time in RFC 3339 to the minute.
fn minute(at: &str) -> String {
    at.chars().take(16).collect::<String>().replace('T', " ")
}

/// The day of a time in RFC 3339.
fn day(at: &str) -> String {
    at.chars().take(10).collect()
}

/// Writes seconds so that a person reads them.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        // What would be rounded up to the next unit is shown in that.
        s if s < 0.9995 => format!("{:.0}ms", s * 1000.0),
        s if s < 59.95 => format!("{s:.1}s"),
        s if s < 60.0 => "1m 00s".to_owned(),
        s if s < 3600.0 => format!("{:.0}m {:02.0}s", (s / 60.0).floor(), (s % 60.0).floor()),
        s => format!(
            "{:.0}h {:02.0}m",
            (s / 3600.0).floor(),
            (s % 3600.0 / 60.0).floor()
        ),
    }
}

pub(crate) fn summary(response: &metrics::summary::Response, skill: Option<&str>) -> String {
    let all = &response.all;
    if all.total + all.open == 0 {
        let of = skill.map_or_else(String::new, |skill| format!(" for skill: {}", one_line(skill)));
        return format!("No metrics recorded{of}\n");
    }
    let mut text = figures(all);
    if skill.is_none() {
        text.push_str("\nSkill breakdown:\n");
        for one in &response.skills {
            text.push_str(&format!("  {}: {}\n", one_line(&one.skill), one.figures.total));
        }
    }
    text
}

fn figures(all: &wire::Figures) -> String {
    let mut text = format!("Total executions: {}\n", all.total);
    for (name, count, always) in [
        ("Success", all.success, true),
        ("Failure", all.failure, true),
        ("Partial", all.partial, true),
        ("Skipped", all.skipped, false),
    ] {
        if always || count > 0 {
            text.push_str(&format!("  {name}: {count} ({}%)\n", percent(count, all.total)));
        }
    }
    if all.open > 0 {
        text.push_str(&format!("  Open: {}\n", all.open));
    }
    if let Some(took) = &all.duration {
        // Half up, as 1.x rounds.
        text.push_str(&format!("Avg duration: {}s\n", (took.mean + 0.5).floor()));
        text.push_str(&format!(
            "Median duration: {}, 95% within {}\n",
            duration(took.p50),
            duration(took.p95)
        ));
    }
    if let Some(cost) = &all.cost {
        text.push_str(&format!(
            "Cost: ${} of {}\n",
            cost.total,
            pluralize(cost.count, "execution")
        ));
    }
    if let Some(tokens) = &all.tokens {
        text.push_str(&format!(
            "Tokens: {} in, {} out of {}\n",
            tokens.tokens_in,
            tokens.tokens_out,
            pluralize(tokens.count, "execution")
        ));
    }
    text
}

/// Returns a share in percent, rounded half up.
fn percent(count: i64, total: i64) -> i64 {
    if total == 0 {
        0
    } else {
        (200 * count + total) / (2 * total)
    }
}
