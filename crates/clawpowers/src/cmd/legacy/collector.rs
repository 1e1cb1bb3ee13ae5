//! `collector.sh`

use super::{reject, texts, usage};
use crate::cmd;
use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clawpowers_api::operations::metrics;
use clawpowers_api::wire::Amount;
use clawpowers_api::{ExecutionFilter, Outcome};
use std::collections::BTreeMap;
use std::ffi::OsString;

const USAGE: &str = "\
Usage: collector.sh <command> [options]
  record --skill <name> --outcome <success|failure|partial|skipped> [--duration <sec>] [--notes <text>] [--session-id <id>]
  show [--skill <name>] [--limit <n>]
  summary [--skill <name>]
";

pub(super) fn run(context: &Context, words: &[OsString]) -> Exit {
    let words = texts(words);
    let command = words.first().map(String::as_str);
    let known: &[&str] = match command {
        Some("record") => &["--skill", "--outcome", "--duration", "--notes", "--session-id"],
        Some("show") => &["--skill", "--limit"],
        // A skill of 1.x calls `report`, which 1.x did not have.
        Some("summary" | "report") => &["--skill"],
        other => return usage(context, USAGE, "command", other),
    };
    let mut options = match options(words.get(1..).unwrap_or_default(), known) {
        Ok(options) => options,
        Err(message) => {
            context.out.eprint(&format!("{message}\n"));
            return Exit::Negative;
        }
    };
    match command {
        Some("record") => record(context, &mut options),
        Some("show") => show(context, &mut options),
        _ => cmd::metrics::summary(context, filter(&mut options)),
    }
}

type Options = BTreeMap<String, String>;

/// Reads options with their values; of equal ones the last counts.
fn options(words: &[String], known: &[&str]) -> Result<Options, String> {
    let mut options = Options::new();
    let mut words = words.iter();
    while let Some(option) = words.next() {
        if !known.contains(&option.as_str()) {
            return Err(format!("Unknown option: {option}"));
        }
        let value = words
            .next()
            .ok_or_else(|| format!("Error: Option {option} requires a value"))?;
        options.insert(option.clone(), value.clone());
    }
    Ok(options)
}

fn record(context: &Context, options: &mut Options) -> Exit {
    let mut take = |name: &str| options.remove(name).filter(|value| !value.is_empty());
    let Some(skill) = take("--skill") else {
        return reject(context, "--skill is required");
    };
    let Some(outcome) = take("--outcome") else {
        return reject(context, "--outcome is required (success|failure|partial|skipped)");
    };
    if Outcome::parse(&outcome).is_err() {
        let message = "--outcome must be one of success, failure, partial and skipped";
        return reject(context, message);
    }
    let duration = take("--duration");
    if duration.as_deref().is_some_and(|text| !is_number(text)) {
        return reject(context, "--duration must be a number (seconds)");
    }
    let request = metrics::record::Request {
        skill,
        outcome,
        duration: duration.map(Amount),
        notes: take("--notes"),
        session: take("--session-id"),
        ..metrics::record::Request::default()
    };
    let result = metrics::record::run(&context.runtime, &request);
    context
        .out
        .respond_untrusted(&result, render::metrics::recorded_as_1x)
}

/// Returns whether a string is a number in the notation of 1.x: digits, and possibly a point and more digits.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

fn show(context: &Context, options: &mut Options) -> Exit {
    let limit = match options.remove("--limit").map(|limit| limit.parse::<i64>()) {
        None => None,
        Some(Ok(limit)) => Some(usize::try_from(limit).unwrap_or_default()),
        Some(Err(_)) => return reject(context, "--limit must be a number"),
    };
    let request = metrics::show::Request {
        limit,
        ..Default::default()
    }
    .with(filter(options));
    let result = metrics::show::run(&context.runtime, &request);
    context.out.respond_untrusted(&result, render::metrics::lines)
}

fn filter(options: &mut Options) -> ExecutionFilter {
    ExecutionFilter {
        skill: options.remove("--skill"),
        ..ExecutionFilter::default()
    }
}
