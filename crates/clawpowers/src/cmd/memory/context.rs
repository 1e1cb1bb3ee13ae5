//! `memory context`

use crate::context::{Context, read_text, whole_number};
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::checkpoint::load;
use clawpowers_api::operations::memory::context;
use clawpowers_api::{escape_line, pluralize, quote};

#[derive(Debug, Args)]
pub(crate) struct ContextArgs {
    /// What you are about to do, as plain text; `-` reads it from stdin [default: the most important entries].
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    goal: Option<String>,
    /// Maximum number of tokens; a token is estimated as four characters.
    #[arg(long, value_name = "TOKENS", default_value = "1000", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    budget: usize,
    /// Only entries of this project, and those of none.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only entries about this skill.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Put the saved state of this task first; it takes at most half of the budget.
    #[arg(long, value_name = "TASK", allow_hyphen_values = true)]
    task: Option<String>,
}

pub(super) fn context(context: &Context, args: ContextArgs) -> Exit {
    let out = &context.out;
    let goal = match args.goal.map(read_text).transpose() {
        Ok(goal) => goal,
        Err(error) => return out.respond_error(&error),
    };
    let request = context::Request {
        goal,
        budget: Some(args.budget),
        project: args.project,
        skill: args.skill,
        task: args.task,
    };
    let result = context::run(&context.runtime, &request);
    // Everything in the text is escaped.
    let exit = out.respond_text(&result, |r| r.text.clone());
    if let Ok(response) = result.as_ref()
        && !out.json
    {
        let missing = request.task.as_deref().filter(|_| response.checkpoint.is_none());
        let missing = missing.map(|task| absent(context, task, response.budget));
        out.eprint(&notes(response, missing));
    }
    exit
}

/// Says why the state of a task is not in the text.
fn absent(context: &Context, task: &str, budget: usize) -> String {
    let request = load::Request {
        task: task.to_owned(),
    };
    let task = quote(task);
    match load::run(&context.runtime, &request) {
        Ok(_) => format!("the state of the task {task} does not fit in half of {budget} tokens\n"),
        Err(_) => format!("no state of the task {task} was saved\n"),
    }
}

/// What is not in the text.
fn notes(response: &context::Response, missing: Option<String>) -> String {
    let mut notes = missing.unwrap_or_default();
    if response.unfit > 0 {
        let entries = pluralize(response.unfit, "entry");
        notes.push_str(&format!(
            "left out, because the budget is {} tokens: {entries}\n",
            response.budget
        ));
    }
    if response.entries.is_empty() && response.unfit == 0 {
        notes.push_str("No entries found\n");
    }
    escape_line(&notes).replace("\\u{a}", "\n")
}
