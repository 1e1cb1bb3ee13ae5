//! Usage errors, in the wording of all other errors.

use super::table::one_line;
use crate::out::Out;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use clawpowers_api::{ApiError, ErrorCode, nearest, quote};
use std::error::Error as _;
use std::ffi::OsString;

/// Returns the error for the command line `words`, which are the arguments after the program's name.
pub(crate) fn error(error: &Error, root: &Command, words: &[OsString]) -> ApiError {
    let (command, path) = named_command(root, words);
    ApiError::new(ErrorCode::InvalidRequest, message(error)).hint(hint(error, root, command, &path))
}

/// Returns the short help of the command that `words` name.
pub(crate) fn help(out: &Out, root: &Command, words: &[OsString]) -> String {
    let (command, _) = named_command(root, words);
    let help = command.clone().render_help();
    match out.palette.enabled {
        true => help.ansi().to_string(),
        false => help.to_string(),
    }
}

/// Returns the innermost command that the words name, and its full name.
fn named_command<'c>(root: &'c Command, words: &[OsString]) -> (&'c Command, String) {
    let mut command = root;
    let mut path = root.get_name().to_owned();
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == "--home" || word == "--color" {
            // The next word is the value of the option.
            words.next();
        } else if word == "help" {
            // The command whose help is requested follows.
        } else if let Some(below) = command.find_subcommand(word) {
            path.push_str(&format!(" {}", below.get_name()));
            command = below;
        }
    }
    (command, path)
}

fn message(error: &Error) -> String {
    let value = |kind| values(error, kind).join(" and ");
    let argument = value(ContextKind::InvalidArg);
    let given = value(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "no command was given".to_owned()
        }
        ErrorKind::InvalidSubcommand => format!("unknown command {}", value(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument if argument.starts_with("`-") => format!("unknown option {argument}"),
        ErrorKind::UnknownArgument => format!("unexpected argument {argument}"),
        ErrorKind::MissingRequiredArgument => match values(error, ContextKind::InvalidArg).len() {
            1 => format!("{argument} is required"),
            _ => format!("{argument} are required"),
        },
        ErrorKind::InvalidValue if matches!(given.as_str(), "" | "``") => {
            format!("{argument} requires a value")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match error.source() {
            Some(reason) => format!("invalid value {given} for {argument}: {reason}"),
            None => format!("invalid value {given} for {argument}"),
        },
        ErrorKind::TooManyValues => format!("unexpected value {given} for {argument}"),
        ErrorKind::ArgumentConflict => match value(ContextKind::PriorArg) {
            other if other == argument => format!("{argument} cannot be used twice"),
            other => format!("{argument} cannot be used with {other}"),
        },
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            one_line(first.strip_prefix("error: ").unwrap_or(first)).replace('\'', "`")
        }
    }
}

/// Commands that do not exist but that people expect.
const MISSING_COMMANDS: [(&[&str], &str); 2] = [
    (
        &["install", "add"],
        "to install a skill, copy its folder to `.agents/skills` in the project or in your home folder; `clawpowers skill list` shows the result",
    ),
    (
        &["uninstall", "remove"],
        "to remove a skill, delete its folder; `clawpowers skill list --json` shows the folders",
    ),
];

/// Returns whether a command is neither hidden nor the parser's `help`.
fn is_public(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// Returns the subcommands of a command: each name and alias, with the full name.
fn subcommands<'c>(command: &'c Command, path: &str) -> Vec<(&'c str, String)> {
    let public = command.get_subcommands().filter(|below| is_public(below));
    let named = public.flat_map(|below| {
        let full = format!("{path} {}", below.get_name());
        let names = below.get_name_and_visible_aliases();
        names.into_iter().map(move |name| (name, full.clone()))
    });
    named.collect()
}

/// Returns the full names of the commands that an unknown one of `command` most likely means: those of the same name
/// here or elsewhere, or those with the most similar name.
fn suggestions(word: &str, root: &Command, command: &Command, path: &str) -> Vec<String> {
    let own = subcommands(command, path);
    let mut all = subcommands(root, root.get_name());
    for group in root.get_subcommands().filter(|group| is_public(group)) {
        let path = format!("{} {}", root.get_name(), group.get_name());
        all.extend(subcommands(group, &path));
    }
    let same = |commands: &[(&str, String)], word: &str| {
        let same = commands
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(word));
        let mut found: Vec<String> = same.map(|(_, full)| full.clone()).collect();
        found.dedup();
        found
    };
    let similar = |commands: &[(&str, String)]| {
        let name = nearest(word, commands.iter().map(|(name, _)| *name));
        name.map_or_else(Vec::new, |name| same(commands, name))
    };
    let guesses = [same(&own, word), same(&all, word), similar(&own), similar(&all)];
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

fn hint(error: &Error, root: &Command, command: &Command, path: &str) -> String {
    let help = format!("`{path} --help`");
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) {
        let is_about_skills = matches!(command.get_name(), "clawpowers" | "skill");
        let mut missing = MISSING_COMMANDS.iter().filter(|_| is_about_skills);
        if let Some((_, hint)) = missing.find(|(words, _)| words.contains(&word.as_str())) {
            return (*hint).to_owned();
        }
        let suggestions = suggestions(word, root, command, path);
        if !suggestions.is_empty() {
            let quoted: Vec<String> = suggestions.iter().map(|full| quote(full)).collect();
            return format!("did you mean {}? see {help}", either(&quoted));
        }
    }
    // The parser's best suggestion is the last one.
    let suggested = [ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let suggested = suggested.into_iter().flat_map(|kind| values(error, kind)).rev();
    let suggested = suggested.collect::<Vec<_>>().join(" or ");
    if !suggested.is_empty() {
        return format!("did you mean {suggested}? see {help}");
    }
    let valid = values(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        return format!("the values are {}", either(&valid));
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
            format!("usage: `{usage}`; {help} has examples")
        }
        _ => format!("see {help}"),
    }
}

/// Returns the values of a kind in an error, each in backticks.
fn values(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![quote(text)],
        Some(ContextValue::Strings(list)) => list.iter().map(|text| quote(text)).collect(),
        _ => Vec::new(),
    }
}
