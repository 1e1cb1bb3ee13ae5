//! `skill read-properties` and `skill to-prompt`: two commands of the reference validator under their own names.

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{ApiError, ErrorCode};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill read-properties my-skill/

Exit codes: 0 printed, 1 the reference would refuse the skill")]
pub(crate) struct ReadPropertiesArgs {
    /// A skill's folder or its SKILL.md.
    path: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill to-prompt my-skill/ other-skill/

Exit codes: 0 printed, 1 the reference would refuse a skill")]
pub(crate) struct ToPromptArgs {
    /// Skills' folders or their SKILL.md.
    #[arg(required = true)]
    paths: Vec<String>,
}

impl ReadPropertiesArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::read_properties::Request { path: self.path };
        print(
            context,
            skill::read_properties::run(&context.runtime, &request),
            |r| &r.text,
        )
    }
}

impl ToPromptArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::to_prompt::Request { paths: self.paths };
        print(context, skill::to_prompt::run(&context.runtime, &request), |r| {
            &r.text
        })
    }
}

/// Prints the text, or the reference's message in the reference's form.
fn print<T: serde::Serialize>(
    context: &Context,
    result: Result<T, ApiError>,
    text: fn(&T) -> &String,
) -> Exit {
    match &result {
        // The reference's messages come without a hint; ours, as for an empty path, with one.
        Err(error) if error.code == ErrorCode::InvalidInput && error.hint.is_none() && !context.out.json => {
            context.out.eprint(&format!("Error: {}\n", error.message));
            Exit::Negative
        }
        _ => context.out.respond(
            &result,
            |_| Exit::Done,
            |r| context.out.print_untrusted(&format!("{}\n", text(r))),
        ),
    }
}
