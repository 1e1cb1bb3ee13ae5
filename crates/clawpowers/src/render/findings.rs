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
    let count = response.files.len();
    let plural = if count == 1 { "" } else { "s" };
    text.push_str(&format!(
        "{count} file{plural}, {} valid for {}, {} errors, {} warnings\n",
        response.valid, response.target, response.errors, response.warnings
    ));
    text
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
    let (files, changed, written) = (response.files.len(), response.changed, response.written);
    talk.push_str(&match (changed, written) {
        (0, _) => format!("{files} files, nothing to repair\n"),
        (n, 0) => format!("{files} files, {n} can be repaired\nhint: --write makes the repairs\n"),
        (_, n) => format!("{files} files, {n} repaired\n"),
    });
    (diff, talk)
}
