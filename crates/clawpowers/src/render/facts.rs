//! What is known of a skill and of a recommendation, for every format of a report.

use super::format::{day, duration, interval, last_used, outcomes, percent};
use super::table::{one_line, truncate};
use clawpowers_api::feedback::{ChangeReport, Direction, NoteCount, Rate, Recommendation};
use clawpowers_api::operations::feedback::analyze::{Model, SkillReport};
use clawpowers_api::pluralize;

/// The number of columns to which a note is truncated.
const NOTE: usize = 60;

/// Returns what is known of a skill, each with its label.
pub(crate) fn facts(skill: &SkillReport) -> Vec<(&'static str, String)> {
    let (figures, analysis) = (&skill.figures, &skill.analysis);
    let mut facts = vec![("executions", outcomes(figures))];
    if let (Some(first), Some(last)) = (&figures.first_at, &figures.last_at) {
        let text = format!("{} to {} ({})", day(first), day(last), last_used(skill));
        facts.push(("used", text));
    }
    facts.push(("rate", rate(&analysis.rate)));
    if analysis.recent != analysis.rate {
        facts.push(("recently", rate(&analysis.recent)));
    }
    facts.extend(analysis.changes.iter().rev().map(change));
    if let Some(took) = &figures.duration {
        let [median, p95, mean] = [took.p50, took.p95, took.mean].map(duration);
        facts.push(("duration", format!("median {median}, p95 {p95}, mean {mean}")));
    }
    if let Some(cost) = &figures.cost {
        let each = analysis.cost_per_success;
        let each = each.map_or_else(String::new, |each| format!(", ${each:.4} per success"));
        let executions = pluralize(cost.count, "execution");
        facts.push(("cost", format!("${:.2} over {executions}{each}", cost.total)));
    }
    if let Some(tokens) = &figures.tokens {
        let each = analysis.tokens_per_success;
        let each = each.map_or_else(String::new, |each| format!(", {each:.0} per success"));
        let text = format!("{} in, {} out{each}", tokens.tokens_in, tokens.tokens_out);
        facts.push(("tokens", text));
    }
    if !skill.models.is_empty() {
        let model = |one: &Model| format!("{}: {} of {}", one_line(&one.model), one.success, one.total);
        let models: Vec<String> = skill.models.iter().map(model).collect();
        facts.push(("models", models.join(", ")));
    }
    if let Some(missing) = &analysis.missing {
        facts.push(("missing", missing.clone()));
    }
    facts
}

fn rate(rate: &Rate) -> String {
    if rate.total == 0 {
        return "no executions".to_owned();
    }
    let (percent, interval) = (percent(rate), interval(rate));
    format!("{} of {} = {percent} ({interval})", rate.success, rate.total)
}

fn change(change: &ChangeReport) -> (&'static str, String) {
    let label = match change.direction {
        Direction::Drop => "fell",
        Direction::Rise => "rose",
    };
    let text = format!(
        "on {}, {} ago: {} to {}{}",
        day(&change.since),
        pluralize(change.runs_ago, "execution"),
        percent(&change.before),
        percent(&change.after),
        if change.holds {
            ""
        } else {
            "; no longer significant"
        }
    );
    (label, text)
}

/// Returns what is known of the failures behind a recommendation.
pub(crate) fn evidence(one: &Recommendation) -> Vec<String> {
    let note = |found: &NoteCount| {
        let note = truncate(&one_line(&found.note), NOTE);
        format!("{note} ({})", found.count)
    };
    let notes: Vec<String> = one.notes.iter().map(note).collect();
    let notes = (!notes.is_empty()).then(|| format!("failure notes: {}", notes.join(", ")));
    let session = one.session.as_ref().map(|found| {
        let total = pluralize(found.total, "execution");
        format!(
            "{} of {total} in session {} failed",
            found.failures, found.session
        )
    });
    let failing = one.failing_version.as_ref().map(|found| {
        let total = pluralize(found.total, "execution");
        format!(
            "{} of {total} of version {} failed",
            found.failures, found.version
        )
    });
    let version = one.version.as_ref().map(|version| {
        let version: String = version.chars().take(20).collect();
        format!("the skill changed to {version} at that time")
    });
    [notes, session, failing, version].into_iter().flatten().collect()
}
