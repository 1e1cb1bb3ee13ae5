//! A command line that is not understood, in the words of every other error.

use super::table::one_line;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use clawpowers_api::quoted;
use std::error::Error as _;
use std::ffi::OsString;

/// Says what is wrong with `arguments`, the words behind the program's name, and what to do next.
pub(crate) fn text(error: &Error, root: &Command, arguments: impl Iterator<Item = OsString>) -> String {
    let hint = hint(error, &path(root, arguments));
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            format!("{}\nerror: there is no command\nhint: {hint}\n", error.render())
        }
        _ => format!("error: {}\nhint: {hint}\n", fault(error)),
    }
}

/// Returns the command that the arguments name, as far as they name one.
fn path(root: &Command, arguments: impl Iterator<Item = OsString>) -> String {
    let mut command = root;
    let mut path = root.get_name().to_owned();
    for argument in arguments {
        if let Some(below) = command.find_subcommand(&argument) {
            path.push_str(&format!(" {}", below.get_name()));
            command = below;
        }
    }
    path
}

fn fault(error: &Error) -> String {
    let value = |kind| values(error, kind).join(" and ");
    let argument = value(ContextKind::InvalidArg);
    let given = value(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("there is no command {}", value(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument if argument.starts_with("`-") => {
            format!("the option {argument} is not known")
        }
        ErrorKind::UnknownArgument => format!("the argument {argument} is one too many"),
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing"),
        ErrorKind::InvalidValue if matches!(given.as_str(), "" | "``") => {
            format!("{argument} needs a value")
        }
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

fn hint(error: &Error, command: &str) -> String {
    let meant = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let help = format!("`{command} --help`");
    // The parser puts the most like last.
    let meant = meant.into_iter().flat_map(|kind| values(error, kind)).rev();
    let meant = meant.collect::<Vec<_>>().join(" or ");
    if !meant.is_empty() {
        return format!("did you mean {meant}? {help} says what there is");
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested)
        && let Some(tip) = tips.first()
    {
        let tip = one_line(&tip.to_string()).replace('\'', "`");
        return format!("{tip}; {help} says what there is");
    }
    match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) if error.kind() != ErrorKind::InvalidSubcommand => {
            let usage = one_line(&usage.to_string());
            let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
            format!("the usage is `{usage}`; {help} has examples")
        }
        _ => format!("{help} says what there is"),
    }
}

/// Returns what an error says of a kind, each value in backticks.
fn values(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![quoted(text)],
        Some(ContextValue::Strings(list)) => list.iter().map(|text| quoted(text)).collect(),
        _ => Vec::new(),
    }
}
