//! An analysis as one HTML file: charts in SVG, no script, nothing loaded from elsewhere.

use super::metrics::duration;
use clawpowers_api::chars::shown;
use clawpowers_api::feedback::wilson;
use clawpowers_api::number_of;
use clawpowers_api::ops::analyze::{Recommendation, Response, SkillReport, Week};
use clawpowers_api::ops::feedback_detect::RateOut;

/// Of how many skills there are charts: the most pressing, then the most used.
const CHARTED: usize = 40;
/// How many skills are ranked.
const RANKED: usize = 200;
/// The size of a chart, and the room that its axes take.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 120.0;
const LEFT: f64 = 34.0;
const BOTTOM: f64 = 18.0;
const TOP: f64 = 6.0;

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#5b6470;--line:#d7dce2;--good:#1a7f4b;--bad:#b3362b;--part:#a86a00;--skip:#8a939e;--band:#1a7f4b33;--mark:#7a3fb0}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e7eaee;--soft:#a3adb8;--line:#333a42;--good:#4fc486;--bad:#f0796c;--part:#e0a63f;--skip:#7d8791;--band:#4fc48633;--mark:#c79bf0}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#333;--line:#999;--good:#1a7f4b;--bad:#b3362b;--part:#a86a00;--skip:#777;--band:#1a7f4b33;--mark:#5a2a90}section{break-inside:avoid}}
body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{margin:0;font-size:1rem;overflow-wrap:anywhere}
section{border-top:1px solid var(--line);padding:1rem 0}p{margin:.25rem 0}.soft{color:var(--soft)}
.charts{display:flex;flex-wrap:wrap;gap:1rem}.charts figure{width:320px}figure{margin:0}figcaption{font-size:.8rem;color:var(--soft)}
svg{max-width:100%;height:auto;display:block}svg text{fill:var(--soft);font:10px system-ui,sans-serif}
.worse,.low{color:var(--bad)}.better{color:var(--good)}ul{padding-left:1.2rem}li{margin:.3rem 0;overflow-wrap:anywhere}";

pub(crate) fn report(response: &Response) -> String {
    let all = &response.all;
    let mut body = format!(
        "<h1>Skills</h1>\n<p>{} of {}: {} success, {} failure, {} partial, {} skipped, {} open.</p>\n",
        number_of(all.total, "execution"),
        number_of(response.skills.len() as u64, "skill"),
        all.success,
        all.failure,
        all.partial,
        all.skipped,
        all.open
    );
    if response.skills.is_empty() {
        body.push_str("<p>No executions yet. Record one with <code>clawpowers metrics record</code>.</p>\n");
    }
    if !response.recommendations.is_empty() {
        body.push_str("<h2>Recommendations</h2>\n");
        body.push_str(&listed(&response.recommendations));
    }
    body.push_str(&ranking(&response.skills));
    let charted = super::analyze::foremost(response, CHARTED);
    if !charted.is_empty() {
        body.push_str("<h2>Skill by skill</h2>\n");
        body.extend(charted.iter().map(|skill| section(skill)));
    }
    if response.skills.len() > charted.len() {
        let rest = (response.skills.len() - charted.len()) as u64;
        body.push_str(&format!(
            "<p class=\"soft\">{}; <code>clawpowers analyze --skill NAME --format html</code> has the charts of one.</p>\n",
            number_of(rest, "more skill")
        ));
    }
    page("Skills", &body)
}

