//! Charts of one skill in SVG.

use super::text;
use crate::render::format::{day, duration};
use clawpowers_api::feedback::{Direction, Rate, Week, wilson};
use clawpowers_api::operations::feedback::analyze::SkillReport;

/// The size of a chart, and of the margins for its axes.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 130.0;
const LEFT: f64 = 40.0;
const BOTTOM: f64 = 20.0;
const TOP: f64 = 8.0;

/// Explains the charts, above the first of them.
pub(super) const KEY: &str = "<p class=\"soft\">The charts show the last twelve weeks. <b>Rate</b>: the success rate of \
    each week (dot) with its 95% interval (bar); a dashed line marks a change in the rate. <b>Outcomes</b>, from bottom to top: \
    <span class=\"key\"><i class=\"good\"></i>success</span> <span class=\"key\"><i class=\"mid\"></i>partial</span> \
    <span class=\"key\"><i class=\"bad\"></i>failure</span> <span class=\"key\"><i class=\"none\"></i>skipped</span>. <b>Durations</b> of all executions: each bin is twice as wide as the one before it. Skills \
    that need no attention are collapsed.</p>\n";

/// The rate and its interval on a line from 0 to 100%.
pub(super) fn interval(rate: &Rate, color: &str) -> String {
    let Some(value) = rate.value else {
        return String::new();
    };
    let x = |share: f64| 4.0 + share * 112.0;
    let mut marks = String::new();
    for share in [0.6, 0.8] {
        marks.push_str(&format!(
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"2\" y2=\"14\" stroke=\"var(--soft)\"/>",
            x = x(share)
        ));
    }
    format!(
        "<svg class=\"interval\" width=\"120\" height=\"16\" viewBox=\"0 0 120 16\" role=\"img\" aria-label=\"{:.0} to \
         {:.0}%\"><line x1=\"4\" x2=\"116\" y1=\"8\" y2=\"8\" stroke=\"var(--track)\" stroke-width=\"3\"/>{marks}<line x1=\"{:.1}\" \
         x2=\"{:.1}\" y1=\"8\" y2=\"8\" stroke=\"var(--{color})\" stroke-width=\"3\"/><circle cx=\"{:.1}\" cy=\"8\" r=\"4\" \
         fill=\"var(--{color})\"/></svg>",
        rate.low * 100.0,
        rate.high * 100.0,
        x(rate.low),
        x(rate.high),
        x(value)
    )
}

/// The rate of each week as a small bar, or a flat line for a week without executions.
pub(super) fn weeks(weeks: &[Week]) -> String {
    let mut marks = String::new();
    for (index, week) in weeks.iter().enumerate() {
        let x = index as f64 * 8.0 + 1.0;
        let (success, total) = counted(week);
        if total == 0 {
            marks.push_str(&format!(
                "<rect x=\"{x}\" y=\"15\" width=\"6\" height=\"1\" fill=\"var(--line)\"/>"
            ));
            continue;
        }
        // If all executions of a week failed, its bar still has a height, unlike that of a week without executions.
        let high = 3.0 + success as f64 / total as f64 * 13.0;
        marks.push_str(&format!(
            "<rect x=\"{x}\" y=\"{:.1}\" width=\"6\" height=\"{high:.1}\" fill=\"var(--soft)\"><title>{}: {success} of \
             {total}</title></rect>",
            16.0 - high,
            text(&week.start)
        ));
    }
    let wide = weeks.len() * 8;
    format!(
        "<svg width=\"{wide}\" height=\"16\" viewBox=\"0 0 {wide} 16\" role=\"img\" aria-label=\"success rate by week\">{marks}</svg>"
    )
}

/// The successes of a week, and the executions that count for its rate.
fn counted(week: &Week) -> (u64, u64) {
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    (
        count(week.success),
        count(week.success + week.failure + week.partial),
    )
}

fn chart(title: &str, marks: &str) -> String {
    format!(
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" aria-label=\"{title}\">\n<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{base}\" y2=\"{base}\" \
         stroke=\"var(--line)\"/>\n{marks}</svg></figure>\n",
        base = HEIGHT - BOTTOM
    )
}

/// The center of a week's column.
fn column(index: usize, columns: usize) -> f64 {
    LEFT + (WIDTH - LEFT) * (index as f64 + 0.5) / columns.max(1) as f64
}

fn height(share: f64) -> f64 {
    TOP + (1.0 - share) * (HEIGHT - BOTTOM - TOP)
}

/// A label of the vertical axis.
fn label(at: f64, what: &str) -> String {
    format!(
        "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{what}</text>\n",
        LEFT - 4.0,
        at + 4.0
    )
}

/// The labels at the two ends of the horizontal axis.
fn ends(first: &str, last: &str) -> String {
    let y = HEIGHT - 5.0;
    format!(
        "<text x=\"{LEFT}\" y=\"{y}\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{}</text>\n",
        text(first),
        text(last)
    )
}

