//! Reports of `analyze` as text and as Markdown.

use super::facts::{evidence, facts};
use super::format::{as_of, day, duration, interval, last_used, percent, percent_of};
use super::state::State;
use super::table::{Column, one_line, table, truncate};
use super::wrap::wrap;
use crate::out::{Out, Style};
use clawpowers_api::feedback::{Recommendation, RecommendationKind, Week};
use clawpowers_api::operations::feedback;
use clawpowers_api::operations::feedback::analyze::{Response, SkillReport};
use clawpowers_api::wire;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// The width of lines if the terminal is not narrower, and of a skill's name without a terminal.
const COLUMNS: usize = 80;
const NAME: usize = 17;
/// The indentation of the second and further lines of a paragraph.
const INDENT: usize = 6;
/// How many skills and recommendations a report shows, unless all were requested.
const MAX_SKILLS: usize = 50;
const MAX_RECOMMENDATIONS: usize = 20;

pub(crate) fn text(out: &Out, response: &Response) -> String {
    if response.skills.is_empty() {
        return "No executions yet.\n".to_owned();
    }
    // On a terminal the table truncates names as its width requires.
    let name: fn(&SkillReport) -> String = match out.width {
        Some(_) => |skill| skill.skill.clone(),
        None => |skill| short(&skill.skill, NAME),
    };
    let columns: [Column<SkillReport>; 7] = [
        ("SKILL", 0, name),
        ("TOTAL", 70, |skill| skill.analysis.rate.total.to_string()),
        ("RATE", 0, |skill| percent_of(&skill.analysis.recent)),
        ("95%", 62, |skill| {
            interval(&skill.analysis.recent).replace('%', "")
        }),
        ("LAST USED", 50, last_used),
        ("12 WEEKS", 76, |skill| sparkline(&skill.analysis.weeks)),
        ("STATE", 0, |skill| State::of(skill).word().to_owned()),
    ];
    let mut shown = most_relevant(response, MAX_SKILLS);
    shown.sort_by(|a, b| a.skill.cmp(&b.skill));
    let mut text = table(out, &columns, shown.iter().copied());
    let more = response.skills.len() - shown.len();
    if more > 0 {
        text.push_str(&format!(
            "and {more} more: `clawpowers analyze --skill NAME` or `--json`\n"
        ));
    }
    text.push('\n');
    for state in State::among(shown.iter().copied()) {
        let label = format!("{}: ", state.word());
        let meaning = wrapped(out, state.meaning(), label.width());
        text.push_str(&out.paint(Style::Dim, &format!("{label}{meaning}")));
        text.push('\n');
    }
    text + &recommendations(out, &response.recommendations, MAX_RECOMMENDATIONS)
}

/// Returns the skills that got worse, are low or got better, then the most used.
pub(crate) fn most_relevant(response: &Response, most: usize) -> Vec<&SkillReport> {
    let all = response.recommendations.iter();
    let relevant = all.filter(|one| one.kind != RecommendationKind::More);
    let ranked = relevant.enumerate().map(|(rank, one)| (one.skill.as_str(), rank));
    let ranks: BTreeMap<&str, usize> = ranked.collect();
    let rank = |skill: &SkillReport| ranks.get(skill.skill.as_str()).copied().unwrap_or(usize::MAX);
    let mut skills: Vec<&SkillReport> = response.skills.iter().collect();
    skills.sort_by_key(|skill| (rank(skill), Reverse(skill.analysis.rate.total)));
    skills.truncate(most);
    skills
}

