//! `analyze.sh`

use super::{failed, refuse, usage};
use crate::args::Context;
use crate::exit::Exit;
use crate::render;
use clawpowers_api::ops::{metrics_summary, store_get, store_list_values};
use clawpowers_api::{ApiError, Which};
use std::ffi::OsString;

const USAGE: &str = "\
Usage: analyze.sh [--skill <name> | --plan <name> | --worktrees | --recommendations]
";
/// How much longer than estimated a plan may take before it is said, as in 1.x.
const SLOW: f64 = 1.3;

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
        (Some("--plan"), Some(name)) => plan(context, name),
        (Some("--worktrees"), _) => {
            listed(context, &["worktree:"]).map(|lines| format!("Active Worktrees:\n{lines}"))
        }
        (other, _) => return usage(context, USAGE, "option", other),
    };
    match text {
        Ok(text) => context.out.data(&text),
        Err(error) => failed(context, &error),
    }
}

fn figures(context: &Context, skill: Option<String>) -> Result<String, ApiError> {
    let which = Which {
        skill,
        ..Which::default()
    };
    let request = metrics_summary::Request::default().picking(which);
    let found = metrics_summary::run(&context.runtime, &request)?;
    Ok(render::metrics::summary(&found, request.skill.as_deref()))
}

fn plan(context: &Context, name: &str) -> Result<String, ApiError> {
    let value = |field: &str| {
        let request = store_get::Request {
            key: format!("plan:{name}:{field}"),
            default: Some("unknown".to_owned()),
        };
        let found = store_get::run(&context.runtime, &request)?;
        Ok::<_, ApiError>(String::from_utf8_lossy(&found.value.bytes()).trim().to_owned())
    };
    let (estimated, actual) = (value("estimated_duration")?, value("actual_duration")?);
    let mut text = format!("Estimated duration: {estimated}min\nActual duration: {actual}min\n");
    let number = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite() && *number > 0.0)
    };
    if let (Some(estimated), Some(actual)) = (number(&estimated), number(&actual)) {
        let ratio = actual / estimated;
        text.push_str(&format!("Estimation accuracy: {ratio:.1}x (1.0 = perfect)\n"));
        if ratio > SLOW {
            text.push_str(&format!(
                "Recommendation: multiply estimates like this one by {ratio:.1}\n"
            ));
        }
    }
    // The skill that executes plans leaves the plan's name out of its keys.
    let tasks = listed(context, &[&format!("execution:{name}:task_"), "execution:task_"])?;
    text.push_str(&format!("\nTask Status:\n{tasks}"));
    Ok(text)
}

/// Returns a line for each key that starts with one of the prefixes.
fn listed(context: &Context, prefixes: &[&str]) -> Result<String, ApiError> {
    let mut lines = String::new();
    for prefix in prefixes {
        let request = store_list_values::Request {
            pattern: Some((*prefix).to_owned()),
        };
        for entry in store_list_values::run(&context.runtime, &request)?.entries {
            let value = entry.value.bytes();
            lines.push_str(&format!("  {}: {}\n", entry.key, String::from_utf8_lossy(&value)));
        }
    }
    if lines.is_empty() {
        lines.push_str("  (none)\n");
    }
    Ok(lines)
}