fn dates(weeks: &[Week]) -> String {
    match (weeks.first(), weeks.last()) {
        (Some(first), Some(last)) => ends(&first.start, &last.start),
        _ => String::new(),
    }
}

/// The rate of each week with its interval, and the changes.
pub(super) fn rate(skill: &SkillReport) -> String {
    let weeks = &skill.analysis.weeks;
    let mut marks = String::new();
    for share in [0.0, 0.6, 0.8, 1.0] {
        let y = height(share);
        marks.push_str(&format!(
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"var(--track)\"/>"
        ));
        marks.push_str(&label(y, &format!("{:.0}%", share * 100.0)));
    }
    for change in &skill.analysis.changes {
        let day = day(&change.since);
        // Dates of this form are sorted as text.
        if let Some(index) = weeks.iter().rposition(|week| week.start.as_str() <= day) {
            let x = column(index, weeks.len());
            let color = if change.direction == Direction::Drop {
                "bad"
            } else {
                "good"
            };
            marks.push_str(&format!(
                "<line class=\"change\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{}\" stroke=\"var(--{color})\" \
                 stroke-width=\"2\" stroke-dasharray=\"4 3\"><title>{} {}</title></line>\n",
                HEIGHT - BOTTOM,
                change.direction,
                text(day)
            ));
        }
    }
    // A line connects only consecutive weeks; between others nothing is known.
    let mut before: Option<(usize, f64)> = None;
    for (index, week) in weeks.iter().enumerate() {
        let (success, total) = counted(week);
        if total == 0 {
            continue;
        }
        let (x, found) = (column(index, weeks.len()), wilson(success, total));
        let y = height(success as f64 / total as f64);
        if let Some((last, from)) = before.filter(|(last, _)| last + 1 == index) {
            marks.push_str(&format!(
                "<line x1=\"{:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{y:.1}\" stroke=\"var(--soft)\" stroke-width=\"1.5\"/>",
                column(last, weeks.len())
            ));
        }
        marks.push_str(&format!(
            "<line class=\"band\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"var(--none)\" stroke-width=\"5\" \
             stroke-opacity=\".35\"/><circle class=\"rate\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"var(--ink)\"><title>{}: \
             {success} of {total}</title></circle>\n",
            height(found.high),
            height(found.low),
            text(&week.start)
        ));
        before = Some((index, y));
    }
    marks.push_str(&dates(weeks));
    chart("Rate", &marks)
}

pub(super) fn outcomes(weeks: &[Week]) -> String {
    let sum = |week: &Week| week.success + week.failure + week.partial + week.skipped;
    let most = weeks.iter().map(sum).max().unwrap_or_default().max(1);
    let wide = (WIDTH - LEFT) / weeks.len().max(1) as f64 * 0.7;
    let mut marks = label(height(1.0), &most.to_string()) + &label(height(0.0), "0");
    for (index, week) in weeks.iter().enumerate() {
        let mut base = 0;
        for (count, color, name) in [
            (week.success, "good", "success"),
            (week.partial, "mid", "partial"),
            (week.failure, "bad", "failure"),
            (week.skipped, "none", "skipped"),
        ] {
            if count > 0 {
                let (from, to) = (
                    height(base as f64 / most as f64),
                    height((base + count) as f64 / most as f64),
                );
                marks.push_str(&format!(
                    "<rect class=\"{name}\" x=\"{:.1}\" y=\"{to:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" \
                     fill=\"var(--{color})\"><title>{}: {count} {name}</title></rect>\n",
                    column(index, weeks.len()) - wide / 2.0,
                    from - to,
                    text(&week.start)
                ));
                base += count;
            }
        }
    }
    marks.push_str(&dates(weeks));
    chart("Outcomes", &marks)
}

pub(super) fn durations(skill: &SkillReport) -> String {
    let bins = &skill.analysis.durations;
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else {
        return String::new();
    };
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1);
    // Each bin doubles the one before, so the scale is logarithmic.
    let steps = ((last.to / first.from).log2().round() as usize).max(1);
    let wide = (WIDTH - LEFT) / steps as f64;
    let mut marks = label(height(1.0), &most.to_string());
    for bin in bins {
        let (x, y) = (
            LEFT + (bin.from / first.from).log2().round() * wide,
            height(bin.count as f64 / most as f64),
        );
        marks.push_str(&format!(
            "<rect class=\"took\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"var(--soft)\"><title>{} to \
             {}: {}</title></rect>\n",
            (wide - 1.0).max(1.0),
            HEIGHT - BOTTOM - y,
            duration(bin.from),
            duration(bin.to),
            bin.count
        ));
    }
    marks.push_str(&ends(&duration(first.from), &duration(last.to)));
    chart("Durations", &marks)
}
