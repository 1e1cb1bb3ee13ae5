//! Decimal amounts as whole numbers of a small unit, so that sums stay exact.

use crate::display::quoted;
use crate::error::{Error, Result};

/// The decimal places of a duration in seconds, which is stored in microseconds.
const SECONDS_PLACES: u32 = 6;
/// The decimal places of a cost in US dollars, which is stored in billionths.
const DOLLAR_PLACES: u32 = 9;
/// The longest duration, in seconds: about three years.
pub const MAX_SECONDS: u64 = 100_000_000;
/// The longest duration, in microseconds.
pub const MAX_MICROS: i64 = (MAX_SECONDS * 10_u64.pow(SECONDS_PLACES)).cast_signed();
/// The highest cost, in US dollars.
pub const MAX_DOLLARS: u64 = 1_000_000;
/// The highest cost, in billionths of a US dollar.
pub(crate) const MAX_NANODOLLARS: i64 = (MAX_DOLLARS * 10_u64.pow(DOLLAR_PLACES)).cast_signed();

/// Reads a duration in seconds, such as `12.5`, as microseconds.
///
/// # Errors
///
/// `ErrorKind::Invalid` for anything but digits with at most one point, and above [`MAX_SECONDS`].
pub fn micros(text: &str) -> Result<i64> {
    amount(text, SECONDS_PLACES, MAX_SECONDS).ok_or_else(|| {
        let shown = quoted(text);
        let message = format!("the duration {shown} is not a number of seconds from 0 to {MAX_SECONDS}");
        Error::invalid(message, "give {--duration} in seconds, such as 12 or 12.5")
    })
}

/// Reads a cost in US dollars, such as `0.0125`, as billionths of a dollar.
///
/// # Errors
///
/// `ErrorKind::Invalid` for anything but digits with at most one point, and above [`MAX_DOLLARS`].
pub fn nanodollars(text: &str) -> Result<i64> {
    amount(text, DOLLAR_PLACES, MAX_DOLLARS).ok_or_else(|| {
        let shown = quoted(text);
        let message = format!("the cost {shown} is not a number of US dollars from 0 to {MAX_DOLLARS}");
        Error::invalid(message, "use dollars such as 0.0125")
    })
}

/// Writes microseconds as seconds, without trailing zeros.
#[must_use]
pub fn seconds(micros: i64) -> String {
    written(micros, SECONDS_PLACES)
}

/// Writes billionths of a dollar as dollars, without trailing zeros.
#[must_use]
pub fn dollars(nanodollars: i64) -> String {
    written(nanodollars, DOLLAR_PLACES)
}

/// Reads digits with at most one point; digits beyond the decimal places are rounded half up.
fn amount(text: &str, places: u32, most: u64) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let unit = 10_u64.pow(places);
    let whole: u64 = whole.parse().ok()?;
    let mut kept = 0;
    let mut digits = fraction.bytes().map(|digit| u64::from(digit - b'0'));
    for _ in 0..places {
        kept = kept * 10 + digits.next().unwrap_or_default();
    }
    let up = u64::from(digits.next().unwrap_or_default() >= 5);
    let value = whole.checked_mul(unit)?.checked_add(kept + up)?;
    (value <= most * unit).then(|| value.try_into().ok()).flatten()
}

fn written(value: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:0width$}", width = places as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{dollars, micros, nanodollars, seconds};
    use proptest::prelude::*;

    #[test]
    fn amounts_are_exact() {
        assert_eq!(micros("12.5").unwrap(), 12_500_000);
        assert_eq!(micros("007").unwrap(), 7_000_000);
        assert_eq!(micros("0.0000005").unwrap(), 1);
        assert_eq!(micros("100000000").unwrap(), 100_000_000_000_000);
        assert_eq!(nanodollars("0.1").unwrap(), 100_000_000);
        assert_eq!(seconds(12_500_000), "12.5");
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(100_000_000), "100");
        assert_eq!(dollars(1), "0.000000001");
        for bad in [
            "",
            "-1",
            "NaN",
            "1e3",
            ".5",
            "5.",
            "+5",
            "1 ",
            "inf",
            "100000000.1",
            "99999999999999999999",
        ] {
            assert!(micros(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in 0..100_000_000_000_000_i64) {
            prop_assert_eq!(micros(&seconds(value)).unwrap(), value);
        }
    }
}
