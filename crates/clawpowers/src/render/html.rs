//! Reports of `analyze` as one HTML file with charts in SVG, without scripts and external resources.

mod chart;

use super::analyze::most_relevant;
use super::facts::{evidence, facts};
use super::format::{as_of, day, duration, last_used, minute, outcomes, percent_of};
use super::state::State;
use clawpowers_api::display::escape_control;
use clawpowers_api::feedback::{Recommendation, RecommendationKind};
use clawpowers_api::operations::feedback::analyze::{Response, SkillReport};
use clawpowers_api::pluralize;
use std::collections::BTreeMap;

/// How many skills have charts.
const CHARTED: usize = 40;
/// How many skills the table has.
const LISTED: usize = 200;

/// Blue and orange, and their shades, can be distinguished with every kind of color blindness. Every state also has a word
/// and a sign.
const STYLE: &str = include_str!("html/style.css");

pub(crate) fn report(response: &Response, home: Option<&str>) -> String {
    let contents = Contents::of(response);
    let mut body = head(response, home);
    if response.skills.is_empty() {
        body.push_str(
            "<p>No executions yet. Record an execution with <code>clawpowers metrics record</code>.</p>\n",
        );
        return page("Skills", &body);
    }
    body.push_str(&table(response, &contents));
    if !response.recommendations.is_empty() {
        body.push_str("<h2 id=\"recommendations\">Recommendations</h2>\n");
        body.push_str(&list(&response.recommendations, Some(&contents)));
    }
    body.push_str("<h2>Skill by skill</h2>\n");
    body.push_str(chart::KEY);
    for skill in &contents.charted {
        body.push_str(&section(skill, response, &contents));
    }
    let rest = response.skills.len() - contents.charted.len();
    if rest > 0 {
        body.push_str(&format!(
            "<p class=\"soft\">{}; <code>clawpowers analyze --skill NAME --format html</code> has charts for any of them.</p>\n",
            pluralize(rest as u64, "more skill")
        ));
    }
    page("Skills", &body)
}

pub(crate) fn recommendations(response: &Response) -> String {
    let list = match response.recommendations.as_slice() {
        [] => "<p>Nothing to recommend.</p>\n".to_owned(),
        all => list(all, None),
    };
    let time = as_of(response);
    let body = format!("<h1>Recommendations</h1>\n<p class=\"soft\">As of {time}.</p>\n{list}");
    page("Recommendations", &body)
}

/// Which skills are on the page, and their ids.
struct Contents<'r> {
    listed: Vec<&'r SkillReport>,
    charted: Vec<&'r SkillReport>,
    ids: BTreeMap<&'r str, usize>,
}

impl<'r> Contents<'r> {
    fn of(response: &'r Response) -> Self {
        let mut all = most_relevant(response, usize::MAX);
        all.sort_by_key(|skill| skill.analysis.idle);
        let first = |most| all.iter().take(most).copied().collect();
        let skills = response.skills.iter().enumerate();
        Self {
            listed: first(LISTED),
            charted: first(CHARTED),
            ids: skills.map(|(id, skill)| (skill.skill.as_str(), id)).collect(),
        }
    }

    fn id(&self, skill: &str) -> usize {
        self.ids.get(skill).copied().unwrap_or_default()
    }

