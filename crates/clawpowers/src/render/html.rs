//! An analysis as one HTML file: a table, what to do, and charts in SVG; no script, nothing loaded from elsewhere.

mod chart;

use super::analyze::{as_of, evidence, foremost, last_used, notes};
use super::metrics::duration;
use super::state::State;
use clawpowers_api::display::escape_control;
use clawpowers_api::feedback::{ChangeReport, Direction, Rate, Recommendation, RecommendationKind};
use clawpowers_api::operations::feedback::analyze::{Model, Response, SkillReport};
use clawpowers_api::pluralize;
use std::collections::BTreeMap;

/// Of how many skills there are charts: the most pressing, then the most used.
const CHARTED: usize = 40;
/// How many skills the table has.
const LISTED: usize = 200;

/// Blue and orange are told apart by every kind of colour vision, and so are their shades; grey stands for what is not known.
/// No colour stands alone: each state has its word and its sign.
const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#59626d;--line:#d7dce2;--good:#0b6fb8;--mid:#8a6100;--bad:#c2410c;--none:#6b7480;--track:#e6e9ed}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e7eaee;--soft:#a3adb8;--line:#333a42;--good:#6bb8f0;--mid:#e0b040;--bad:#ff8a57;--none:#8d97a3;--track:#2a3037}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#333;--line:#999;--good:#0b6fb8;--mid:#8a6100;--bad:#c2410c;--none:#666;--track:#ddd}details,tr{break-inside:avoid}}
body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .5rem}h3{display:inline;margin:0;font-size:1rem;overflow-wrap:anywhere}
p{margin:.25rem 0}code{overflow-wrap:anywhere}a{color:inherit}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th{text-align:left;color:var(--soft);font-size:.85rem;font-weight:600}
th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:middle}th,td{white-space:nowrap}td.name{white-space:normal;overflow-wrap:anywhere;min-width:9rem;font-weight:600}
.chip{white-space:nowrap;font-weight:600}.good{color:var(--good)}.mid{color:var(--mid)}.bad{color:var(--bad)}.none{color:var(--none)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
dl.legend{font-size:.85rem}ul{padding-left:1.2rem}li{margin:.35rem 0;overflow-wrap:anywhere}
details{border-top:1px solid var(--line);padding:.6rem 0}summary{cursor:pointer}summary .soft{font-size:.9rem}.place{scroll-margin-top:5rem}
.charts{display:flex;flex-wrap:wrap;gap:1rem 1.5rem;margin-top:.6rem}figure{margin:0;width:320px;max-width:100%}figcaption{font-size:.85rem;color:var(--soft)}
svg{display:block}svg text{fill:var(--soft);font:12px system-ui,sans-serif}.charts svg{max-width:100%;height:auto}
.key{white-space:nowrap;margin-left:.5em}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}.key .good{background:var(--good)}.key .mid{background:var(--mid)}.key .bad{background:var(--bad)}.key .none{background:var(--none)}
@media(max-width:52rem){thead{display:none}table,tbody{display:block}tr{display:grid;grid-template-columns:1fr 1fr 1fr;gap:.2rem .8rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
td{border:0;padding:0}td.name{grid-column:1/3;min-width:0}td.wide{grid-column:span 2}td[data-label]::before{content:attr(data-label);display:block;color:var(--soft);font-size:12px}}";

/// The whole report; `home` is the folder of the runtime home.
pub(crate) fn report(response: &Response, home: Option<&str>) -> String {
    let places = Places::of(response);
    let mut body = head(response, home);
    if response.skills.is_empty() {
        body.push_str("<p>No executions yet. Record one with <code>clawpowers metrics record</code>.</p>\n");
        return page("Skills", &body);
    }
    body.push_str(&table(response, &places));
    if !response.recommendations.is_empty() {
        body.push_str("<h2 id=\"recommendations\">Recommendations</h2>\n");
        body.push_str(&listed(&response.recommendations, Some(&places)));
    }
    body.push_str("<h2>Skill by skill</h2>\n");
    body.push_str(chart::KEY);
    for skill in &places.charted {
        body.push_str(&section(skill, response, &places));
    }
    let rest = response.skills.len() - places.charted.len();
    if rest > 0 {
        body.push_str(&format!(
            "<p class=\"soft\">{}; <code>clawpowers analyze --skill NAME --format html</code> has the charts of one.</p>\n",
            pluralize(rest as u64, "more skill")
        ));
    }
    page("Skills", &body)
}

/// The recommendations alone.
pub(crate) fn recommendations(response: &Response) -> String {
    let list = if response.recommendations.is_empty() {
        "<p>Nothing to recommend.</p>\n".to_owned()
    } else {
        listed(&response.recommendations, None)
    };
    let time = format!("<p class=\"soft\">As of {}.</p>\n", as_of(response));
    page(
        "Recommendations",
        &format!("<h1>Recommendations</h1>\n{time}{list}"),
    )
}

/// Where the skills are on the page.
struct Places<'r> {
    listed: Vec<&'r SkillReport>,
    charted: Vec<&'r SkillReport>,
    /// The number of each skill, for the names of its places.
    numbers: BTreeMap<&'r str, usize>,
}

