//! `run`, and `skill run`: commands and scripts of skills, recorded.

use crate::cmd::fields::FieldArgs;
use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::run::{self, Failure, Options, Ran};
use clawpowers_api::{ApiError, reply};
use std::ffi::OsString;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers run --skill test-driven-development -- cargo test
  clawpowers run --skill release-notes --timeout 60 -- ./notes.sh
  clawpowers run --skill review --partial-exit 2 -- ./review.sh

The command inherits stdin, stdout and stderr; signals and its exit code are passed through. Exit code 0 is recorded as \
success, another as failure. Exit codes of clawpowers itself: 1 unknown skill, 124 timed out, 126 and 127 not started.")]
pub(crate) struct RunArgs {
    /// The skill that the command is run for; it must exist.
    #[arg(long, value_name = "NAME")]
    skill: String,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    select: CatalogArgs,
    /// The command and its arguments.
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill run pdf-forms extract.py form.pdf
  clawpowers skill run release-notes collect.sh --timeout 60 -- --since v1.2

Only files inside the skill's own `scripts` are run, once its requirements are met. The script runs in the skill's \
folder, which is in CLAWPOWERS_SKILL_DIR as well; CLAWPOWERS_WORK_DIR is the folder in which clawpowers was called.")]
pub(crate) struct SkillRunArgs {
    /// The skill.
    skill: String,
    /// The script, below the skill's `scripts`.
    script: String,
    #[command(flatten)]
    how: HowArgs,
    #[command(flatten)]
    select: CatalogArgs,
    /// Arguments of the script.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

// What is recorded besides, and when it is over.
#[derive(Debug, Args)]
struct HowArgs {
    #[command(flatten)]
    fields: FieldArgs,
    /// Terminate it after this many seconds, and kill it five seconds later [default: no limit].
    #[arg(long, value_name = "SEC")]
    timeout: Option<String>,
    /// Record this exit code as partial success.
    #[arg(long, value_name = "N")]
    partial_exit: Option<u8>,
}

impl HowArgs {
    fn options(self, skill: String, select: CatalogArgs) -> Options {
        Options {
            skill,
            selection: select.selection(),
            fields: self.fields.into(),
            timeout: self.timeout,
            partial_exit: self.partial_exit,
        }
    }
}

impl RunArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let options = self.how.options(self.skill, self.select);
        let Some((program, args)) = self.command.split_first() else {
            return Exit::Usage;
        };
        let result = run::command(&context.runtime, &options, program, args);
        told(context, &options, result)
    }
}

impl SkillRunArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let options = self.how.options(self.skill, self.select);
        let result = run::script(&context.runtime, &options, &self.script, &self.args);
        told(context, &options, result)
    }
}

/// The exit code of a command that did not end when it was asked to.
const KILLED: u8 = 137;

/// Says that the command was stopped, since its own output may not show it.
fn timed_out(options: &Options, exit_code: u8) -> String {
    let limit = options.timeout.as_deref().unwrap_or_default();
    let how = match exit_code {
        KILLED => "did not exit when asked to and was killed",
        _ => "was stopped",
    };
    format!("error: timed out after {limit} s; the command {how}\nhint: give it more time with `--timeout`\n")
}

/// Says what has to be said and passes the exit code on.
fn told(context: &Context, options: &Options, result: Result<Ran, Failure>) -> Exit {
    match result {
        Ok(ran) => {
            if context.out.json {
                // Standard output is the command's; the reply comes behind whatever it wrote.
                let printed = context
                    .out
                    .print(&format!("{}\n", reply::<_, ApiError>(&Ok(&ran))));
                if printed != Exit::Done {
                    return printed;
                }
            }
            if ran.timed_out && !context.out.json {
                context.out.eprint(&timed_out(options, ran.exit_code));
            }
            match &ran.unrecorded {
                // The command's own failure is the one to hear of first.
                Some(error) => match (context.out.eprint_error(error), ran.exit_code) {
                    (exit, 0) => exit,
                    (_, code) => Exit::Child(code),
                },
                None => Exit::Child(ran.exit_code),
            }
        }
        Err(Failure::Refused(error)) => context.out.respond_error(&error),
        Err(Failure::NotStarted(error, code)) => {
            context.out.respond_error(&error);
            Exit::Child(code)
        }
    }
}
