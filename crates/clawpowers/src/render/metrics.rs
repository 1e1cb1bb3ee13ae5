//! Executions and their statistics, with the messages of 1.x.

use super::format::{day, duration, minute};
use super::table::{self, Column, one_line};
use crate::out::Out;
use clawpowers_api::operations::metrics;
use clawpowers_api::pluralize;
use clawpowers_api::wire;

/// The minimum width of a terminal that shows times to the minute, and notes.
const WIDE: usize = 70;

pub(crate) fn recorded(response: &metrics::record::Response) -> String {
    format!(
        "Recorded: {} → {} (id {})\n",
        response.skill, response.outcome, response.id
    )
}

/// The message of 1.x, which scripts parse: 1.x wrote a file for each month.
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

/// Executions as a table.
pub(crate) fn table(out: &Out, executions: &[wire::Execution]) -> String {
    let at: Column<wire::Execution> = match out.width.is_none_or(|width| width >= WIDE) {
        true => ("AT (UTC)", 0, |one| minute(&one.at)),
        false => ("DAY (UTC)", 0, |one| day(&one.at).to_owned()),
    };
    let columns: [Column<wire::Execution>; 6] = [
        ("ID", 0, |one| one.id.clone()),
        at,
        ("SKILL", 0, |one| one.skill.clone()),
        ("OUTCOME", 0, |one| one.state().to_owned()),
        ("TOOK", 48, |one| one.duration.map_or_else(String::new, duration)),
        ("NOTES", WIDE, |one| one.notes.clone().unwrap_or_default()),
    ];
    table::table(out, &columns, executions)
}

/// Executions as JSON lines.
pub(crate) fn lines(response: &metrics::show::Response) -> String {
    response.lines.iter().map(|line| format!("{line}\n")).collect()
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
        // Rounded half up, as in 1.x.
        text.push_str(&format!("Avg duration: {}s\n", (took.mean + 0.5).floor()));
        let (median, p95) = (duration(took.p50), duration(took.p95));
        text.push_str(&format!("Median duration: {median}, p95: {p95}\n"));
    }
    if let Some(cost) = &all.cost {
        let executions = pluralize(cost.count, "execution");
        text.push_str(&format!("Cost: ${} over {executions}\n", cost.total));
    }
    if let Some(tokens) = &all.tokens {
        text.push_str(&format!(
            "Tokens: {} in, {} out, over {}\n",
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
