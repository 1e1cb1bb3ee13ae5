//! Lists of skills.

use super::table::{Column, one_line, table, table_in_pieces};
use super::wrap::fit;
use crate::exit::Exit;
use crate::out::{Out, Style};
use clawpowers_api::operations::skill::list::Response;
use clawpowers_api::operations::skill::search::Hit;
use clawpowers_api::wire;
use clawpowers_api::{Severity, escape_line};
use std::borrow::Cow;

/// Prints a list of possibly thousands of skills.
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
    print(&fit(out, &summary(out, response)));
    exit
}

fn row(skill: &wire::SkillRow, roles: bool) -> Vec<Cow<'_, str>> {
    // As the client shows it.
    let name: Cow<'_, str> = match &skill.label {
        Some(label) => format!("{} ({label})", skill.name).into(),
        None => skill.name.as_str().into(),
    };
    let description = skill.description.as_str().into();
    let scope = skill.scope.as_str().into();
    if roles {
        let active = if skill.active == Some(true) { "yes" } else { "no" };
        vec![name, scope, active.into(), description]
    } else {
        vec![name, scope, description]
    }
}

/// The lines after the table.
fn summary(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    for hidden in &response.shadowed {
        let (label, why) = match hidden.undetermined {
            true => (
                "undetermined",
                "may be loaded instead; the client does not always choose the same one",
            ),
            false => ("shadowed", "takes precedence"),
        };
        let label = out.paint(Style::Yellow, label);
        let (location, winner) = (escape_line(&hidden.location), escape_line(&hidden.winner));
        text.push_str(&format!("{label} {location}: {winner} {why}\n"));
    }
    for hidden in &response.duplicates {
        let label = out.paint(Style::Dim, "duplicate");
        let (location, winner) = (escape_line(&hidden.location), escape_line(&hidden.winner));
        text.push_str(&format!("{label} {location}: the same file as {winner}\n"));
    }
    text.push_str(&rejected(out, &response.rejected));
    for name in &response.missing {
        let label = out.paint(Style::Yellow, "missing");
        let name = one_line(name);
        text.push_str(&format!("{label} {name} is in the profile, but was not found\n"));
    }
    let [loaded, shadowed, rejected] = [
        response.skills.len(),
        response.shadowed.len(),
        response.rejected.len(),
    ];
    let found = loaded + shadowed + rejected + response.duplicates.len();
    text.push_str(&format!(
        "{found} found, {loaded} loaded, {shadowed} shadowed, {rejected} rejected"
    ));
    let is_problem = |diagnostic: &wire::Diagnostic| diagnostic.severity != Severity::Info;
    let skills = response.skills.iter();
    let with_problems = skills.filter(|skill| skill.diagnostics.iter().any(is_problem));
    match with_problems.count() {
        0 => text.push('\n'),
        count => text.push_str(&format!(
            "; {count} with problems, see `clawpowers skill validate PATH --target clawpowers`\n"
        )),
    }
    text
}

/// One line for each rejected skill, with the reason.
pub(crate) fn rejected(out: &Out, rows: &[wire::Rejected]) -> String {
    let mut text = String::new();
    for row in rows {
        let found = row.diagnostics.iter().find(|d| d.rule == row.reason);
        let message = found.map_or_else(String::new, |d| one_line(&d.message));
        let position = found.map_or_else(String::new, |d| format!(":{}:{}", d.line, d.column));
        text.push_str(&format!(
            "{} {}{position}: {message} [{}]\n",
            out.paint(Style::Red, "rejected"),
            escape_line(&row.location),
            row.reason
        ));
    }
    text
}

pub(crate) fn hits(out: &Out, hits: &[Hit]) -> String {
    if hits.is_empty() {
        return String::new();
    }
    let columns: [Column<Hit>; 3] = [
        ("SCORE", 0, |hit| format!("{:.2}", hit.score)),
        ("NAME", 0, |hit| hit.name.clone()),
        ("DESCRIPTION", 0, |hit| hit.description.clone()),
    ];
    table(out, &columns, hits)
}
