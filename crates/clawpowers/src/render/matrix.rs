//! What each target does with skills.

use super::table::one_line;
use super::wrap::{fit, wrap};
use crate::out::{Out, Style};
use clawpowers_api::operations::skill::validate::{Response, TargetVerdict, Verdict};
use clawpowers_api::{Reception, Target, escape_line, pluralize};

/// Under this width a reason is on the lines below its target.
const NARROW: usize = 60;
/// The indentation of a reason there.
const INDENT: usize = 4;

/// Renders for each skill a line for each target, and then the targets that do not take all skills.
pub(crate) fn text(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    for file in &response.files {
        text.push_str(&block(out, file));
    }
    let count = pluralize(response.files.len(), "skill");
    text.push_str(&fit(out, &format!("{count}{}\n", totals(response))));
    text
}

fn block(out: &Out, file: &Verdict) -> String {
    let path = escape_line(&file.path);
    let mut text = fit(out, &format!("{}\n", out.paint(Style::Bold, &path)));
    for verdict in file.targets.iter().flatten() {
        text.push_str(&line(out, verdict));
    }
    text
}

fn line(out: &Out, verdict: &TargetVerdict) -> String {
    let target = Target::ALL.map(|target| target.as_str().len());
    let target_width = target.into_iter().max().unwrap_or_default();
    let word_width = Reception::ALL
        .map(|one| one.as_str().len())
        .into_iter()
        .max()
        .unwrap_or_default();
    let style = match verdict.verdict {
        Reception::Takes => Style::Green,
        Reception::Ignores => Style::Yellow,
        Reception::Refuses => Style::Red,
    };
    let why = one_line(&verdict.reasons.join("; "));
    let word = verdict.verdict.as_str();
    let head = format!("  {:<target_width$}  ", verdict.target.as_str());
    let painted = out.paint(style, word);
    if why.is_empty() {
        return format!("{head}{painted}\n");
    }
    let column = head.len() + word_width + 2;
    match out.width {
        Some(width) if width < NARROW => {
            let why = wrap(&why, width, INDENT, INDENT);
            format!("{head}{painted}\n{:INDENT$}{why}\n", "")
        }
        Some(width) => {
            let gap = " ".repeat(word_width - word.len() + 2);
            format!("{head}{painted}{gap}{}\n", wrap(&why, width, column, column))
        }
        None => {
            let gap = " ".repeat(word_width - word.len() + 2);
            format!("{head}{painted}{gap}{why}\n")
        }
    }
}

/// Returns the targets that refuse or ignore skills, with the number of these.
fn totals(response: &Response) -> String {
    let verdicts = || {
        response
            .files
            .iter()
            .flat_map(|file| file.targets.iter().flatten())
    };
    let mut text = String::new();
    for (reception, words) in [
        (Reception::Refuses, "refused by"),
        (Reception::Ignores, "ignored by"),
    ] {
        let targets = Target::ALL.into_iter().filter_map(|target| {
            let is_one = |one: &&TargetVerdict| one.target == target && one.verdict == reception;
            match verdicts().filter(is_one).count() {
                0 => None,
                count if response.files.len() == 1 => Some((target, count, false)),
                count => Some((target, count, true)),
            }
        });
        let targets: Vec<_> = targets
            .map(|(target, count, counted)| match counted {
                true => format!("{} ({count})", target.as_str()),
                false => target.as_str().to_owned(),
            })
            .collect();
        if !targets.is_empty() {
            text.push_str(&format!("; {words} {}", targets.join(", ")));
        }
    }
    match text.is_empty() {
        true => ", taken by every target".to_owned(),
        false => text,
    }
}
