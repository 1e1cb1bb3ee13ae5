//! `analyze.sh`

use super::{failed, refuse, usage};
use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clawpowers_api::operations::{feedback, metrics};
use clawpowers_api::{ApiError, ExecutionFilter};
use std::ffi::OsString;

const USAGE: &str = "\
Usage: analyze.sh [--skill <name> | --plan <name> | --worktrees | --recommendations]
";

pub(super) fn run(context: &Context, words: &[OsString]) -> Exit {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let named = words.get(1).filter(|name| !name.is_empty());
    let text = match (words.first().map(String::as_str), named) {
        (None | Some("" | "--recommendations" | "--format"), _) => figures(context, None),
        (Some(option @ ("--skill" | "--filter" | "--plan")), None) => {
            return refuse(context, &format!("{option} requires a name"));
        }
        // 1.x had no filter, but three of its skills asked for one.
        (Some("--skill" | "--filter"), Some(name)) => figures(context, Some(name.clone())),
        (Some("--plan"), Some(name)) => {
            let request = feedback::plan::Request { plan: name.clone() };
            feedback::plan::read(&context.runtime, &request)
                .map(|found| render::analyze::plan(&found, "unknownmin"))
        }
        (Some("--worktrees"), _) => {
            let request = feedback::worktrees::Request {};
            feedback::worktrees::run(&context.runtime, &request)
                .map(|found| render::analyze::worktrees(&found))
        }
        (other, _) => return usage(context, USAGE, "option", other),
    };
    match text {
        Ok(text) => context.out.print_untrusted(&text),
        Err(error) => failed(context, &error),
    }
}

fn figures(context: &Context, skill: Option<String>) -> Result<String, ApiError> {
    let which = ExecutionFilter {
        skill,
        ..ExecutionFilter::default()
    };
    let request = metrics::summary::Request::default().with(which);
    let found = metrics::summary::run(&context.runtime, &request)?;
    Ok(render::metrics::summary(&found, request.skill.as_deref()))
}
