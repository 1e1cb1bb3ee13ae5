//! Dates and times.

use super::scan::Text;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// The longest run of digits and separators that is a time.
const MAX_TIME: usize = 40;

/// A date, a time of day, or several of them with a space between.
pub(super) fn time(text: Text<'_>, at: usize) -> Option<usize> {
    let mut end = part(text, at)?;
    // A weekday, a date, a time, a year and a zone.
    for _ in 0..5 {
        let gap = text.run(end, 3, |byte| byte == b' ' || byte == b',');
        let Some(next) = (gap > end)
            .then(|| part(text, gap).or_else(|| tail(text, gap)))
            .flatten()
        else {
            break;
        };
        end = next;
    }
    Some(end)
}

fn part(text: Text<'_>, at: usize) -> Option<usize> {
    let byte = text.at(at);
    if byte.is_ascii_digit() {
        digits(text, at)
    } else if byte.is_ascii_alphabetic() {
        name(text, at)
    } else {
        None
    }
}

/// What only follows another part: a year, or `UTC`, `AM`, `+02:00`.
fn tail(text: Text<'_>, at: usize) -> Option<usize> {
    let zone = [
        "am", "pm", "utc", "gmt", "cet", "est", "pst", "cest", "edt", "pdt",
    ];
    let word = text.run(at, 4, |byte| byte.is_ascii_alphabetic());
    if word > at {
        let known = zone
            .iter()
            .any(|zone| zone.len() == word - at && text.has(at, zone));
        return (known && text.ends(word)).then_some(word);
    }
    let sign = usize::from(matches!(text.at(at), b'+' | b'-'));
    let end = text.run(at + sign, 6, |byte| byte.is_ascii_digit() || byte == b':');
    let year = sign == 0 && end == at + 4 && (text.has(at, "19") || text.has(at, "20"));
    let offset = sign == 1 && end >= at + 5;
    ((year || offset) && text.ends(end) && text.at(end) != b'.').then_some(end)
}

/// A month or a weekday: `Jun 14`, `Sunday`, `14 Jun` starts with a digit.
fn name(text: Text<'_>, at: usize) -> Option<usize> {
    let end = text.run(at, 10, |byte| byte.is_ascii_alphabetic());
    let word = text.slice(at, end).to_ascii_lowercase();
    if word.len() < 3 || !text.ends(end) {
        return None;
    }
    let dot = end + usize::from(text.at(end) == b'.' || text.at(end) == b',');
    let gap = text.run(dot, 2, |byte| byte == b' ');
    if is_month(&word) {
        // Without a day it is a word: `may`.
        let day = text.run(gap, 2, |byte| byte.is_ascii_digit());
        let suffix = ["st", "nd", "rd", "th"]
            .iter()
            .any(|suffix| text.has(day, suffix));
        let to = if suffix { day + 2 } else { day };
        return (gap > end && day > gap && text.ends(to) && text.at(to) != b':').then_some(to);
    }
    // A weekday alone is a word.
    (is_name(&DAYS, &word) && gap > end && part(text, gap).is_some()).then_some(end)
}

/// Digits with separators that hold a time of day, or are a date.
fn digits(text: Text<'_>, at: usize) -> Option<usize> {
    if matches!(text.before(at), b'.' | b':' | b'-' | b'/') {
        return None;
    }
    let separator = |byte: u8| matches!(byte, b':' | b'.' | b',' | b'-' | b'/' | b'+' | b'T' | b'Z' | b'_');
    if let Some(end) = day_first(text, at) {
        return Some(end);
    }
    let mut end = text.run(at, MAX_TIME + 1, |byte| byte.is_ascii_digit() || separator(byte));
    if end > at + MAX_TIME || !text.ends(end) {
        return None;
    }
    while end > at && !matches!(text.before(end), b'0'..=b'9' | b'Z') {
        end -= 1;
    }
    let run = text.slice(at, end);
    if is_clock(run) || is_date(run) {
        return text.ends(end).then_some(end);
    }
    None
}

/// `14 Jun`, `10-Oct-2000`, `10/Oct/2000:13:55:36`.
fn day_first(text: Text<'_>, at: usize) -> Option<usize> {
    let day = text.run(at, 2, |byte| byte.is_ascii_digit());
    let middle = text.at(day);
    if day == at || !matches!(middle, b'/' | b'-' | b' ') {
        return None;
    }
    let month = text.run(day + 1, 9, |byte| byte.is_ascii_alphabetic());
    if !is_month(&text.slice(day + 1, month).to_ascii_lowercase()) {
        return None;
    }
    if middle == b' ' {
        return text.ends(month).then_some(month);
    }
    let end = text.run(month + 1, 20, |byte| {
        byte.is_ascii_digit() || matches!(byte, b':' | b'.')
    });
    (text.at(month) == middle && end > month + 4 && text.ends(end)).then_some(end)
}

fn is_month(word: &str) -> bool {
    is_name(&MONTHS, word)
}

/// Returns whether a word is one of the names or the first three letters of one.
fn is_name(names: &[&str], word: &str) -> bool {
    names
        .iter()
        .any(|name| *name == word || (word.len() == 3 && name.starts_with(word)))
}

/// Returns whether a run has two colons between digits, or is `12:34`.
fn is_clock(run: &str) -> bool {
    let Some((hours, rest)) = run.split_once(':') else {
        return false;
    };
    let hour = hours
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let minute = rest
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let pair = |text: &str, least: usize, below: u32| {
        (least..=2).contains(&text.len()) && text.parse::<u32>().is_ok_and(|number| number < below)
    };
    pair(hour, 1, 25) && pair(minute, 1, 60)
}

/// Returns whether a run starts with a date of digits.
fn is_date(run: &str) -> bool {
    for separator in ['-', '/', '.'] {
        let mut parts = run.split([separator, 'T', '_']);
        let (Some(first), Some(second), Some(third)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let third = third
            .split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap_or_default();
        let number = |text: &str, lengths: std::ops::RangeInclusive<usize>, largest: u32| {
            lengths.contains(&text.len())
                && text
                    .parse::<u32>()
                    .is_ok_and(|number| (1..=largest).contains(&number))
        };
        let iso = number(first, 4..=4, 2999) && number(second, 1..=2, 12) && number(third, 1..=2, 31);
        let year = (number(third, 4..=4, 2999) || (separator == '/' && third.len() == 2))
            && third.parse::<u32>().is_ok();
        let day_first = number(first, 1..=2, 31) && number(second, 1..=2, 31) && year;
        if iso || day_first {
            return true;
        }
    }
    false
}
