//! What each client does with a skill.

use super::table::{Column, one_line, table};
use super::wrap::fit;
use crate::out::Out;
use clawpowers_api::operations::skill::why::{ClientView, Response, Shown};

/// Renders a table of the clients, or what there is to know about the only one.
pub(crate) fn text(out: &Out, response: &Response, one: bool) -> String {
    if let ([view], true) = (response.clients.as_slice(), one) {
        return format!("{}\n", fit(out, &details(view)).trim_end());
    }
    let columns: [Column<ClientView>; 3] = [
        ("CLIENT", 0, |view| view.client.to_owned()),
        ("STATUS", 0, |view| view.status.to_owned()),
        ("WHY", 0, |view| match &view.hint {
            Some(hint) => format!("{}; {hint}", view.message),
            None => view.message.clone(),
        }),
    ];
    table(out, &columns, &response.clients)
}

fn details(view: &ClientView) -> String {
    let mut lines = vec![
        ("status", view.status.to_owned()),
        ("why", view.message.clone()),
        ("location", view.location.clone()),
    ];
    let budget = view.budget.as_ref().map(|budget| {
        let Shown {
            shown,
            length,
            context,
            ..
        } = budget;
        format!("{shown} of {length} characters of the description, with a context of {context} tokens")
    });
    let optional = [
        ("to do", &view.hint),
        ("called", &view.called),
        ("description", &view.description),
        ("budget", &budget),
    ];
    lines.extend(
        optional
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.clone()?))),
    );
    let first = |(index, root): (usize, &String)| (if index == 0 { "looks in" } else { "" }, root.clone());
    lines.extend(view.roots.iter().enumerate().map(first));
    let verified = match view.verified {
        Some(version) => format!("version {version} was run"),
        None => "from documentation, not from a run".to_owned(),
    };
    lines.push(("rules", verified));
    let line = |(name, text): &(&str, String)| format!("{name:<12} {}\n", one_line(text));
    lines.iter().map(line).collect()
}
