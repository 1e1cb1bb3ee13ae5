//! `session-start`: the hook of 1.x, which passes the skill `using-clawpowers` to the client.

use crate::context::Context;
use crate::exit::Exit;
use clawpowers_api::operations::{home, skill};
use clawpowers_api::run::has_program;
use serde_json::json;
use std::env;
use std::path::Path;

const SKILL: &str = "using-clawpowers";

pub(super) fn run(context: &Context) -> Exit {
    let request = skill::read::Request {
        name: SKILL.to_owned(),
        ..Default::default()
    };
    let skill = match skill::read::run(&context.runtime, &request) {
        Ok(skill) => skill,
        Err(error) => {
            let text = json!({ "error": error.message, "action": error.hint });
            context.out.eprint(&format!("{text}\n"));
            return Exit::Negative;
        }
    };
    let shown = home::status::run(&context.runtime, &home::status::Request {});
    if !shown.is_ok_and(|shown| Path::new(&shown.home).is_dir()) {
        // A session works without a home; the next command that writes reports the error.
        let _ = home::init::run(&context.runtime, &home::init::Request::default());
    }
    let reply = json!({
        "type": "skill_injection",
        "platform": platform(),
        "version": env!("CARGO_PKG_VERSION"),
        "timestamp": clawpowers_api::now(),
        "skill": { "name": SKILL, "source": skill.location, "content": skill.text },
        "instruction": "Follow the skill in `content`; it says how to find and use the other skills.",
    });
    match serde_json::to_string_pretty(&reply) {
        Ok(text) => context.out.print_untrusted(&format!("{text}\n")),
        Err(_) => Exit::Internal,
    }
}

/// Returns the client: by the variables that each sets, else by the programs on the `PATH`.
fn platform() -> &'static str {
    let variables = [
        ("CLAUDE_PLUGIN_ROOT", "claude-code"),
        ("CURSOR_PLUGIN_ROOT", "cursor"),
        ("CODEX", "codex"),
        ("OPENCODE", "opencode"),
        ("GEMINI_CLI", "gemini"),
    ];
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let by_variable = variables.iter().find(|(variable, _)| is_set(variable));
    let installed = || {
        ["codex", "gemini"]
            .into_iter()
            .find(|program| has_program(program))
    };
    by_variable
        .map(|(_, platform)| *platform)
        .or_else(installed)
        .unwrap_or("generic")
}
