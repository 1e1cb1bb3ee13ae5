//! `analyze.sh`

use super::{reject, texts, usage};
use crate::cmd::metrics;
use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clawpowers_api::ExecutionFilter;
use clawpowers_api::operations::feedback;
use std::ffi::OsString;

const USAGE: &str = "\
Usage: analyze.sh [--skill <name> | --plan <name> | --worktrees | --recommendations]
";

pub(super) fn run(context: &Context, words: &[OsString]) -> Exit {
    let words = texts(words);
    let out = &context.out;
    let summary = |skill| {
        let all = ExecutionFilter::default();
        metrics::summary(context, ExecutionFilter { skill, ..all })
    };
    let name = words.get(1).filter(|name| !name.is_empty()).cloned();
    match (words.first().map(String::as_str), name) {
        (None | Some("" | "--recommendations" | "--format"), _) => summary(None),
        (Some(option @ ("--skill" | "--filter" | "--plan")), None) => {
            reject(context, &format!("{option} requires a name"))
        }
        // 1.x had no filter, but three of its skills asked for one.
        (Some("--skill" | "--filter"), skill) => summary(skill),
        (Some("--plan"), Some(plan)) => {
            let result = feedback::plan::read(&context.runtime, &feedback::plan::Request { plan });
            out.respond_untrusted(&result, |r| render::analyze::plan(r, "unknownmin"))
        }
        (Some("--worktrees"), _) => {
            let result = feedback::worktrees::run(&context.runtime, &feedback::worktrees::Request {});
            out.respond_untrusted(&result, render::analyze::worktrees)
        }
        (other, _) => usage(context, USAGE, "option", other),
    }
}