    /// The name of a skill as a link to its charts, if it has any.
    fn link(&self, skill: &str) -> String {
        match self.charted.iter().any(|one| one.skill == skill) {
            true => format!("<a href=\"#skill-{}\">{}</a>", self.id(skill), text(skill)),
            false => text(skill),
        }
    }
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn head(response: &Response, home: Option<&str>) -> String {
    let all = &response.all;
    let time = as_of(response);
    if response.skills.is_empty() {
        return format!(
            "<h1>Skills</h1>\n<p class=\"soft\">As of {time}.{}</p>\n",
            home_folder(home)
        );
    }
    let (skills, executions) = (pluralize(response.skills.len(), "skill"), outcomes(all));
    let mut out = format!("<h1>Skills</h1>\n<p>{skills}. Executions: {executions}.");
    if let Some(cost) = &all.cost {
        let executions = pluralize(cost.count, "execution");
        out.push_str(&format!(" Cost: ${:.2}, recorded for {executions}.", cost.total));
    }
    out.push_str(&format!("</p>\n<p class=\"soft\">As of {time}."));
    if let Some(since) = &response.since {
        out.push_str(&format!(" Only executions since {} UTC.", text(&minute(since))));
    }
    if let (Some(first), Some(last)) = (&all.first_at, &all.last_at) {
        out.push_str(&format!(" Executions from {} to {}.", day(first), day(last)));
    }
    out + &home_folder(home) + "</p>\n"
}

fn home_folder(home: Option<&str>) -> String {
    home.map_or_else(String::new, |home| {
        format!(" Runtime home <code>{}</code>.", text(home))
    })
}

fn table(response: &Response, contents: &Contents<'_>) -> String {
    let cost_of = |skill: &SkillReport| skill.analysis.cost_per_success;
    let with_cost = contents.listed.iter().any(|skill| cost_of(skill).is_some());
    let cost_heading = if with_cost {
        "<th>Cost per success</th>"
    } else {
        ""
    };
    let mut out = format!(
        "<table>\n<thead><tr><th>Skill</th><th>State</th><th>Rate</th><th>95% interval</th><th>Executions</th><th>Last \
         used</th><th>Median</th><th>12 weeks</th>{cost_heading}</tr></thead>\n<tbody>\n"
    );
    for skill in &contents.listed {
        let median = skill.figures.duration.as_ref();
        let median = median.map_or_else(|| "–".to_owned(), |took| duration(took.p50));
        let cost = cost_of(skill).map_or_else(|| "–".to_owned(), |cost| format!("${cost:.4}"));
        let cost = match with_cost {
            true => format!("<td data-label=\"Cost per success\">{cost}</td>"),
            false => String::new(),
        };
        out.push_str(&format!(
            "<tr class=\"skill\"><td class=\"name\">{}</td><td>{}</td><td data-label=\"Rate\">{}</td><td data-label=\"95% \
             interval\" class=\"wide\">{}</td><td data-label=\"Executions\">{}</td><td data-label=\"Last used\">{}</td><td \
             data-label=\"Median\">{median}</td><td data-label=\"12 weeks\" class=\"wide\">{}</td>{cost}</tr>\n",
            contents.link(&skill.skill),
            chip(State::of(skill)),
            percent_of(&skill.analysis.recent),
            chart::interval(&skill.analysis.recent, color(State::of(skill))),
            skill.analysis.rate.total,
            last_used(skill),
            chart::weeks(&skill.analysis.weeks),
        ));
    }
    out.push_str("</tbody>\n</table>\n");
    let rest = response.skills.len() - contents.listed.len();
    if rest > 0 {
        let more = pluralize(rest as u64, "more skill");
        out.push_str(&format!(
            "<p class=\"soft\">{more}; <code>clawpowers analyze --json</code> lists all of them.</p>\n"
        ));
    }
    out.push_str("<dl class=\"legend\">\n");
    for state in State::among(contents.listed.iter().copied()) {
        out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", chip(state), state.meaning()));
    }
    out.push_str(
        "<dt>interval</dt><dd>the rate (dot) and its 95% interval (bar) from 0 to 100%, with marks at 60 and 80%</dd>\n\
         <dt>12 weeks</dt><dd>the rate of each week, the last one on the right; a flat line is a week without executions</dd>\n\
         </dl>\n",
    );
    out
}

/// The class of a state's color.
const fn color(state: State) -> &'static str {
    match state {
        State::Fell | State::Low => "bad",
        State::Moderate => "mid",
        State::Good | State::Rose => "good",
        State::Unsure | State::Idle => "none",
    }
}

const fn sign(state: State) -> &'static str {
    match state {
        State::Fell => "▼",
        State::Low => "✖",
        State::Unsure => "?",
        State::Moderate => "◐",
        State::Good => "●",
        State::Rose => "▲",
        State::Idle => "–",
    }
}

fn chip(state: State) -> String {
    format!(
        "<span class=\"chip {}\">{} {}</span>",
        color(state),
        sign(state),
        state.word()
    )
}

fn list(all: &[Recommendation], contents: Option<&Contents<'_>>) -> String {
    let items: String = all.iter().map(|one| recommendation(one, contents)).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn recommendation(one: &Recommendation, contents: Option<&Contents<'_>>) -> String {
    let state = match one.kind {
        RecommendationKind::Worse => State::Fell,
        RecommendationKind::Low => State::Low,
        RecommendationKind::Better => State::Rose,
        RecommendationKind::More => State::Unsure,
    };
    let line = |line: String| format!("<br><span class=\"soft\">{}</span>", text(&line));
    let more: String = evidence(one).into_iter().map(line).collect();
    let name = contents.map_or_else(|| text(&one.skill), |contents| contents.link(&one.skill));
    format!(
        "<li><span class=\"chip {}\">{} {}</span> {name}: {}{more}</li>\n",
        color(state),
        sign(state),
        one.kind,
        text(&one.text)
    )
}

/// One skill: expanded if there is something to do, otherwise collapsed. The id is on an element inside `<details>`, because
/// a browser expands it only for a link to its content.
fn section(skill: &SkillReport, response: &Response, contents: &Contents<'_>) -> String {
    let needs_attention = response
        .recommendations
        .iter()
        .any(|one| one.skill == skill.skill && one.kind != RecommendationKind::More);
    let open = match contents.charted.len() == 1 || needs_attention && !skill.analysis.idle {
        true => " open",
        false => "",
    };
    let mut out = format!(
        "<details{open}>\n<summary><h3>{}</h3> {} <span class=\"soft\">{}, last used {}</span></summary>\n<div class=\"place\" \
         id=\"skill-{}\">\n<dl>\n",
        text(&skill.skill),
        chip(State::of(skill)),
        percent_of(&skill.analysis.recent),
        last_used(skill),
        contents.id(&skill.skill)
    );
    for (label, fact) in facts(skill) {
        out.push_str(&format!("<dt>{label}</dt><dd>{}</dd>\n", text(&fact)));
    }
    out.push_str("</dl>\n<div class=\"charts\">\n");
    if skill.analysis.idle {
        let last = skill.figures.last_at.as_deref().map_or("–", day);
        out.push_str(&format!(
            "<p class=\"soft\">No executions in the last twelve weeks; the last one was on {last}.</p>\n"
        ));
    } else {
        out.push_str(&chart::rate(skill));
        out.push_str(&chart::outcomes(&skill.analysis.weeks));
    }
    out + &chart::durations(skill) + "</div>\n</div>\n</details>\n"
}

/// Returns untrusted text for an element or an attribute.
fn text(raw: &str) -> String {
    let mut out = String::new();
    for c in escape_control(raw).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
