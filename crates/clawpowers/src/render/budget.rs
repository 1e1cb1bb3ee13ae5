//! What other clients would cut.

use super::findings::count;
use super::table::table;
use crate::out::{Look, Out};
use clawpowers_api::ops::skill_budget::Response;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    let mut text = format!("context of {} tokens\n", response.context);
    for client in &response.clients {
        let cut: Vec<_> = client
            .skills
            .iter()
            .filter(|skill| skill.fate != "whole")
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
            count(client.skills.len(), "skill"),
            client.needed,
            client.budget
        ));
        if cut.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = cut
            .iter()
            .map(|skill| {
                let fate = match (skill.fate, skill.limit) {
                    ("shortened", Some(limit)) => format!("description cut to {limit} characters"),
                    ("name_only", _) => "description left out".to_owned(),
                    _ => "left out".to_owned(),
                };
                vec![skill.name.clone(), fate]
            })
            .collect();
        text.push_str(&table(out, &["NAME", "FATE"], &rows));
    }
    text
}
