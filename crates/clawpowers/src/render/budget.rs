//! What other clients would cut.

use super::table::table;
use super::wrap::fit;
use crate::out::{Look, Out};
use clawpowers_api::operations::skill;
use clawpowers_api::operations::skill::budget::Response;
use clawpowers_api::{Truncation, pluralize};

/// How many skills of a client are listed, unless all are asked for.
const SHOWN: usize = 20;

pub(crate) fn text(out: &Out, response: &Response, all: bool) -> String {
    let limit = if all { usize::MAX } else { SHOWN };
    let mut text = format!("context of {} tokens\n", response.context);
    for client in &response.clients {
        let cut: Vec<_> = client
            .skills
            .iter()
            .filter(|skill| skill.fate != Truncation::Whole)
            .collect();
        let verdict = if cut.is_empty() {
            out.paint(Look::Green, "nothing is cut")
        } else {
            out.paint(
                Look::Yellow,
                &format!("{} of {} skills are cut", cut.len(), client.skills.len()),
            )
        };
        text.push_str(&format!(
            "\n{}: {}, about {} tokens of at most {}: {verdict}\n",
            out.paint(Look::Bold, client.client),
            pluralize(client.skills.len(), "skill"),
            client.needed,
            client.budget
        ));
        if cut.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = cut
            .iter()
            .take(limit)
            .map(|skill| {
                let fate = match skill.fate {
                    Truncation::Whole => "not cut".to_owned(),
                    Truncation::Shortened(limit) => format!("cut to {limit} characters"),
                    Truncation::NameOnly => "no description".to_owned(),
                    Truncation::Dropped => "left out".to_owned(),
                };
                vec![skill.name.clone(), fate]
            })
            .collect();
        text.push_str(&table(out, &["NAME", "FATE"], &rows));
        let rest = cut.get(limit..).unwrap_or_default();
        if !rest.is_empty() {
            text.push_str(&more(rest));
        }
    }
    fit(out, &text)
}

/// Sums up the skills that are not listed.
fn more(rest: &[&skill::budget::Fate]) -> String {
    let of = |fate: fn(Truncation) -> bool| rest.iter().filter(|skill| fate(skill.fate)).count();
    let parts = [
        (
            of(|fate| matches!(fate, Truncation::Shortened(_))),
            "with a shortened description",
        ),
        (of(|fate| fate == Truncation::NameOnly), "without a description"),
        (of(|fate| fate == Truncation::Dropped), "left out"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    format!(
        "… and {} more: {}; --all lists them\n",
        rest.len(),
        parts.join(", ")
    )
}
