//! One skill.

use super::findings::line;
use super::table::one_line;
use super::wrap::{broken, fit};
use crate::out::{Look, Out};
use clawpowers_api::escape_line;
use clawpowers_api::operations::skill::show::Response;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    let skill = &response.skill;
    let description = one_line(&skill.description);
    let mut text = format!(
        "{}\n{}\n\n{:<14}{}\n",
        out.paint(Look::Bold, &one_line(&skill.name)),
        match out.width {
            Some(width) => broken(&description, width, 0, 0),
            None => description,
        },
        "location",
        escape_line(&response.location)
    );
    let mut row = |label: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{label:<14}{}\n", one_line(&value)));
        }
    };
    row("scope", response.scope.as_str().to_owned());
    row("version", skill.version.clone().unwrap_or_default());
    row("license", skill.license.clone().unwrap_or_default());
    row("compatibility", skill.compatibility.clone().unwrap_or_default());
    row("allowed tools", skill.allowed_tools.join(", "));
    row("tags", skill.tags.join(", "));
    let r = &skill.requirements;
    row("needs bins", r.bins.join(", "));
    row("needs one of", r.any_bins.join(", "));
    row("needs env", r.env.join(", "));
    row("needs config", r.config.join(", "));
    row("needs skills", r.skills.join(", "));
    row("runs on", r.os.join(", "));
    row("missing here", response.missing.join(", "));
    row("tracks", skill.metrics.tracks.join(", "));
    row("improves", skill.metrics.improves.join(", "));
    row(
        "started by",
        match (skill.invocation.user, skill.invocation.model) {
            (true, true) => "user and model".to_owned(),
            (true, false) => "user only".to_owned(),
            (false, true) => "model only".to_owned(),
            (false, false) => "nobody".to_owned(),
        },
    );
    row("tokens", format!("about {}", response.tokens));
    let none = || {
        format!(
            "none: {}",
            one_line(response.digest_failure.as_deref().unwrap_or_default())
        )
    };
    row("digest", response.digest.clone().unwrap_or_else(none));
    if !response.outline.headings.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Look::Bold, "outline")));
        for heading in &response.outline.headings {
            let indent = "  ".repeat(usize::from(heading.level));
            text.push_str(&format!("{indent}{}\n", one_line(&heading.text)));
        }
    }
    if !response.resources.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Look::Bold, "files")));
        for file in &response.resources {
            text.push_str(&format!(
                "  {:<10}{:>9} B  {}\n",
                file.kind.as_str(),
                file.size,
                escape_line(&file.path)
            ));
        }
    }
    if !response.diagnostics.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Look::Bold, "problems")));
        for finding in &response.diagnostics {
            text.push_str(&line(out, &escape_line(&response.location), finding));
        }
    }
    fit(out, &text)
}
