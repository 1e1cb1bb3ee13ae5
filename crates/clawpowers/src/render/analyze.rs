//! Analyses as text of 80 columns and as Markdown.

use super::metrics::duration;
use super::state::State;
use super::table::{cut, one_line, table};
use super::wrap::broken;
use crate::out::{Look, Out};
use clawpowers_api::feedback::{NoteCount, Rate, Recommendation, RecommendationKind, Week};
use clawpowers_api::operations::feedback;
use clawpowers_api::operations::feedback::analyze::{Response, SkillReport};
use clawpowers_api::pluralize;
use clawpowers_api::wire;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// How wide lines get, and the name of a skill where they have to stay within that.
const COLUMNS: usize = 80;
const NAME: usize = 18;
/// How far a line is indented that goes on with the one before.
const INDENT: usize = 6;
/// How many skills and recommendations a report has that was not asked for all of them.
const MOST_SKILLS: usize = 50;
const MOST_RECOMMENDATIONS: usize = 20;
/// How wide a note gets.
const NOTE: usize = 60;

/// A column of the table: its title, how wide a terminal has to be for it, and its cells.
type Column = (&'static str, usize, fn(&SkillReport) -> String);

pub(crate) fn text(out: &Out, response: &Response) -> String {
    if response.skills.is_empty() {
        return "No executions yet.\n".to_owned();
    }
    // A terminal has its own width, by which the table cuts names; what it has no room for is left out.
    let fits = |(_, least, _): &&Column| out.width.is_none_or(|width| width >= *least);
    let name: fn(&SkillReport) -> String = match out.width {
        Some(_) => |skill| skill.skill.clone(),
        None => |skill| shortened(&skill.skill, NAME),
    };
    let all: [Column; 7] = [
        ("SKILL", 0, name),
        ("RUNS", 70, |skill| skill.analysis.rate.total.to_string()),
        ("RATE", 0, |skill| rate(&skill.analysis.recent)),
        ("95 %", 62, |skill| {
            interval(&skill.analysis.recent).replace('%', "")
        }),
        ("LAST USED", 50, last_used),
        ("12 WEEKS", 76, |skill| sparkline(&skill.analysis.weeks)),
        ("STATE", 0, |skill| State::of(skill).word().to_owned()),
    ];
    let columns: Vec<&Column> = all.iter().filter(fits).collect();
    let row = |skill: &SkillReport| columns.iter().map(|(_, _, cell)| cell(skill)).collect();
    let mut shown = foremost(response, MOST_SKILLS);
    shown.sort_by(|a, b| a.skill.cmp(&b.skill));
    let rows: Vec<Vec<String>> = shown.iter().map(|skill| row(skill)).collect();
    let heading: Vec<&str> = columns.iter().map(|(title, ..)| *title).collect();
    let mut text = table(out, &heading, &rows);
    let more = response.skills.len() - shown.len();
    if more > 0 {
        text.push_str(&format!(
            "and {more} more: `clawpowers analyze --skill NAME` or `--json`\n"
        ));
    }
    text.push('\n');
    for state in State::among(shown.iter().copied()) {
        let head = format!("{}: ", state.word());
        let meaning = wrapped(out, state.meaning(), head.width());
        text.push_str(&out.paint(Look::Dim, &format!("{head}{meaning}")));
        text.push('\n');
    }
    text + &recommendations(out, &response.recommendations, MOST_RECOMMENDATIONS)
}

/// Returns the skills that say most: those that got worse, are low or got better, then the most used.
pub(crate) fn foremost(response: &Response, most: usize) -> Vec<&SkillReport> {
    let named = response
        .recommendations
        .iter()
        .filter(|one| one.kind != RecommendationKind::More);
    let places: BTreeMap<&str, usize> = named
        .enumerate()
        .map(|(place, one)| (one.skill.as_str(), place))
        .collect();
    let place = |skill: &SkillReport| places.get(skill.skill.as_str()).copied().unwrap_or(usize::MAX);
    let mut skills: Vec<&SkillReport> = response.skills.iter().collect();
    skills.sort_by_key(|skill| (place(skill), Reverse(skill.analysis.rate.total)));
    skills.truncate(most);
    skills
}

/// The first of the recommendations, and how many more there are.
pub(crate) fn recommendations(out: &Out, all: &[Recommendation], most: usize) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", out.paint(Look::Bold, "recommendations"));
    for one in all.iter().take(most) {
        let look = match one.kind {
            RecommendationKind::Worse => Look::Red,
            RecommendationKind::Low => Look::Yellow,
            RecommendationKind::Better => Look::Green,
            RecommendationKind::More => Look::Dim,
        };
        let name = shortened(&one.skill, columns(out) / 2);
        let kind = one.kind.to_string();
        let head = format!("{} {name}", out.paint(look, &kind));
        let plain = kind.len() + name.width() + 5;
        text.push_str(&format!(
            "  {head}: {}\n",
            wrapped(out, &one_line(&one.text), plain)
        ));
        if let Some(notes) = notes(one) {
            let notes = format!("notes of its failures: {notes}");
            text.push_str(&format!("    {}\n", wrapped(out, &notes, 4)));
        }
        for line in evidence(one) {
            text.push_str(&format!("    {}\n", wrapped(out, &one_line(&line), 4)));
        }
    }
    if all.len() > most {
        let more = all.len() - most;
        text.push_str(&format!(
            "  and {more} more: `clawpowers analyze --recommendations`\n"
        ));
    }
    text
}

