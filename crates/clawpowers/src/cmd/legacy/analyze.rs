//! `analyze.sh`

use super::failed;
use crate::args::Context;
use crate::exit::Exit;
use crate::render;
use clawpowers_api::ops::{metrics_summary, store_get, store_list_values};
use clawpowers_api::{ApiError, Which};
use std::ffi::OsString;

/// How much longer than estimated a plan may take before it is said, as in 1.x.
const SLOW: f64 = 1.3;

pub(super) fn run(context: &Context, words: &[OsString]) -> Exit {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let named = words.get(1).cloned().unwrap_or_default();
    let text = match words.first().map(String::as_str) {
        None | Some("--recommendations" | "--format") => figures(context, None),
        // 1.x had no filter, but three of its skills asked for one.
        Some("--skill" | "--filter") => figures(context, Some(named)),
        Some("--plan") => plan(context, &named),
        Some("--worktrees") => {
            listed(context, "worktree:").map(|lines| format!("Active Worktrees:\n{lines}"))
        }
        Some("help" | "-h" | "--help") => Ok(
            "Usage: analyze.sh [--skill <name> | --plan <name> | --worktrees | --recommendations]\n"
                .to_owned(),
        ),
        Some(other) => {
            context.out.talk(&format!("Unknown option: {other}\n"));
            return Exit::No;
        }
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
    let own = listed(context, &format!("execution:{name}:task_"))?;
    let unnamed = listed(context, "execution:task_")?;
    text.push_str(&format!("\nTask Status:\n{own}{unnamed}"));
    Ok(text)
}

fn listed(context: &Context, prefix: &str) -> Result<String, ApiError> {
    let request = store_list_values::Request {
        pattern: Some(prefix.to_owned()),
    };
    let found = store_list_values::run(&context.runtime, &request)?;
    let line = |entry: &store_list_values::EntryOut| {
        format!(
            "  {}: {}\n",
            entry.key,
            String::from_utf8_lossy(&entry.value.bytes())
        )
    };
    if found.entries.is_empty() {
        return Ok("  (none)\n".to_owned());
    }
    Ok(found.entries.iter().map(line).collect())
}