impl<'r> Places<'r> {
    fn of(response: &'r Response) -> Self {
        let mut all = foremost(response, usize::MAX);
        all.sort_by_key(|skill| skill.analysis.idle);
        let first = |most| all.iter().take(most).copied().collect();
        let numbers = response.skills.iter().enumerate();
        Self {
            listed: first(LISTED),
            charted: first(CHARTED),
            numbers: numbers
                .map(|(number, skill)| (skill.skill.as_str(), number))
                .collect(),
        }
    }

    fn number(&self, skill: &str) -> usize {
        self.numbers.get(skill).copied().unwrap_or_default()
    }

    /// The name of a skill as a link to its charts, if there are any.
    fn link(&self, skill: &str) -> String {
        match self.charted.iter().any(|one| one.skill == skill) {
            true => format!("<a href=\"#skill-{}\">{}</a>", self.number(skill), text(skill)),
            false => text(skill),
        }
    }
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// What the report is of: counts, costs, time, period and home.
fn head(response: &Response, home: Option<&str>) -> String {
    let all = &response.all;
    let time = as_of(response);
    if response.skills.is_empty() {
        return format!(
            "<h1>Skills</h1>\n<p class=\"soft\">As of {time}.{}</p>\n",
            home_of(home)
        );
    }
    let mut out = format!(
        "<h1>Skills</h1>\n<p>{} of {}: {} success, {} failure, {} partial, {} skipped, {} open.",
        pluralize(all.total, "execution"),
        pluralize(response.skills.len() as u64, "skill"),
        all.success,
        all.failure,
        all.partial,
        all.skipped,
        all.open
    );
    if let Some(cost) = &all.cost {
        out.push_str(&format!(
            " Cost: ${:.2}, recorded for {}.",
            cost.total,
            pluralize(cost.count, "execution")
        ));
    }
    out.push_str(&format!("</p>\n<p class=\"soft\">As of {time}."));
    if let Some(since) = &response.since {
        out.push_str(&format!(" Only executions since {}.", text(&minute(since))));
    }
    if let (Some(first), Some(last)) = (&all.first_at, &all.last_at) {
        out.push_str(&format!(" Executions from {} to {}.", day(first), day(last)));
    }
    out.push_str(&home_of(home));
    out.push_str("</p>\n");
    out
}

fn home_of(home: Option<&str>) -> String {
    home.map_or_else(String::new, |home| {
        format!(" Runtime home <code>{}</code>.", text(home))
    })
}

fn table(response: &Response, places: &Places<'_>) -> String {
    let with_cost = places
        .listed
        .iter()
        .any(|skill| skill.analysis.cost_per_success.is_some());
    let cost_heading = if with_cost {
        "<th>Cost per success</th>"
    } else {
        ""
    };
    let mut out = format!(
        "<table>\n<thead><tr><th>Skill</th><th>State</th><th>Rate</th><th>95 % interval</th><th>Runs</th><th>Last \
         used</th><th>Median</th><th>12 weeks</th>{cost_heading}</tr></thead>\n<tbody>\n"
    );
    for skill in &places.listed {
        let median = skill.figures.duration.as_ref();
        let median = median.map_or_else(|| "–".to_owned(), |took| duration(took.p50));
        let cost = skill.analysis.cost_per_success;
        let cost = cost.map_or_else(|| "–".to_owned(), |cost| format!("${cost:.4}"));
        let cost = match with_cost {
            true => format!("<td data-label=\"Cost per success\">{cost}</td>"),
            false => String::new(),
        };
        out.push_str(&format!(
            "<tr class=\"skill\"><td class=\"name\">{}</td><td>{}</td><td data-label=\"Rate\">{}</td><td data-label=\"95 % \
             interval\" class=\"wide\">{}</td><td data-label=\"Runs\">{}</td><td data-label=\"Last used\">{}</td><td \
             data-label=\"Median\">{median}</td><td data-label=\"12 weeks\" class=\"wide\">{}</td>{cost}</tr>\n",
            places.link(&skill.skill),
            chip(State::of(skill)),
            rate(&skill.analysis.recent),
            chart::interval(&skill.analysis.recent, colour(State::of(skill))),
            skill.analysis.rate.total,
            last_used(skill),
            chart::weeks(&skill.analysis.weeks),
        ));
    }
    out.push_str("</tbody>\n</table>\n");
    let rest = response.skills.len() - places.listed.len();
    if rest > 0 {
        let more = pluralize(rest as u64, "more skill");
        out.push_str(&format!(
            "<p class=\"soft\">{more}; <code>clawpowers analyze --json</code> has all.</p>\n"
        ));
    }
    out.push_str("<dl class=\"legend\">\n");
    for state in State::among(places.listed.iter().copied()) {
        out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", chip(state), state.meaning()));
    }
    out.push_str(
        "<dt>interval</dt><dd>the rate (dot) and its 95 % interval (bar) from 0 to 100 %; the marks are 60 and 80 %</dd>\n\
         <dt>12 weeks</dt><dd>the rate of each week up to now; a line where there was no run</dd>\n</dl>\n",
    );
    out
}

/// The name of the colour of a state.
const fn colour(state: State) -> &'static str {
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
        colour(state),
        sign(state),
        state.word()
    )
}