/// Returns how wide lines get: as wide as a narrow terminal, never wider than reads well.
fn columns(out: &Out) -> usize {
    out.width.map_or(COLUMNS, |width| width.min(COLUMNS))
}

/// Breaks a text at blanks so that it stays within the columns; `used` are those before its first word.
fn wrapped(out: &Out, text: &str, used: usize) -> String {
    broken(text, columns(out), used, INDENT)
}

/// The notes of the failures with how many have them, if there are any.
pub(crate) fn notes(one: &Recommendation) -> Option<String> {
    let note = |found: &NoteCount| format!("{} ({})", shortened(&found.note, NOTE), found.count);
    let notes: Vec<String> = one.notes.iter().map(note).collect();
    (!notes.is_empty()).then(|| notes.join(", "))
}

/// What else is known of the failures behind a recommendation.
pub(crate) fn evidence(one: &Recommendation) -> Vec<String> {
    let session = one.session.as_ref().map(|found| {
        format!(
            "{} of {} in session {} failed",
            found.failures,
            pluralize(found.total, "run"),
            found.session
        )
    });
    let failing = one.failing_version.as_ref().map(|found| {
        format!(
            "{} of {} of version {} failed",
            found.failures,
            pluralize(found.total, "run"),
            found.version
        )
    });
    let version = one.version.as_ref().map(|version| {
        format!(
            "the skill changed to {} at that time",
            version.chars().take(20).collect::<String>()
        )
    });
    session.into_iter().chain(failing).chain(version).collect()
}

/// One skill in full.
pub(crate) fn skill(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    for skill in &response.skills {
        text.push_str(&format!("{}\n", out.paint(Look::Bold, &one_line(&skill.skill))));
        for line in details(skill) {
            text.push_str(&format!("{}\n", wrapped(out, &line, 0)));
        }
    }
    text + &recommendations(out, &response.recommendations, MOST_RECOMMENDATIONS)
}

