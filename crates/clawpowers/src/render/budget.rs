//! What other clients would cut.

use super::table::{Column, table};
use super::wrap::fit;
use crate::out::{Out, Style};
use clawpowers_api::operations::skill::budget::{ClientBudget, Fate, Response};
use clawpowers_api::{Truncation, escape_line, pluralize};

/// How many skills of a client are listed without `--all`.
const SHOWN: usize = 20;

const NAME: Column<Fate> = ("NAME", 0, |skill| skill.name.clone());
const RESULT: Column<Fate> = ("RESULT", 0, |skill| result(skill.fate));
const RANKING: [Column<Fate>; 3] = [
    ("EXECUTIONS", 0, |skill| number(skill.executions)),
    ("SUCCESSES", 60, |skill| number(skill.successes)),
    ("SIZE", 60, |skill| skill.cost.to_string()),
];

fn number(number: Option<i64>) -> String {
    number.unwrap_or_default().to_string()
}

fn result(fate: Truncation) -> String {
    match fate {
        Truncation::Whole => "not cut".to_owned(),
        Truncation::Shortened(limit) => format!("cut to {limit} characters"),
        Truncation::NameOnly => "no description".to_owned(),
        Truncation::Dropped => "left out".to_owned(),
    }
}

/// Renders one line for each skill that is cut.
pub(crate) fn cuts(response: &Response) -> String {
    let mut text = String::new();
    for client in &response.clients {
        for skill in client.skills.iter().filter(|skill| is_cut(skill)) {
            let (name, result) = (escape_line(&skill.name), result(skill.fate));
            text.push_str(&format!("{}: {name}: {result}\n", client.client));
        }
    }
    text
}

fn is_cut(skill: &Fate) -> bool {
    skill.fate != Truncation::Whole
}

pub(crate) fn text(out: &Out, response: &Response, all: bool) -> String {
    let limit = if all { usize::MAX } else { SHOWN };
    let mut text = format!("context: {} tokens\n", response.context);
    for client in &response.clients {
        text.push('\n');
        text.push_str(&heading(out, client));
        let is_ranked = client.removals.is_some();
        let skills = client.skills.iter();
        let rows: Vec<&Fate> = skills.filter(|skill| is_ranked || is_cut(skill)).collect();
        let mut columns = vec![NAME];
        if is_ranked {
            columns.extend(RANKING);
        }
        columns.push(RESULT);
        if !rows.is_empty() {
            text.push_str(&table(out, &columns, rows.iter().take(limit).copied()));
        }
        let rest = rows.get(limit..).unwrap_or_default();
        if !rest.is_empty() {
            text.push_str(&more(rest));
        }
        match client.removals {
            None | Some(0) => {}
            Some(1) => text.push_str("without the first skill, nothing is cut\n"),
            Some(count) => text.push_str(&format!("without the first {count} skills, nothing is cut\n")),
        }
    }
    fit(out, &text)
}

fn heading(out: &Out, client: &ClientBudget) -> String {
    let count = client.skills.iter().filter(|skill| is_cut(skill)).count();
    let result = match count {
        0 => out.paint(Style::Green, "nothing is cut"),
        count => {
            let result = format!("{count} of {} skills are cut", client.skills.len());
            out.paint(Style::Yellow, &result)
        }
    };
    let (budget, bundled) = (client.budget, client.bundled);
    let room = match usize::try_from(budget)
        .unwrap_or(usize::MAX)
        .saturating_sub(bundled)
    {
        _ if bundled == 0 => budget.to_string(),
        room => format!("{room} ({budget} less {bundled} for its own skills)"),
    };
    format!(
        "{}: {}, {} {} of at most {room}: {result}\n",
        out.paint(Style::Bold, client.client),
        pluralize(client.skills.len(), "skill"),
        client.needed,
        client.unit,
    )
}

/// Counts the skills that are not listed.
fn more(rest: &[&Fate]) -> String {
    let count = |is: fn(Truncation) -> bool| rest.iter().filter(|skill| is(skill.fate)).count();
    let parts = [
        (
            count(|fate| matches!(fate, Truncation::Shortened(_))),
            "with a shortened description",
        ),
        (
            count(|fate| fate == Truncation::NameOnly),
            "without a description",
        ),
        (count(|fate| fate == Truncation::Dropped), "left out"),
        (count(|fate| fate == Truncation::Whole), "not cut"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    let (count, parts) = (rest.len(), parts.join(", "));
    format!("… and {count} more: {parts}; --all lists them\n")
}
