//! What other clients would cut.

use super::table::{Column, table};
use super::wrap::fit;
use crate::out::{Out, Style};
use clawpowers_api::operations::skill::budget::{Fate, Response};
use clawpowers_api::{Truncation, pluralize};

/// How many skills of a client are listed without `--all`.
const SHOWN: usize = 20;

pub(crate) fn text(out: &Out, response: &Response, all: bool) -> String {
    let limit = if all { usize::MAX } else { SHOWN };
    let columns: [Column<Fate>; 2] = [
        ("NAME", 0, |skill| skill.name.clone()),
        ("RESULT", 0, |skill| match skill.fate {
            Truncation::Whole => "not cut".to_owned(),
            Truncation::Shortened(limit) => format!("cut to {limit} characters"),
            Truncation::NameOnly => "no description".to_owned(),
            Truncation::Dropped => "left out".to_owned(),
        }),
    ];
    let mut text = format!("context: {} tokens\n", response.context);
    for client in &response.clients {
        let skills = client.skills.iter();
        let cut: Vec<&Fate> = skills.filter(|skill| skill.fate != Truncation::Whole).collect();
        let result = match cut.len() {
            0 => out.paint(Style::Green, "nothing is cut"),
            count => {
                let result = format!("{count} of {} skills are cut", client.skills.len());
                out.paint(Style::Yellow, &result)
            }
        };
        text.push_str(&format!(
            "\n{}: {}, about {} tokens of at most {}: {result}\n",
            out.paint(Style::Bold, client.client),
            pluralize(client.skills.len(), "skill"),
            client.needed,
            client.budget
        ));
        if !cut.is_empty() {
            text.push_str(&table(out, &columns, cut.iter().take(limit).copied()));
        }
        let rest = cut.get(limit..).unwrap_or_default();
        if !rest.is_empty() {
            text.push_str(&more(rest));
        }
    }
    fit(out, &text)
}

/// Counts the skills that are not listed.
fn more(rest: &[&Fate]) -> String {
    let count = |is: fn(Truncation) -> bool| rest.iter().filter(|skill| is(skill.fate)).count();
    let shortened = count(|fate| matches!(fate, Truncation::Shortened(_)));
    let parts = [
        (shortened, "with a shortened description"),
        (
            count(|fate| fate == Truncation::NameOnly),
            "without a description",
        ),
        (count(|fate| fate == Truncation::Dropped), "left out"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    let (count, parts) = (rest.len(), parts.join(", "));
    format!("… and {count} more: {parts}; --all lists them\n")
}
