//! Verdicts and repairs.

use super::table::one_line;
use crate::out::{Look, Out, Palette};
use clawpowers_api::display::escape_control;
use clawpowers_api::operations::skill;
use clawpowers_api::wire;
use clawpowers_api::{Severity, escape_line, pluralize};

pub(crate) fn text(out: &Out, response: &skill::validate::Response) -> String {
    let mut text = String::new();
    for file in &response.files {
        let path = escape_line(&file.path);
        for finding in &file.diagnostics {
            text.push_str(&line(out, &path, finding));
        }
    }
    text.push_str(&format!(
        "{}, {} valid for {}, {}, {}\n",
        pluralize(response.files.len(), "file"),
        response.valid,
        response.target.as_str(),
        pluralize(response.errors, "error"),
        pluralize(response.warnings, "warning")
    ));
    text
}

/// One finding for stdout: place, severity, rule, words, and the hint below.
pub(crate) fn line(out: &Out, path: &str, finding: &wire::Diagnostic) -> String {
    painted(out.palette, path, finding)
}

fn painted(palette: Palette, path: &str, finding: &wire::Diagnostic) -> String {
    let look = match finding.severity {
        Severity::Error => Look::Red,
        Severity::Warning => Look::Yellow,
        Severity::Info => Look::Dim,
    };
    let severity = palette.paint(look, finding.severity.as_str());
    let place = format!("{path}:{}:{}", finding.line, finding.column);
    let mut text = format!(
        "{place}: {severity}[{}]: {}\n",
        finding.rule,
        one_line(&finding.message)
    );
    if let Some(hint) = &finding.hint {
        text.push_str(&format!("  hint: {}\n", one_line(hint)));
    }
    text
}

/// The diffs for stdout, and the summary for stderr; what cannot be written is not among the diffs.
pub(crate) fn repairs(out: &Out, response: &skill::fix::Response) -> (String, String) {
    let writable = response.files.iter().filter(|file| file.failure.is_none());
    let diff: String = writable.map(|file| file.diff.as_str()).collect();
    let mut talk = String::new();
    for file in &response.files {
        let path = escape_line(&file.path);
        if let Some(failure) = &file.failure {
            talk.push_str(&format!(
                "error: `{path}` cannot be written: {}\n",
                escape_line(failure)
            ));
        }
        if let Some(reason) = file.reason {
            talk.push_str(&format!("{path} does not load even so: {reason}\n"));
        }
        for finding in file.remaining.iter().filter(|f| f.severity == Severity::Error) {
            talk.push_str(&painted(out.err_palette, &path, finding));
        }
    }
    if response.failed > 0 {
        talk.push_str(
            "hint: what cannot be written was left as it was; repair it where it is, or make it writable\n",
        );
    }
    let able = response.changed - response.failed;
    talk.push_str(&pluralize(response.files.len(), "file"));
    match (response.changed, response.written) {
        (0, _) => talk.push_str(", nothing to repair"),
        (_, 0) if able > 0 => talk.push_str(&format!(", {able} can be repaired")),
        (_, written) => talk.push_str(&format!(", {written} repaired")),
    }
    match response.failed {
        0 => {}
        n => talk.push_str(&format!(", {n} cannot be written")),
    }
    match response.broken {
        0 => {}
        1 => talk.push_str(", 1 does not load even so"),
        n => talk.push_str(&format!(", {n} do not load even so")),
    }
    talk.push('\n');
    if able > 0 && response.written == 0 {
        talk.push_str("hint: --write writes the repairs\n");
    }
    (diff, talk)
}

/// Colours a diff and makes it safe to show; without colour it stays as it is.
pub(crate) fn diff(palette: Palette, diff: &str) -> String {
    if !palette.enabled {
        return diff.to_owned();
    }
    let mut lines = diff.split_inclusive('\n').peekable();
    let mut text = String::new();
    let mut heading = false;
    while let Some(line) = lines.next() {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        // A removed line may start with two hyphens itself.
        let names = |next: &&str| next.starts_with("+++ ");
        let first = body.starts_with("--- ") && lines.peek().is_some_and(names);
        let look = match body.chars().next() {
            _ if first || std::mem::take(&mut heading) => Some(Look::Bold),
            Some('@') => Some(Look::Cyan),
            Some('-') => Some(Look::Red),
            Some('+') => Some(Look::Green),
            _ => None,
        };
        heading = first;
        let safe = escape_control(body);
        text.push_str(&look.map_or_else(|| safe.to_string(), |look| palette.paint(look, &safe)));
        text.push_str(end);
    }
    text
}