/// Returns the first recommendations, and how many more there are.
pub(crate) fn recommendations(out: &Out, all: &[Recommendation], most: usize) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", out.paint(Style::Bold, "recommendations"));
    for one in all.iter().take(most) {
        let style = match one.kind {
            RecommendationKind::Worse => Style::Red,
            RecommendationKind::Low => Style::Yellow,
            RecommendationKind::Better => Style::Green,
            RecommendationKind::More => Style::Dim,
        };
        let kind = one.kind.to_string();
        let name = short(&one.skill, columns(out) / 2);
        let used = kind.len() + name.width() + 7;
        let advice = wrapped(out, &one_line(&one.text), used);
        text.push_str(&format!("  [{}] {name}: {advice}\n", out.paint(style, &kind)));
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

fn columns(out: &Out) -> usize {
    out.width.map_or(COLUMNS, |width| width.min(COLUMNS))
}

/// Wraps a string that starts after `used` columns.
fn wrapped(out: &Out, text: &str, used: usize) -> String {
    wrap(text, columns(out), used, INDENT)
}

/// One skill in full.
pub(crate) fn skill(out: &Out, response: &Response) -> String {
    let mut text = String::new();
    for skill in &response.skills {
        text.push_str(&format!("{}\n", out.paint(Style::Bold, &one_line(&skill.skill))));
        let state = State::of(skill);
        let mut facts = facts(skill);
        facts.push(("12 weeks", sparkline(&skill.analysis.weeks)));
        facts.push(("state", format!("{}: {}", state.word(), state.meaning())));
        for (label, fact) in facts {
            let line = format!("  {label:<12}{}", one_line(&fact));
            text.push_str(&format!("{}\n", wrapped(out, &line, 0)));
        }
    }
    text + &recommendations(out, &response.recommendations, MAX_RECOMMENDATIONS)
}

pub(crate) fn markdown(response: &Response) -> String {
    let mut text = format!("# Skills\n\nAs of {}.\n", as_of(response));
    if response.skills.is_empty() {
        text.push_str("\nNo executions yet.\n");
        return text;
    }
    text.push_str("\n| skill | executions | rate | 95% interval | median | p95 | last used | state |\n|---|---|---|---|---|---|---|---|\n");
    for skill in &response.skills {
        let took = |quantile: fn(&wire::Duration) -> f64| {
            let took = skill.figures.duration.as_ref();
            took.map_or_else(|| "–".to_owned(), |took| duration(quantile(took)))
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            escaped(&skill.skill),
            skill.analysis.rate.total,
            percent_of(&skill.analysis.recent),
            interval(&skill.analysis.recent),
            took(|took| took.p50),
            took(|took| took.p95),
            skill.figures.last_at.as_deref().map_or("–", day),
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
    text + &markdown_list(&response.recommendations)
}

pub(crate) fn markdown_recommendations(response: &Response) -> String {
    let list = match response.recommendations.as_slice() {
        [] => "Nothing to recommend.\n".to_owned(),
        all => markdown_list(all),
    };
    format!("# Recommendations\n\n{list}")
}

fn markdown_list(all: &[Recommendation]) -> String {
    let mut text = String::new();
    for one in all {
        let (skill, advice) = (escaped(&one.skill), escaped(&one.text));
        text.push_str(&format!("- **{}** {skill}: {advice}\n", one.kind));
        for line in evidence(one) {
            text.push_str(&format!("  {}\n", escaped(&line)));
        }
    }
    text
}

pub(crate) fn comparison(response: &feedback::compare::Response) -> String {
    let mut text = format!("{}\n", one_line(&response.skill));
    for side in [&response.a, &response.b] {
        let rate = &side.rate;
        text.push_str(&format!(
            "  {}: {} of {} = {} ({})\n",
            one_line(&side.name),
            rate.success,
            rate.total,
            percent(rate),
            interval(rate)
        ));
    }
    if let Some(found) = &response.comparison {
        let p = match found.p_value {
            p if p < 0.001 => "< 0.001".to_owned(),
            p => format!("= {p:.3}"),
        };
        text.push_str(&format!(
            "  difference: {:+.0} points (95%: {:+.0} to {:+.0}), p {p} ({})\n",
            found.difference * 100.0,
            found.low * 100.0,
            found.high * 100.0,
            found.method
        ));
    }
    text + "  " + &response.verdict + "\n"
}

/// `unknown` is printed for a duration that is not known.
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
    text + "\nTask Status:\n" + &lines(&response.tasks)
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

fn short(name: &str, columns: usize) -> String {
    truncate(&one_line(name), columns)
}

/// One character for each week: a bar for its success rate, or a dot if there were no executions.
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

/// Returns untrusted text for a cell of a Markdown table: on one line, with all markup escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if "\\`*_[]<>|#!&~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
