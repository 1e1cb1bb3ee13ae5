//! Diagnostics and repairs.

use super::table::one_line;
use crate::out::{Out, Palette, Style};
use clawpowers_api::display::escape_control;
use clawpowers_api::operations::skill;
use clawpowers_api::wire;
use clawpowers_api::{Severity, escape_line, pluralize};

pub(crate) fn text(out: &Out, response: &skill::validate::Response) -> String {
    let mut text = String::new();
    for file in &response.files {
        for diagnostic in &file.diagnostics {
            text.push_str(&line(out.palette, &file.path, diagnostic));
        }
    }
    let target = response.target.unwrap_or_default();
    text.push_str(&format!(
        "{}, {} valid for {}, {}, {}\n",
        pluralize(response.files.len(), "file"),
        response.valid,
        target.as_str(),
        pluralize(response.errors, "error"),
        pluralize(response.warnings, "warning")
    ));
    text
}

/// One diagnostic with its hint; `path` is that of the skill's SKILL.md.
pub(crate) fn line(palette: Palette, path: &str, diagnostic: &wire::Diagnostic) -> String {
    let style = match diagnostic.severity {
        Severity::Error => Style::Red,
        Severity::Warning => Style::Yellow,
        Severity::Info => Style::Dim,
    };
    let severity = palette.paint(style, diagnostic.severity.as_str());
    let path = escape_line(&diagnostic.path(path));
    let position = format!("{path}:{}:{}", diagnostic.line, diagnostic.column);
    let mut text = format!(
        "{position}: {severity}[{}]: {}\n",
        diagnostic.rule,
        one_line(&diagnostic.message)
    );
    if let Some(hint) = &diagnostic.hint {
        text.push_str(&format!("  hint: {}\n", one_line(hint)));
    }
    text
}

/// The diffs of files that can be written, for stdout, and the messages for stderr.
pub(crate) fn repairs(out: &Out, response: &skill::fix::Response) -> (String, String) {
    let writable = response.files.iter().filter(|file| file.failure.is_none());
    let diff: String = writable.map(|file| file.diff.as_str()).collect();
    let mut messages = String::new();
    for file in &response.files {
        let path = escape_line(&file.path);
        if let Some(failure) = &file.failure {
            messages.push_str(&format!(
                "error: `{path}` cannot be written: {}\n",
                escape_line(failure)
            ));
        }
        if let Some(reason) = file.reason {
            messages.push_str(&format!("{path} still does not load: {reason}\n"));
        }
        for diagnostic in file.remaining.iter().filter(|f| f.severity == Severity::Error) {
            messages.push_str(&line(out.err_palette, &file.path, diagnostic));
        }
    }
    if response.failed > 0 {
        messages.push_str(
            "hint: files that cannot be written were not changed; make them writable, or run `clawpowers skill fix` on the target of the symlink\n",
        );
    }
    let able = response.changed - response.failed;
    messages.push_str(&pluralize(response.files.len(), "file"));
    match (response.changed, response.written) {
        (0, _) => messages.push_str(", nothing to repair"),
        (_, 0) if able > 0 => messages.push_str(&format!(", {able} can be repaired")),
        (_, written) => messages.push_str(&format!(", {written} repaired")),
    }
    match response.failed {
        0 => {}
        n => messages.push_str(&format!(", {n} cannot be written")),
    }
    match response.broken {
        0 => {}
        1 => messages.push_str(", 1 still does not load"),
        n => messages.push_str(&format!(", {n} still do not load")),
    }
    messages.push('\n');
    if able > 0 && response.written == 0 {
        messages.push_str("hint: run again with `--write` to apply the repairs\n");
    }
    (diff, messages)
}

/// Colors a diff and escapes it for a terminal, if color is enabled.
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
        // A removed line may also start with `--- `.
        let names = |next: &&str| next.starts_with("+++ ");
        let first = body.starts_with("--- ") && lines.peek().is_some_and(names);
        let style = match body.chars().next() {
            _ if first || std::mem::take(&mut heading) => Some(Style::Bold),
            Some('@') => Some(Style::Cyan),
            Some('-') => Some(Style::Red),
            Some('+') => Some(Style::Green),
            _ => None,
        };
        heading = first;
        let safe = escape_control(body);
        text.push_str(&style.map_or_else(|| safe.to_string(), |style| palette.paint(style, &safe)));
        text.push_str(end);
    }
    text
}
