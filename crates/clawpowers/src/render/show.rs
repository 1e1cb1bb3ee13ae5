//! One skill in full.

use super::diagnostics::line;
use super::table::one_line;
use super::wrap::{fit, wrap};
use crate::out::{Out, Style};
use clawpowers_api::escape_line;
use clawpowers_api::operations::skill::show::Response;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    let skill = &response.skill;
    let description = one_line(&skill.description);
    let mut text = format!(
        "{}\n{}\n\n{:<17}{}\n",
        out.paint(Style::Bold, &one_line(&skill.name)),
        match out.width {
            Some(width) => wrap(&description, width, 0, 0),
            None => description,
        },
        "location",
        escape_line(&response.location)
    );
    let mut row = |label: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{label:<17}{}\n", one_line(&value)));
        }
    };
    row("scope", response.scope.as_str().to_owned());
    row("version", skill.version.clone().unwrap_or_default());
    row("license", skill.license.clone().unwrap_or_default());
    row("compatibility", skill.compatibility.clone().unwrap_or_default());
    row("allowed tools", skill.allowed_tools.join(", "));
    row("tags", skill.tags.join(", "));
    let r = &skill.requirements;
    row("requires bins", r.bins.join(", "));
    row("requires any of", r.any_bins.join(", "));
    row("requires env", r.env.join(", "));
    row("requires config", r.config.join(", "));
    row("requires skills", r.skills.join(", "));
    row("runs on", r.os.join(", "));
    row("missing", response.missing.join(", "));
    row("tracks", skill.metrics.tracks.join(", "));
    row("improves", skill.metrics.improves.join(", "));
    let invocation = match (skill.invocation.user, skill.invocation.model) {
        (true, true) => "user and model",
        (true, false) => "user only",
        (false, true) => "model only",
        (false, false) => "nobody",
    };
    row("invocable by", invocation.to_owned());
    row("tokens", format!("about {}", response.tokens));
    let reason = response.digest_failure.as_deref().unwrap_or_default();
    let digest = response.digest.clone();
    row("digest", digest.unwrap_or_else(|| format!("none: {reason}")));
    if !response.outline.headings.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Style::Bold, "outline")));
        for heading in &response.outline.headings {
            let indent = "  ".repeat(usize::from(heading.level));
            text.push_str(&format!("{indent}{}\n", one_line(&heading.text)));
        }
    }
    if !response.resources.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Style::Bold, "files")));
        for file in &response.resources {
            let (kind, path) = (file.kind.as_str(), escape_line(&file.path));
            text.push_str(&format!("  {kind:<10}{:>9} B  {path}\n", file.size));
        }
    }
    if !response.diagnostics.is_empty() {
        text.push_str(&format!("\n{}\n", out.paint(Style::Bold, "problems")));
        for diagnostic in &response.diagnostics {
            text.push_str(&line(out.palette, &response.location, diagnostic));
        }
    }
    fit(out, &text)
}