/// What is known of one skill, a line for each thing.
fn details(skill: &SkillReport) -> Vec<String> {
    let f = &skill.figures;
    let mut lines = vec![format!(
        "  executions  {} ({} success, {} failure, {} partial, {} skipped), {} open",
        f.total, f.success, f.failure, f.partial, f.skipped, f.open
    )];
    if let Some(day) = f.last_at.as_deref().and_then(|at| at.get(..10)) {
        lines.push(format!("  last used   {day} ({})", last_used(skill)));
    }
    lines.push(format!(
        "  rate        {} ({})",
        percent(&skill.analysis.rate),
        interval(&skill.analysis.rate)
    ));
    if skill.analysis.recent != skill.analysis.rate {
        lines.push(format!(
            "  recently    {} ({}) of {}",
            percent(&skill.analysis.recent),
            interval(&skill.analysis.recent),
            skill.analysis.recent.total
        ));
    }
    let state = State::of(skill);
    lines.push(format!("  state       {}: {}", state.word(), state.meaning()));
    if let Some(took) = &f.duration {
        lines.push(format!(
            "  duration    median {}, 95 % within {}, mean {}",
            duration(took.p50),
            duration(took.p95),
            duration(took.mean)
        ));
    }
    if let Some(cost) = skill.analysis.cost_per_success {
        lines.push(format!("  cost        ${cost:.4} per success"));
    }
    if let Some(tokens) = skill.analysis.tokens_per_success {
        lines.push(format!("  tokens      {tokens:.0} per success"));
    }
    if !skill.models.is_empty() {
        lines.push(format!("  models      {}", models(skill)));
    }
    lines.push(format!("  12 weeks    {}", sparkline(&skill.analysis.weeks)));
    for change in &skill.analysis.changes {
        lines.push(format!(
            "  {}        since {}, {} ago: {} to {}",
            change.direction,
            change.since.get(..10).unwrap_or_default(),
            pluralize(change.runs_ago, "run"),
            percent(&change.before),
            percent(&change.after)
        ));
    }
    if let Some(missing) = &skill.analysis.missing {
        lines.push(format!("  missing     {missing}"));
    }
    lines
}

pub(crate) fn markdown(response: &Response) -> String {
    let mut text = format!("# Skills\n\nAs of {}.\n", as_of(response));
    if response.skills.is_empty() {
        text.push_str("\nNo executions yet.\n");
        return text;
    }
    text.push_str("\n| skill | runs | rate | 95 % interval | median | p95 | last used | state |\n|---|---|---|---|---|---|---|---|\n");
    for skill in &response.skills {
        let took = |pick: fn(&wire::Duration) -> f64| {
            skill
                .figures
                .duration
                .as_ref()
                .map_or_else(|| "–".to_owned(), |took| duration(pick(took)))
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            escaped(&skill.skill),
            skill.analysis.rate.total,
            rate(&skill.analysis.recent),
            interval(&skill.analysis.recent),
            took(|took| took.p50),
            took(|took| took.p95),
            skill
                .figures
                .last_at
                .as_deref()
                .and_then(|at| at.get(..10))
                .unwrap_or("–"),
            State::of(skill).with_date(skill)
        ));
    }
    text.push('\n');
    for state in State::among(response.skills.iter()) {
        text.push_str(&format!("- {}: {}\n", state.word(), state.meaning()));
    }
    if !response.recommendations.is_empty() {
        text.push_str("\n## Recommendations\n\n");
    }
    text + &listed(&response.recommendations)
}

pub(crate) fn markdown_recommendations(response: &Response) -> String {
    let list = if response.recommendations.is_empty() {
        "Nothing to recommend.\n".to_owned()
    } else {
        listed(&response.recommendations)
    };
    format!("# Recommendations\n\n{list}")
}

/// The recommendations as a list of Markdown.
fn listed(all: &[Recommendation]) -> String {
    let mut text = String::new();
    for one in all {
        text.push_str(&format!(
            "- **{}** {}: {}\n",
            one.kind,
            escaped(&one.skill),
            escaped(&one.text)
        ));
        if let Some(notes) = notes(one) {
            text.push_str(&format!("  Notes of its failures: {}\n", escaped(&notes)));
        }
        for line in evidence(one) {
            text.push_str(&format!("  {}\n", escaped(&line)));
        }
    }
    text
}

