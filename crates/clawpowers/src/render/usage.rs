//! A command line that is not understood, in the words of every other error.

use super::table::one_line;
use crate::out::Out;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use clawpowers_api::{ApiError, ErrorCode, nearest, quote};
use std::error::Error as _;
use std::ffi::OsString;

/// Returns what is wrong with `words`, which stand behind the program's name, and what to do next.
pub(crate) fn error(error: &Error, root: &Command, words: &[OsString]) -> ApiError {
    let (level, path) = level(root, words);
    ApiError::new(ErrorCode::InvalidRequest, fault(error)).hint(hint(error, root, level, &path))
}

/// Returns the short help of the command that `words` name.
pub(crate) fn help(out: &Out, root: &Command, words: &[OsString]) -> String {
    let (level, _) = level(root, words);
    let help = level.clone().render_help();
    match out.palette.enabled {
        true => help.ansi().to_string(),
        false => help.to_string(),
    }
}

/// Returns the command that the words name, as far as they name one, and its full name.
fn level<'c>(root: &'c Command, words: &[OsString]) -> (&'c Command, String) {
    let mut command = root;
    let mut path = root.get_name().to_owned();
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        // Their values are no commands.
        if word == "--home" || word == "--color" {
            words.next();
        } else if word == "help" {
            // The command whose help is wanted comes behind it.
        } else if let Some(below) = command.find_subcommand(word) {
            path.push_str(&format!(" {}", below.get_name()));
            command = below;
        }
    }
    (command, path)
}

fn fault(error: &Error) -> String {
    let value = |kind| values(error, kind).join(" and ");
    let argument = value(ContextKind::InvalidArg);
    let given = value(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "no command was given".to_owned()
        }
        ErrorKind::InvalidSubcommand => {
            format!("there is no command {}", value(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument if argument.starts_with("`-") => {
            format!("the option {argument} is not known")
        }
        ErrorKind::UnknownArgument => format!("the argument {argument} is one too many"),
        ErrorKind::MissingRequiredArgument => {
            let count = values(error, ContextKind::InvalidArg).len();
            format!("{argument} {} missing", if count == 1 { "is" } else { "are" })
        }
        ErrorKind::InvalidValue if matches!(given.as_str(), "" | "``") => {
            format!("{argument} needs a value")
        }
        ErrorKind::InvalidValue => format!("{argument} does not take {given}"),
        ErrorKind::ValueValidation => match error.source() {
            Some(why) => format!("{argument} does not take {given}: {why}"),
            None => format!("{argument} does not take {given}"),
        },
        ErrorKind::TooManyValues => format!("{argument} takes no value such as {given}"),
        ErrorKind::ArgumentConflict => match value(ContextKind::PriorArg) {
            other if other == argument => format!("{argument} is given twice"),
            other => format!("{argument} does not go with {other}"),
        },
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            one_line(first.strip_prefix("error: ").unwrap_or(first)).replace('\'', "`")
        }
    }
}

/// What people look for that is no command.
const ELSEWHERE: [(&[&str], &str); 2] = [
    (
        &["install", "add"],
        "to install a skill, copy its folder to `.agents/skills` in the project or in your home folder; `clawpowers skill list` shows the result",
    ),
    (
        &["uninstall", "remove"],
        "to remove a skill, delete its folder; `clawpowers skill list --json` shows the folders",
    ),
];

/// Tells a command that people call from hidden ones and from the parser's `help`.
fn is_own(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// Returns the commands, by their full names, that an unknown one at `level` most likely means: one of this level by
/// another case, one of the same name elsewhere, or those with the most similar name.
fn meant(word: &str, root: &Command, level: &Command, path: &str) -> Vec<String> {
    let below = |command: &Command, path: &str| -> Vec<(String, String)> {
        let visible = command.get_subcommands().filter(|below| is_own(below));
        let named = visible.flat_map(|below| {
            let full = format!("{path} {}", below.get_name());
            let names = below.get_name_and_visible_aliases();
            names.into_iter().map(move |name| (name.to_owned(), full.clone()))
        });
        named.collect()
    };
    let own = below(level, path);
    let mut all = below(root, root.get_name());
    for noun in root.get_subcommands().filter(|noun| is_own(noun)) {
        all.extend(below(noun, &format!("{} {}", root.get_name(), noun.get_name())));
    }
    let called = |commands: &[(String, String)], word: &str| {
        let mut found: Vec<String> = Vec::new();
        for (name, full) in commands {
            if name.eq_ignore_ascii_case(word) && !found.contains(full) {
                found.push(full.clone());
            }
        }
        found
    };
    let like = |commands: &[(String, String)]| {
        let near = nearest(word, commands.iter().map(|(name, _)| name.as_str()));
        near.map_or_else(Vec::new, |near| called(commands, near))
    };
    let guesses = [called(&own, word), called(&all, word), like(&own), like(&all)];
    guesses
        .into_iter()
        .find(|guess| !guess.is_empty())
        .unwrap_or_default()
}

/// Returns names as `a`, `a or b`, `a, b or c`.
fn either(names: &[String]) -> String {
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

fn hint(error: &Error, root: &Command, level: &Command, path: &str) -> String {
    let help = format!("`{path} --help`");
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) {
        let skills = matches!(level.get_name(), "clawpowers" | "skill");
        let elsewhere = ELSEWHERE.iter().find(|(words, _)| words.contains(&word.as_str()));
        if let Some((_, hint)) = elsewhere.filter(|_| skills) {
            return (*hint).to_owned();
        }
        let meant: Vec<String> = meant(word, root, level, path)
            .iter()
            .map(|full| quote(full))
            .collect();
        if !meant.is_empty() {
            return format!("did you mean {}? see {help}", either(&meant));
        }
    }
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    // The parser puts the most like last.
    let meant = meant.into_iter().flat_map(|kind| values(error, kind)).rev();
    let meant = meant.collect::<Vec<_>>().join(" or ");
    if !meant.is_empty() {
        return format!("did you mean {meant}? see {help}");
    }
    let valid = values(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        return format!("it takes {}", either(&valid));
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested)
        && let Some(tip) = tips.first()
    {
        let tip = one_line(&tip.to_string()).replace('\'', "`");
        return format!("{tip}; see {help}");
    }
    match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) if error.kind() != ErrorKind::InvalidSubcommand => {
            let usage = one_line(&usage.to_string());
            let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
            format!("the usage is `{usage}`; {help} has examples")
        }
        _ => format!("see {help}"),
    }
}

/// Returns what an error says of a kind, each value in backticks.
fn values(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![quote(text)],
        Some(ContextValue::Strings(list)) => list.iter().map(|text| quote(text)).collect(),
        _ => Vec::new(),
    }
}
