//! Verdicts and repairs.

use super::table::one_line;
use crate::out::{Look, Out};
use clawpowers_api::ops::{skill_fix, skill_validate};
use clawpowers_api::wire::DiagnosticOut;

pub(crate) fn text(out: &Out, response: &skill_validate::Response) -> String {
    let mut text = String::new();
    for file in &response.files {
        let path = one_line(&file.path);
        for finding in &file.diagnostics {
            text.push_str(&line(out, &path, finding));
        }
    }
    text.push_str(&format!(
        "{}, {} valid for {}, {}, {}\n",
        count(response.files.len(), "file"),
        response.valid,
        response.target,
        count(response.errors, "error"),
        count(response.warnings, "warning")
    ));
    text
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// One finding: place, severity, rule, words, and the hint below.
pub(crate) fn line(out: &Out, path: &str, finding: &DiagnosticOut) -> String {
    let look = match finding.severity {
        "error" => Look::Red,
        "warning" => Look::Yellow,
        _ => Look::Dim,
    };
    let severity = out.paint(look, finding.severity);
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

/// The diffs for stdout, and the summary for stderr.
pub(crate) fn repairs(out: &Out, response: &skill_fix::Response) -> (String, String) {
    let diff: String = response.files.iter().map(|file| file.diff.as_str()).collect();
    let mut talk = String::new();
    for file in &response.files {
        let path = one_line(&file.path);
        if let Some(reason) = file.reason {
            talk.push_str(&format!("{path} does not load even so: {reason}\n"));
        }
        for finding in file.remaining.iter().filter(|f| f.severity == "error") {
            talk.push_str(&line(out, &path, finding));
        }
    }
    let (changed, written) = (response.changed, response.written);
    let files = count(response.files.len(), "file");
    let broken = match response.broken {
        0 => String::new(),
        n => format!(", {n} do not load even so"),
    };
    talk.push_str(&match (changed, written) {
        (0, _) => format!("{files}, nothing to repair{broken}\n"),
        (n, 0) => format!("{files}, {n} can be repaired{broken}\nhint: --write makes the repairs\n"),
        (_, n) => format!("{files}, {n} repaired{broken}\n"),
    });
    (diff, talk)
}