fn listed(all: &[Recommendation], places: Option<&Places<'_>>) -> String {
    let items: String = all.iter().map(|one| recommendation(one, places)).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn recommendation(one: &Recommendation, places: Option<&Places<'_>>) -> String {
    let state = match one.kind {
        RecommendationKind::Worse => State::Fell,
        RecommendationKind::Low => State::Low,
        RecommendationKind::Better => State::Rose,
        RecommendationKind::More => State::Unsure,
    };
    let line = |line: String| format!("<br><span class=\"soft\">{}</span>", text(&line));
    let notes = notes(one).map(|notes| format!("Notes of its failures: {notes}"));
    let more: String = notes.into_iter().chain(evidence(one)).map(line).collect();
    let name = places.map_or_else(|| text(&one.skill), |places| places.link(&one.skill));
    format!(
        "<li><span class=\"chip {}\">{} {}</span> {name}: {}{more}</li>\n",
        colour(state),
        sign(state),
        one.kind,
        text(&one.text)
    )
}

/// One skill: open where there is something to do, else folded. A link leads into its content, since a browser then opens
/// it; it would only scroll to the element that folds.
fn section(skill: &SkillReport, response: &Response, places: &Places<'_>) -> String {
    let state = State::of(skill);
    let pressing = response
        .recommendations
        .iter()
        .any(|one| one.skill == skill.skill && one.kind != RecommendationKind::More);
    let open = match places.charted.len() == 1 || pressing && !skill.analysis.idle {
        true => " open",
        false => "",
    };
    let mut out = format!(
        "<details{open}>\n<summary><h3>{}</h3> {} <span class=\"soft\">{}, last used {}</span></summary>\n<div class=\"place\" \
         id=\"skill-{}\">\n",
        text(&skill.skill),
        chip(state),
        rate(&skill.analysis.recent),
        last_used(skill),
        places.number(&skill.skill)
    );
    out.push_str(&facts(skill));
    out.push_str("<div class=\"charts\">\n");
    if skill.analysis.idle {
        let last = skill.figures.last_at.as_deref().map_or("–", day);
        out.push_str(&format!(
            "<p class=\"soft\">No run in the last twelve weeks; the last one was on {last}.</p>\n"
        ));
    } else {
        out.push_str(&chart::rate(skill));
        out.push_str(&chart::outcomes(&skill.analysis.weeks));
    }
    out.push_str(&chart::durations(skill));
    out.push_str("</div>\n</div>\n</details>\n");
    out
}

/// What is known of a skill, in words.
fn facts(skill: &SkillReport) -> String {
    let f = &skill.figures;
    let mut facts = vec![(
        "Outcomes",
        format!(
            "{} success, {} failure, {} partial, {} skipped, {} open",
            f.success, f.failure, f.partial, f.skipped, f.open
        ),
    )];
    facts.push(("Rate", in_words(&skill.analysis.rate)));
    if skill.analysis.recent != skill.analysis.rate {
        facts.push(("Since the change", in_words(&skill.analysis.recent)));
    }
    facts.extend(skill.analysis.changes.iter().rev().map(changed));
    if let Some(took) = &f.duration {
        let text = format!(
            "median {}, 95 % within {}",
            duration(took.p50),
            duration(took.p95)
        );
        facts.push(("Duration", text));
    }
    if let Some(cost) = &f.cost {
        let each = skill.analysis.cost_per_success;
        let each = each.map_or_else(String::new, |each| format!(", ${each:.4} per success"));
        let of = pluralize(cost.count, "execution");
        facts.push(("Cost", format!("${:.2} of {of}{each}", cost.total)));
    }
    if let Some(tokens) = &f.tokens {
        let each = skill.analysis.tokens_per_success;
        let each = each.map_or_else(String::new, |each| format!(", {each:.0} per success"));
        facts.push((
            "Tokens",
            format!("{} in, {} out{each}", tokens.tokens_in, tokens.tokens_out),
        ));
    }
    if !skill.models.is_empty() {
        let model = |one: &Model| format!("{}: {} of {}", one.model, one.success, one.total);
        let models: Vec<String> = skill.models.iter().map(model).collect();
        facts.push(("Models", models.join(", ")));
    }
    if let (Some(first), Some(last)) = (&f.first_at, &f.last_at) {
        facts.push(("Used", format!("from {} to {}", day(first), day(last))));
    }
    if let Some(missing) = &skill.analysis.missing {
        facts.push(("Missing", missing.clone()));
    }
    let fact = |(name, value): (&str, String)| format!("<dt>{name}</dt><dd>{}</dd>\n", text(&value));
    let facts: String = facts.into_iter().map(fact).collect();
    format!("<dl>\n{facts}</dl>\n")
}

fn changed(change: &ChangeReport) -> (&'static str, String) {
    let word = if change.direction == Direction::Drop {
        "Fell"
    } else {
        "Rose"
    };
    let text = format!(
        "on {}, {} ago: {} to {}{}",
        day(&change.since),
        pluralize(change.runs_ago, "run"),
        percent(&change.before),
        percent(&change.after),
        if change.holds {
            ""
        } else {
            "; it is no longer visible"
        }
    );
    (word, text)
}

fn in_words(rate: &Rate) -> String {
    if rate.total == 0 {
        return "no runs".to_owned();
    }
    format!(
        "{} of {} = {} ({:.0} to {:.0} %)",
        rate.success,
        pluralize(rate.total, "run"),
        percent(rate),
        rate.low * 100.0,
        rate.high * 100.0
    )
}

/// A rate with what it is of.
fn rate(rate: &Rate) -> String {
    match rate.total {
        0 => "–".to_owned(),
        total => format!("{} of {total}", percent(rate)),
    }
}

fn percent(rate: &Rate) -> String {
    rate.value
        .map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", value * 100.0))
}

/// The day of a time in RFC 3339.
fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// A time in RFC 3339 to the minute.
fn minute(time: &str) -> String {
    let minute: String = time.chars().take(16).collect();
    format!("{} UTC", minute.replace('T', " "))
}

/// Returns a stranger's text for an element or an attribute: five characters escaped, what does not show spelled out.
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
