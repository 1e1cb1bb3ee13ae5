//! `run` and `skill run`

use crate::context::{CatalogArgs, Context, FieldArgs};
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

The command inherits stdin, stdout and stderr. Signals are passed to it, and clawpowers exits with its exit code. Exit \
code 0 is recorded as success, any other as failure. Exit codes of clawpowers itself: 1 unknown skill, 124 timed out, 126 \
and 127 not started.")]
pub(crate) struct RunArgs {
    /// The skill to record the execution for; it must exist.
    #[arg(long, value_name = "NAME")]
    skill: String,
    #[command(flatten)]
    options: RunOptions,
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

Only files in the skill's `scripts` folder are run, and only if the skill's requirements are met. The script runs in the \
skill's folder, whose path is in CLAWPOWERS_SKILL_DIR; CLAWPOWERS_WORK_DIR is the folder from which clawpowers was called.")]
pub(crate) struct SkillRunArgs {
    /// The name of the skill.
    skill: String,
    /// The script: its path in the skill's `scripts` folder.
    script: String,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    select: CatalogArgs,
    /// Arguments for the script.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

#[derive(Debug, Args)]
struct RunOptions {
    #[command(flatten)]
    fields: FieldArgs,
    /// Terminate the command after this many seconds, and kill it if it is still running five seconds later [default:
    /// no limit].
    #[arg(long, value_name = "SEC")]
    timeout: Option<String>,
    /// Record this exit code as the outcome partial.
    #[arg(long, value_name = "N")]
    partial_exit: Option<u8>,
}

impl RunOptions {
    fn with(self, skill: String, select: CatalogArgs) -> Options {
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
        let options = self.options.with(self.skill, self.select);
        let Some((program, args)) = self.command.split_first() else {
            return Exit::Usage;
        };
        let result = run::command(&context.runtime, &options, program, args);
        finish(context, &options, result)
    }
}

impl SkillRunArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let options = self.options.with(self.skill, self.select);
        let result = run::script(&context.runtime, &options, &self.script, &self.args);
        finish(context, &options, result)
    }
}

/// The exit code of a command that was killed because it did not exit when asked to.
const KILLED: u8 = 137;

/// Reports how the command ended and passes its exit code on.
fn finish(context: &Context, options: &Options, result: Result<Ran, Failure>) -> Exit {
    let out = &context.out;
    let ran = match result {
        Ok(ran) => ran,
        Err(Failure::Rejected(error)) => return out.respond_error(&error),
        Err(Failure::NotStarted(error, code)) => {
            out.respond_error(&error);
            return Exit::Child(code);
        }
    };
    if out.json {
        // Standard output belongs to the command, so the reply comes after what the command printed.
        let printed = out.print(&format!("{}\n", reply::<_, ApiError>(&Ok(&ran))));
        if printed != Exit::Done {
            return printed;
        }
    } else if ran.timed_out {
        let limit = options.timeout.as_deref().unwrap_or_default();
        let end = match ran.exit_code {
            KILLED => "did not exit when asked to and was killed",
            _ => "was terminated",
        };
        out.eprint(&format!(
            "error: timed out after {limit} s; the command {end}\nhint: `--timeout` sets a longer limit\n"
        ));
    }
    match &ran.unrecorded {
        // The command's own failure takes precedence.
        Some(error) => match (out.eprint_error(error), ran.exit_code) {
            (exit, 0) => exit,
            (_, code) => Exit::Child(code),
        },
        None => Exit::Child(ran.exit_code),
    }
}
