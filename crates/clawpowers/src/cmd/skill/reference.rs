//! `skill read-properties` and `skill to-prompt`, two commands of the reference validator.

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{ApiError, ErrorCode};
use serde::Serialize;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill read-properties my-skill/

Exit codes: 0 success, 1 the reference validator rejects the skill")]
pub(crate) struct ReadPropertiesArgs {
    /// A skill's folder or its SKILL.md.
    path: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill to-prompt my-skill/ other-skill/

Exit codes: 0 success, 1 the reference validator rejects a skill")]
pub(crate) struct ToPromptArgs {
    /// The skills' folders, or their SKILL.md files.
    #[arg(required = true)]
    paths: Vec<String>,
}

impl ReadPropertiesArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::read_properties::Request { path: self.path };
        let result = skill::read_properties::run(&context.runtime, &request);
        print(context, &result, |r| &r.text)
    }
}

impl ToPromptArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::to_prompt::Request { paths: self.paths };
        let result = skill::to_prompt::run(&context.runtime, &request);
        print(context, &result, |r| &r.text)
    }
}

/// Prints the text, or the error as the reference validator does.
fn print<T: Serialize>(context: &Context, result: &Result<T, ApiError>, text: fn(&T) -> &String) -> Exit {
    match result {
        // Messages of the reference validator have no hint; those of ClawPowers, as for an empty path, have one.
        Err(error) if error.code == ErrorCode::InvalidInput && error.hint.is_none() && !context.out.json => {
            context.out.eprint(&format!("Error: {}\n", error.message));
            Exit::Negative
        }
        _ => context
            .out
            .respond_untrusted(result, |r| format!("{}\n", text(r))),
    }
}
