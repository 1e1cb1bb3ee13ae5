//! `checkpoint …`

use crate::context::{Context, read_text};
use crate::exit::Exit;
use crate::render;
use clap::{Args, Subcommand};
use clawpowers_api::operations::checkpoint;
use clawpowers_api::quote;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers checkpoint save fix-login '{\"step\": 2}' --goal 'fix the login'
  clawpowers checkpoint load fix-login
  clawpowers checkpoint list

The name of a task has at most 1,024 bytes and no control or hidden characters. A state is text of at most 16 MiB without NUL; \
each save replaces the one before.")]
pub(crate) enum Command {
    /// Save the state of a task.
    #[command(after_help = "\
Examples:
  clawpowers checkpoint save fix-login '{\"step\": 2}'
  jq -n '{step: 2}' | clawpowers checkpoint save fix-login - --status executing

The name of a task has at most 1,024 bytes and no control or hidden characters. A state is text of at most 16 MiB without NUL.")]
    Save(SaveArgs),
    /// Print the saved state of a task.
    #[command(after_help = "\
Examples:
  clawpowers checkpoint load fix-login | jq .step

Exit codes: 0 success, 1 no state was saved")]
    Load(TaskArgs),
    /// Print the tasks with a saved state, the last saved first.
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  clawpowers checkpoint list
  clawpowers checkpoint list --stale-after 2h"
    )]
    List(ListArgs),
    /// Remove the saved state of a task; a missing one is not an error.
    #[command(after_help = "\
Examples:
  clawpowers checkpoint remove fix-login")]
    Remove(TaskArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// The task.
    #[arg(allow_hyphen_values = true)]
    task: String,
}

#[derive(Debug, Args)]
pub(crate) struct SaveArgs {
    /// The task.
    #[arg(allow_hyphen_values = true)]
    task: String,
    /// The state; `-` reads it from stdin.
    #[arg(allow_hyphen_values = true)]
    state: String,
    /// What the task is doing, such as executing.
    #[arg(long, value_name = "TEXT")]
    status: Option<String>,
    /// What the task is for.
    #[arg(long, value_name = "TEXT")]
    goal: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Call a state stale that was saved before this time: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME", default_value = "24h")]
    stale_after: String,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Save(args) => save(context, args),
            Self::Load(args) => load(context, args.task),
            Self::List(args) => list(context, args.stale_after),
            Self::Remove(args) => remove(context, args.task),
        }
    }
}

fn save(context: &Context, args: SaveArgs) -> Exit {
    let state = match read_text(args.state) {
        Ok(state) => state,
        Err(error) => return context.out.respond_error(&error),
    };
    let request = checkpoint::save::Request {
        task: args.task,
        state,
        status: args.status,
        goal: args.goal,
    };
    let result = checkpoint::save::run(&context.runtime, &request);
    context.out.respond_text(&result, |_| String::new())
}

fn load(context: &Context, task: String) -> Exit {
    let result = checkpoint::load::run(&context.runtime, &checkpoint::load::Request { task });
    let print = |r: &checkpoint::load::Response| {
        let newline = if r.state.ends_with('\n') { "" } else { "\n" };
        context
            .out
            .print_bytes(format!("{}{newline}", r.state).as_bytes())
    };
    context.out.respond(&result, |_| Exit::Done, print)
}

fn list(context: &Context, stale_after: String) -> Exit {
    let request = checkpoint::list::Request {
        stale_after: Some(stale_after),
    };
    let result = checkpoint::list::run(&context.runtime, &request);
    let text = |r: &checkpoint::list::Response| match r.checkpoints.is_empty() {
        true => "No states saved\n".to_owned(),
        false => render::memory::checkpoints(&context.out, &r.checkpoints),
    };
    context.out.respond_untrusted(&result, text)
}

fn remove(context: &Context, task: String) -> Exit {
    let out = &context.out;
    let result = checkpoint::remove::run(&context.runtime, &checkpoint::remove::Request { task });
    let print = |r: &checkpoint::remove::Response| {
        if r.removed {
            return out.print_untrusted(&format!("Removed: {}\n", r.task));
        }
        out.eprint(&format!("No state of the task {} was saved\n", quote(&r.task)));
        Exit::Done
    };
    out.respond_to_change(&result, print, |r| match r.removed {
        true => format!("the state of {} was removed", quote(&r.task)),
        false => format!("no state of {} was saved", quote(&r.task)),
    })
}
