//! Hints of the library, worded as commands.

use clawpowers_api::{OPERATIONS, Reference};

/// Returns a reference as a command or an option.
pub(crate) fn wording(reference: &Reference<'_>) -> String {
    let (name, arguments) = match reference {
        Reference::Operation(name, arguments) => (*name, arguments),
        Reference::Option(name) => return format!("`--{}`", name.replace('_', "-")),
    };
    let operation = OPERATIONS.iter().find(|operation| operation.name == name);
    let positional = operation.map_or(&[][..], |operation| operation.positional);
    let command = match name {
        "recover" => "doctor --recover".to_owned(),
        // Hints mean the ids of executions, which the lines in a pipe do not have.
        "metrics_show" => "metrics show --json".to_owned(),
        // Only the first underscore separates a group from a command.
        name => name.replacen('_', " ", 1).replace('_', "-"),
    };
    let mut text = format!("`clawpowers {command}");
    for (name, value) in arguments {
        let name = if *name == "client" { "as" } else { name };
        if positional.contains(&name) {
            text.push_str(&format!(" {value}"));
        } else if *value == "true" {
            text.push_str(&format!(" --{}", name.replace('_', "-")));
        } else {
            text.push_str(&format!(" --{} {value}", name.replace('_', "-")));
        }
    }
    text + "`"
}
