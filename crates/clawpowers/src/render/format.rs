//! Numbers, rates and times as text.

use clawpowers_api::feedback::Rate;
use clawpowers_api::operations::feedback::analyze::{Response, SkillReport};
use clawpowers_api::wire::Figures;

pub(crate) fn percent(rate: &Rate) -> String {
    rate.value
        .map_or_else(|| "–".to_owned(), |value| format!("{:.0}%", value * 100.0))
}

pub(crate) fn interval(rate: &Rate) -> String {
    match rate.total {
        0 => "–".to_owned(),
        _ => format!("{:.0}–{:.0}%", rate.low * 100.0, rate.high * 100.0),
    }
}

/// A rate with the number of its executions.
pub(crate) fn percent_of(rate: &Rate) -> String {
    match rate.total {
        0 => "–".to_owned(),
        total => format!("{} of {total}", percent(rate)),
    }
}

/// The numbers of executions, in total and by outcome.
pub(crate) fn outcomes(f: &Figures) -> String {
    format!(
        "{} ({} success, {} failure, {} partial, {} skipped), {} open",
        f.total, f.success, f.failure, f.partial, f.skipped, f.open
    )
}

/// Seconds in the unit that suits them.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        // A value that rounds up to the next unit is shown in that unit.
        s if s < 0.9995 => format!("{:.0}ms", s * 1000.0),
        s if s < 59.95 => format!("{s:.1}s"),
        s if s < 60.0 => "1m 00s".to_owned(),
        s if s < 3600.0 => format!("{:.0}m {:02.0}s", (s / 60.0).floor(), (s % 60.0).floor()),
        s => format!(
            "{:.0}h {:02.0}m",
            (s / 3600.0).floor(),
            (s % 3600.0 / 60.0).floor()
        ),
    }
}

/// The day of a time in RFC 3339.
pub(crate) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// A time in RFC 3339 to the minute, without its zone.
pub(crate) fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

pub(crate) fn as_of(response: &Response) -> String {
    format!("{} UTC", minute(&response.as_of))
}

/// How long ago a skill was used.
pub(crate) fn last_used(skill: &SkillReport) -> String {
    match skill.analysis.idle_days {
        None => "–".to_owned(),
        Some(0) => "today".to_owned(),
        Some(days) => format!("{days}d ago"),
    }
}
