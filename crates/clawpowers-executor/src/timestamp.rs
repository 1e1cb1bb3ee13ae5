//! Points in time.

use crate::display::quoted;
use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use std::fmt;

/// The start of the year 1. Some languages have no earlier times.
const FIRST: i64 = -62_135_596_800_000_000;
/// The last second of the year 9999 at every offset. RFC 3339 has no later times.
const LAST: i64 = 253_402_207_200_000_000;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// A point in time in microseconds since 1970 in UTC; shown as RFC 3339 with `Z`.
///
/// # Examples
///
/// ```
/// use clawpowers_executor::Timestamp;
///
/// let time = Timestamp::parse("2026-11-03T08:00:00+01:00")?;
/// assert_eq!(time.to_string(), "2026-11-03T07:00:00Z");
/// assert_eq!(time.month(), "2026-11");
/// # Ok::<(), clawpowers_executor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the time of the system's clock.
    #[must_use]
    pub fn now() -> Self {
        Self(crate::platform::micros())
    }

    /// Returns the time that is this many microseconds after the start of 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns whether every language can write the time in RFC 3339: from the year 1 to the year 9999.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.0 >= FIRST && self.0 <= LAST
    }

    /// Parses a time with its offset (`2026-11-03T08:00:00Z`) or a date (`2026-11-03`, its start in UTC).
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let hint = "write a time as 2026-11-03T08:00:00Z or a date as 2026-11-03";
        exact(text).ok_or_else(|| Error::invalid(format!("invalid time {}", quoted(text)), hint))
    }

    /// Parses a bound of a period: a time, a date, or how long ago (`7d`, `12 hours`, `2 weeks`).
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for anything else.
    pub fn parse_bound(text: &str, now: Self) -> Result<Self> {
        let hint = "write a time as 2026-11-03T08:00:00Z, a date as 2026-11-03, or how long ago as 7d or 12h";
        let found = exact(text).or_else(|| away(text, now, -1));
        found.ok_or_else(|| Error::invalid(format!("invalid time {}", quoted(text)), hint))
    }

    /// Parses a time to come: a time, a date, or how long from `now` (`7d`, `12 hours`, `2 weeks`).
    ///
    /// # Errors
    ///
    /// `ErrorKind::Invalid` for anything else.
    pub fn parse_expiry(text: &str, now: Self) -> Result<Self> {
        let hint =
            "write a time as 2026-11-03T08:00:00Z, a date as 2026-11-03, or how long from now as 7d or 12h";
        let found = exact(text).or_else(|| away(text, now, 1));
        found.ok_or_else(|| Error::invalid(format!("invalid time {}", quoted(text)), hint))
    }

    /// Returns the day in UTC, counted from 1970.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(MICROS_A_DAY)
    }

    /// Returns the start of a day in UTC, counted from 1970.
    #[must_use]
    pub const fn of_day(day: i64) -> Self {
        Self(day.saturating_mul(MICROS_A_DAY))
    }

    /// Returns the year and month in UTC, as `2026-11`.
    #[must_use]
    pub fn month(self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

fn exact(text: &str) -> Option<Timestamp> {
    let date = || {
        // Ten characters are a date. jiff would also parse a time without an offset as one.
        let date: Date = (text.len() == 10).then(|| text.parse().ok())??;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let timestamp: jiff::Timestamp = text.parse().ok().or_else(date)?;
    Some(Timestamp(timestamp.as_microsecond())).filter(|time| time.is_writable())
}

/// Moves `now` by a span, backwards for a negative sign.
fn away(text: &str, now: Timestamp, sign: i64) -> Option<Timestamp> {
    let span: Span = text.parse().ok()?;
    let span = span.abs().checked_mul(sign).ok()?;
    let now = jiff::Timestamp::from_microsecond(now.0).ok()?;
    let then = Zoned::new(now, TimeZone::UTC).checked_add(span).ok()?;
    Some(Timestamp(then.timestamp().as_microsecond())).filter(|time| time.is_writable())
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn what_is_read_can_be_written() {
        for good in ["0001-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(Timestamp::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "0000-12-31T23:59:59.999999Z",
            "-000001-01-01T00:00:00Z",
            "9999-12-30T22:00:00.000001Z",
            "9999-12-31",
        ] {
            assert!(Timestamp::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bounds_are_times_dates_or_spans() {
        let now = Timestamp::parse("2026-11-10T12:00:00Z").unwrap();
        let bound = |text| Timestamp::parse_bound(text, now).map(|time| time.to_string());
        assert_eq!(bound("7d").unwrap(), "2026-11-03T12:00:00Z");
        assert_eq!(bound("90 minutes").unwrap(), "2026-11-10T10:30:00Z");
        assert_eq!(bound("2026-11-01").unwrap(), "2026-11-01T00:00:00Z");
        assert_eq!(
            bound("2026-11-01T00:00:00.5+02:00").unwrap(),
            "2026-10-31T22:00:00.5Z"
        );
        for bad in ["", "yesterday", "2026-13-01", "7", "2026-11-01T00:00:00"] {
            assert!(bound(bad).is_err(), "{bad}");
        }
    }
}
