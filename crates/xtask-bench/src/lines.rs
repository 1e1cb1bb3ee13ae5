//! Executions as JSON lines, the same in every run.

use crate::Failure;
use std::fs;
use std::io::{BufWriter, Write as _};

/// Writes executions of 200 skills as lines of JSON.
pub(crate) fn write_lines(file: &str, count: &str) -> Result<(), Failure> {
    let count: u64 = count.parse().map_err(|_| "COUNT must be a number")?;
    let mut out = BufWriter::new(fs::File::create(file)?);
    let mut state = 1_u64;
    for number in 0..count {
        // A plain generator, so that every run writes the same lines.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = state >> 33;
        let outcome = match random / 2000 % 10 {
            0 => "failure",
            1 => "partial",
            _ => "success",
        };
        let second = 1_767_225_600 + number * 20;
        let (day, rest) = (second / 86_400, second % 86_400);
        let date = date(day);
        writeln!(
            out,
            r#"{{"ts":"{date}T{:02}:{:02}:{:02}Z","skill":"skill-{}","outcome":"{outcome}","duration_s":{}.{},"notes":"run {number}"}}"#,
            rest / 3600,
            rest / 60 % 60,
            rest % 60,
            random % 200,
            random / 7 % 300,
            random / 11 % 10
        )?;
    }
    out.flush()?;
    Ok(())
}

/// Returns the date of a day since 1970 in the civil calendar, by the method of days in eras of 400 years.
fn date(day: u64) -> String {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{:02}",
        of_year - (153 * shifted + 2) / 5 + 1
    )
}