pub(crate) fn comparison(response: &feedback::compare::Response) -> String {
    let side = |side: &feedback::compare::Side| {
        let rate = &side.rate;
        let name = one_line(&side.name);
        format!(
            "  {name}: {} of {} = {} ({})\n",
            rate.success,
            rate.total,
            percent(rate),
            interval(rate)
        )
    };
    let mut text = format!(
        "{}\n{}{}",
        one_line(&response.skill),
        side(&response.a),
        side(&response.b)
    );
    if let Some(found) = &response.comparison {
        text.push_str(&format!(
            "  difference: {:+.0} points (95 %: {:+.0} to {:+.0}), p {} ({})\n",
            found.difference * 100.0,
            found.low * 100.0,
            found.high * 100.0,
            if found.p_value < 0.001 {
                "< 0.001".to_owned()
            } else {
                format!("= {:.3}", found.p_value)
            },
            found.method
        ));
    }
    text + "  " + &response.verdict + "\n"
}

/// `unknown` is what stands for a duration that is not known.
pub(crate) fn plan(response: &feedback::plan::Response, unknown: &str) -> String {
    let known = |value: &Option<String>| match value {
        Some(value) => format!("{}min", one_line(value)),
        None => unknown.to_owned(),
    };
    let mut text = format!(
        "Estimated duration: {}\nActual duration: {}\n",
        known(&response.estimated),
        known(&response.actual)
    );
    if let Some(ratio) = response.ratio {
        text.push_str(&format!("Estimation accuracy: {ratio:.1}x (1.0 = perfect)\n"));
    }
    if let Some(factor) = response.recommended_factor {
        text.push_str(&format!(
            "Recommendation: multiply estimates like this one by {factor:.1}\n"
        ));
    }
    text.push_str("\nTask Status:\n");
    text + &lines(&response.tasks)
}

pub(crate) fn worktrees(response: &feedback::worktrees::Response) -> String {
    format!("Active Worktrees:\n{}", lines(&response.worktrees))
}

fn lines(values: &[feedback::plan::ValueLine]) -> String {
    if values.is_empty() {
        return "  (none)\n".to_owned();
    }
    let line =
        |line: &feedback::plan::ValueLine| format!("  {}: {}\n", one_line(&line.key), one_line(&line.value));
    values.iter().map(line).collect()
}

fn shortened(name: &str, most: usize) -> String {
    cut(&one_line(name), Some(most))
}

fn percent(rate: &Rate) -> String {
    rate.value
        .map_or_else(|| "–".to_owned(), |value| format!("{:.0}%", value * 100.0))
}

fn interval(rate: &Rate) -> String {
    if rate.total == 0 {
        return "–".to_owned();
    }
    format!("{:.0}–{:.0}%", rate.low * 100.0, rate.high * 100.0)
}

/// A rate with what it is of.
fn rate(rate: &Rate) -> String {
    match rate.total {
        0 => "–".to_owned(),
        total => format!("{} of {total}", percent(rate)),
    }
}

/// How long ago a skill was used.
pub(crate) fn last_used(skill: &SkillReport) -> String {
    match skill.analysis.idle_days {
        None => "–".to_owned(),
        Some(0) => "today".to_owned(),
        Some(days) => format!("{days}d ago"),
    }
}

/// The models of a skill's last executions.
pub(crate) fn models(skill: &SkillReport) -> String {
    let model = |one: &clawpowers_api::operations::feedback::analyze::Model| {
        format!("{} {} of {}", one_line(&one.model), one.success, one.total)
    };
    skill.models.iter().map(model).collect::<Vec<_>>().join(", ")
}

/// The time of a report to the minute.
pub(crate) fn as_of(response: &Response) -> String {
    let minute: String = response.as_of.chars().take(16).collect();
    format!("{} UTC", minute.replace('T', " "))
}

/// One character a week: how many of what counted were successes; a dot where nothing was.
fn sparkline(weeks: &[Week]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |week: &Week| {
        let total = week.success + week.failure + week.partial;
        if total == 0 {
            return '·';
        }
        let index = usize::try_from(week.success * 7 / total).unwrap_or_default();
        BARS.get(index).copied().unwrap_or('█')
    };
    weeks.iter().map(bar).collect()
}

/// Returns a stranger's text for a cell of a Markdown table: on one line, and nothing in it acts.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' | '~'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
