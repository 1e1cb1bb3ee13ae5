//! Listings.

use super::table::{one_line, table, table_in_pieces};
use super::wrap::fit;
use crate::exit::Exit;
use crate::out::{Look, Out};
use clawpowers_api::operations::skill::list::Response;
use clawpowers_api::operations::skill::search::Hit;
use clawpowers_api::wire;
use clawpowers_api::{Severity, escape_line};

/// Prints a listing, of which there may be thousands of rows.
pub(crate) fn print(out: &Out, response: &Response) -> Exit {
    let mut exit = Exit::Done;
    let mut print = |piece: &str| {
        if exit == Exit::Done {
            exit = out.print(piece);
        }
    };
    let roles = response.profile.is_some();
    let mut heading = vec!["NAME", "SCOPE"];
    if roles {
        heading.push("ACTIVE");
    }
    heading.push("DESCRIPTION");
    if !response.skills.is_empty() {
        let rows = response.skills.iter().map(|skill| row(skill, roles));
        table_in_pieces(out, &heading, rows, &mut print);
        print("\n");
    }
    print(&fit(out, &beside(out, response)));
    exit
}

fn row(skill: &wire::SkillRow, roles: bool) -> Vec<&str> {
    let (name, description) = (skill.name.as_str(), skill.description.as_str());
    if roles {
        let active = if skill.active == Some(true) { "yes" } else { "no" };
        vec![name, skill.scope.as_str(), active, description]
    } else {
        vec![name, skill.scope.as_str(), description]
    }
}

/// What is said below the table.
fn beside(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    for hidden in &response.shadowed {
        let (location, winner) = (escape_line(&hidden.location), escape_line(&hidden.winner));
        text.push_str(&format!(
            "{} {location}: {winner} wins\n",
            out.paint(Look::Yellow, "shadowed")
        ));
    }
    for hidden in &response.duplicates {
        let (location, winner) = (escape_line(&hidden.location), escape_line(&hidden.winner));
        text.push_str(&format!(
            "{} {location}: the same file as {winner}\n",
            out.paint(Look::Dim, "duplicate")
        ));
    }
    text.push_str(&rejected(out, &response.rejected));
    let repaired = response
        .skills
        .iter()
        .filter(|s| s.diagnostics.iter().any(|d| d.severity != Severity::Info))
        .count();
    for name in &response.missing {
        text.push_str(&format!(
            "{} {} is in the profile but not here\n",
            out.paint(Look::Yellow, "missing"),
            one_line(name)
        ));
    }
    let (loaded, shadowed, refused) = (
        response.skills.len(),
        response.shadowed.len(),
        response.rejected.len(),
    );
    let found = loaded + shadowed + refused + response.duplicates.len();
    text.push_str(&format!(
        "{found} found, {loaded} loaded, {shadowed} shadowed, {refused} rejected"
    ));
    if repaired > 0 {
        text.push_str(&format!(
            "; {repaired} with problems, see `clawpowers skill validate PATH --target clawpowers`"
        ));
    }
    text.push('\n');
    text
}

/// One line for each thing that did not load, with its reason.
pub(crate) fn rejected(out: &Out, rows: &[wire::Rejected]) -> String {
    let mut text = String::new();
    for row in rows {
        let found = row.diagnostics.iter().find(|d| d.rule == row.reason);
        let why = found.map_or("", |d| d.message.as_str());
        let place = found.map_or_else(String::new, |d| format!(":{}:{}", d.line, d.column));
        text.push_str(&format!(
            "{} {}{place}: {} [{}]\n",
            out.paint(Look::Red, "rejected"),
            escape_line(&row.location),
            one_line(why),
            row.reason
        ));
    }
    text
}

pub(crate) fn hits(out: &Out, hits: &[Hit]) -> String {
    if hits.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = hits
        .iter()
        .map(|hit| {
            vec![
                format!("{:.2}", hit.score),
                hit.name.clone(),
                hit.description.clone(),
            ]
        })
        .collect();
    table(out, &["SCORE", "NAME", "DESCRIPTION"], &rows)
}