/// The recommendations alone.
pub(crate) fn recommendations(response: &Response) -> String {
    let list = if response.recommendations.is_empty() {
        "<p>Nothing to recommend.</p>\n".to_owned()
    } else {
        listed(&response.recommendations)
    };
    page("Recommendations", &format!("<h1>Recommendations</h1>\n{list}"))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn listed(all: &[Recommendation]) -> String {
    let items: String = all.iter().map(recommendation).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn recommendation(one: &Recommendation) -> String {
    let notes = super::analyze::words(one).map_or_else(String::new, |words| {
        format!(
            "<br><span class=\"soft\">Notes of its failures say: {}</span>",
            text(&words)
        )
    });
    let more: String = super::analyze::evidence(one)
        .iter()
        .map(|line| format!("<br><span class=\"soft\">{}</span>", text(line)))
        .collect();
    format!(
        "<li><strong class=\"{}\">{}</strong> {}: {}{notes}{more}</li>\n",
        one.kind,
        one.kind,
        text(&one.skill),
        text(&one.text)
    )
}

/// The skills by the lower end of their interval, each with its interval and its rate.
fn ranking(skills: &[SkillReport]) -> String {
    let mut ranked: Vec<&SkillReport> = skills.iter().filter(|skill| skill.recent.total > 0).collect();
    ranked.sort_by(|a, b| b.recent.low.total_cmp(&a.recent.low));
    ranked.truncate(RANKED);
    if ranked.is_empty() {
        return String::new();
    }
    let (row, name) = (18.0, 220.0);
    let scale = |share: f64| name + share * 400.0;
    let height = ranked.len() as f64 * row + 24.0;
    let mut svg = format!(
        "<h2>By what can be counted on</h2>\n<figure><svg viewBox=\"0 0 700 {height}\" role=\"img\" aria-label=\"skills ranked by the lower end of their interval\">\n"
    );
    for share in [0.0, 0.6, 0.8, 1.0] {
        svg.push_str(&format!(
            "<line x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"{end}\" stroke=\"var(--line)\"/><text x=\"{x}\" y=\"{at}\" text-anchor=\"middle\">{:.0}%</text>\n",
            share * 100.0,
            x = scale(share),
            end = height - 20.0,
            at = height - 8.0
        ));
    }
    for (index, skill) in ranked.iter().enumerate() {
        let (y, rate) = (index as f64 * row + 10.0, &skill.recent);
        svg.push_str(&format!(
            "<g class=\"rank\"><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y}\" y2=\"{y}\" \
             stroke=\"var(--soft)\" stroke-width=\"3\"/><circle cx=\"{:.1}\" cy=\"{y}\" r=\"4\" fill=\"var(--good)\"/><title>{}</title></g>\n",
            name - 8.0,
            y + 3.5,
            text(&shortened(&skill.skill)),
            scale(rate.low),
            scale(rate.high),
            scale(rate.value.unwrap_or_default()),
            text(&format!("{}: {}", skill.skill, in_words(rate)))
        ));
    }
    svg.push_str("</svg><figcaption>Success rate since the last change (dot) and its 95 % interval (line).</figcaption></figure>\n");
    svg
}

fn section(skill: &SkillReport) -> String {
    let changes: String = skill
        .changes
        .iter()
        .map(|change| {
            let (class, word) = if change.direction == "drop" {
                ("worse", "fell")
            } else {
                ("better", "rose")
            };
            format!(
                "<p class=\"{class}\">It {word} on {}, {} ago: {} to {}.</p>\n",
                text(&change.since.chars().take(10).collect::<String>()),
                number_of(change.runs_ago, "run"),
                percent(&change.before),
                percent(&change.after)
            )
        })
        .collect();
    let took = skill.figures.duration.as_ref().map_or_else(String::new, |took| {
        format!(
            " Median duration {}, 95 % within {}.",
            duration(took.p50),
            duration(took.p95)
        )
    });
    let recent = if skill.recent == skill.rate {
        String::new()
    } else {
        format!("; since the last change {}", in_words(&skill.recent))
    };
    let missing = skill.missing.as_ref().map_or_else(String::new, |missing| {
        format!("<p class=\"soft\">{}.</p>\n", text(missing))
    });
    format!(
        "<section><h3>{}</h3>\n<p>{}{recent}; {}.{took}</p>\n{changes}{missing}<div class=\"charts\">\n{}{}{}</div></section>\n",
        text(&skill.skill),
        in_words(&skill.rate),
        skill.tier,
        rate_chart(skill),
        outcome_chart(&skill.weeks),
        duration_chart(skill)
    )
}

fn chart(label: &str, marks: &str, caption: &str) -> String {
    format!(
        "<figure><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" role=\"img\" aria-label=\"{label}\">\n<line x1=\"{LEFT}\" x2=\"{WIDTH}\" \
         y1=\"{base}\" y2=\"{base}\" stroke=\"var(--line)\"/>\n{marks}</svg><figcaption>{caption}</figcaption></figure>\n",
        base = HEIGHT - BOTTOM
    )
}

/// Returns the middle of a week's column.
fn column(index: usize, columns: usize) -> f64 {
    LEFT + (WIDTH - LEFT) * (index as f64 + 0.5) / columns.max(1) as f64
}

fn height(share: f64) -> f64 {
    TOP + (1.0 - share) * (HEIGHT - BOTTOM - TOP)
}

/// The rate of each week with its interval, and the changes.
fn rate_chart(skill: &SkillReport) -> String {
    let weeks = &skill.weeks;
    let mut marks = String::new();
    for share in [0.0, 0.5, 1.0] {
        marks.push_str(&format!(
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{:.0}%</text>\n",
            LEFT - 4.0,
            height(share) + 3.0,
            share * 100.0
        ));
    }
    let (mut line, mut upper, mut lower) = (Vec::new(), Vec::new(), Vec::new());
    for (index, week) in weeks.iter().enumerate() {
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        let total = count(week.success + week.failure + week.partial);
        if total > 0 {
            let (x, interval) = (column(index, weeks.len()), wilson(count(week.success), total));
            line.push((x, height(week.success as f64 / total as f64)));
            upper.push((x, height(interval.high)));
            lower.push((x, height(interval.low)));
        }
    }
    if line.len() == 1 {
        // One point alone has no area.
        for side in [&mut upper, &mut lower] {
            *side = side
                .iter()
                .flat_map(|(x, y)| [(x - 6.0, *y), (x + 6.0, *y)])
                .collect();
        }
    }
    lower.reverse();
    let points = |points: &[(f64, f64)]| {
        points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    marks.push_str(&format!(
        "<polygon class=\"band\" points=\"{}\" fill=\"var(--band)\"/>\n<polyline class=\"rate\" points=\"{}\" fill=\"none\" stroke=\"var(--good)\" stroke-width=\"2\"/>\n",
        points(&[upper, lower].concat()),
        points(&line)
    ));
    for (x, y) in &line {
        marks.push_str(&format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"var(--good)\"/>"
        ));
    }
    for change in &skill.changes {
        let day: String = change.since.chars().take(10).collect();
        // The week that holds the day is the last one that begins no later; dates of this form sort as text.
        if let Some(index) = weeks.iter().rposition(|week| week.start <= day) {
            let x = column(index, weeks.len());
            marks.push_str(&format!(
                "<line class=\"change\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{}\" stroke=\"var(--mark)\" stroke-width=\"2\" stroke-dasharray=\"4 2\"><title>{} {}</title></line>\n",
                HEIGHT - BOTTOM,
                change.direction,
                text(&day)
            ));
        }
    }
    marks.push_str(&dates(weeks));
    chart(
        "success rate by week with its interval",
        &marks,
        "Success rate by week, its 95 % band, and changes (dashed).",
    )
}

/// The first and the last week below a chart.
fn dates(weeks: &[Week]) -> String {
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else {
        return String::new();
    };
    let y = HEIGHT - 5.0;
    format!(
        "<text x=\"{LEFT}\" y=\"{y}\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{}</text>\n",
        text(&first.start),
        text(&last.start)
    )
}

fn outcome_chart(weeks: &[Week]) -> String {
    let sum = |week: &Week| week.success + week.failure + week.partial + week.skipped;
    let most = weeks.iter().map(sum).max().unwrap_or_default().max(1);
    let wide = (WIDTH - LEFT) / weeks.len().max(1) as f64 * 0.7;
    let mut marks = format!(
        "<text x=\"{x}\" y=\"{:.1}\" text-anchor=\"end\">{most}</text><text x=\"{x}\" y=\"{:.1}\" text-anchor=\"end\">0</text>\n",
        height(1.0) + 3.0,
        height(0.0) + 3.0,
        x = LEFT - 4.0
    );
    for (index, week) in weeks.iter().enumerate() {
        let mut base = 0;
        for (count, colour, name) in [
            (week.success, "good", "success"),
            (week.partial, "part", "partial"),
            (week.failure, "bad", "failure"),
            (week.skipped, "skip", "skipped"),
        ] {
            if count > 0 {
                let (from, to) = (
                    height(base as f64 / most as f64),
                    height((base + count) as f64 / most as f64),
                );
                marks.push_str(&format!(
                    "<rect class=\"{name}\" x=\"{:.1}\" y=\"{to:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"var(--{colour})\"><title>{}: {count} {name}</title></rect>\n",
                    column(index, weeks.len()) - wide / 2.0,
                    from - to,
                    text(&week.start)
                ));
                base += count;
            }
        }
    }
    marks.push_str(&dates(weeks));
    chart(
        "outcomes by week",
        &marks,
        "Outcomes by week: success, partial, failure, skipped, from below.",
    )
}

fn duration_chart(skill: &SkillReport) -> String {
    let bins = &skill.durations;
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else {
        return String::new();
    };
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1);
    // Bins are doublings, so their place is a logarithm.
    let steps = ((last.to / first.from).log2().round() as usize).max(1);
    let wide = (WIDTH - LEFT) / steps as f64;
    let mut marks = format!(
        "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{most}</text>\n",
        LEFT - 4.0,
        height(1.0) + 3.0
    );
    for bin in bins {
        let (x, y) = (
            LEFT + (bin.from / first.from).log2().round() * wide,
            height(bin.count as f64 / most as f64),
        );
        marks.push_str(&format!(
            "<rect class=\"took\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"var(--soft)\"><title>{} to {}: {}</title></rect>\n",
            (wide - 1.0).max(1.0),
            HEIGHT - BOTTOM - y,
            duration(bin.from),
            duration(bin.to),
            bin.count
        ));
    }
    let y = HEIGHT - 5.0;
    marks.push_str(&format!(
        "<text x=\"{LEFT}\" y=\"{y}\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{}</text>\n",
        duration(first.from),
        duration(last.to)
    ));
    chart(
        "durations",
        &marks,
        "Durations, each bar twice as long as the one before.",
    )
}

fn in_words(rate: &RateOut) -> String {
    if rate.total == 0 {
        return "no runs".to_owned();
    }
    format!(
        "{} of {} = {} ({:.0} to {:.0} %)",
        rate.success,
        number_of(rate.total, "run"),
        percent(rate),
        rate.low * 100.0,
        rate.high * 100.0
    )
}

fn percent(rate: &RateOut) -> String {
    rate.value
        .map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", value * 100.0))
}

fn shortened(name: &str) -> String {
    const LONGEST: usize = 32;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Returns a stranger's text for an element or an attribute: five characters escaped, what does not show spelled out.
fn text(raw: &str) -> String {
    let mut out = String::new();
    for c in shown(raw).chars() {
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
