//! Hints as people type them.

use clawpowers_api::{OPERATIONS, Reference};

/// Words a reference as a command or an option.
pub(crate) fn wording(reference: &Reference<'_>) -> String {
    let (name, arguments) = match reference {
        Reference::Operation(name, arguments) => (*name, arguments),
        Reference::Option(name) => return format!("`--{name}`"),
    };
    let known = OPERATIONS.iter().find(|operation| operation.name == name);
    let positional = known.map_or(&[][..], |operation| operation.positional);
    let command = match name {
        "recover" => "doctor --recover".to_owned(),
        name => match name.split_once('_') {
            Some((group, verb)) => format!("{group} {}", verb.replace('_', "-")),
            None => name.to_owned(),
        },
    };
    let mut text = format!("`clawpowers {command}");
    for (name, value) in arguments {
        if positional.contains(name) {
            text.push_str(&format!(" {value}"));
        } else {
            text.push_str(&format!(" --{} {value}", name.replace('_', "-")));
        }
    }
    text + "`"
}
