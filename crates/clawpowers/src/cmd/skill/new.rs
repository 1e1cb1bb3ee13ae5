//! `skill new`

use crate::args::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::ops::skill_new;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill new release-notes
  clawpowers skill new release-notes --dir .agents/skills --description \"Writes release notes from commits.\"

Nothing that exists is touched.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// The name: lower-case letters, digits and single hyphens.
    #[arg(allow_hyphen_values = true)]
    name: String,
    /// The folder in which to create the skill's folder [default: the working directory].
    #[arg(long, value_name = "DIR")]
    dir: Option<String>,
    /// What the skill does and when to use it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl NewArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill_new::Request {
            name: self.name,
            dir: self.dir,
            description: self.description,
        };
        let result = skill_new::run(&context.runtime, &request);
        context.out.answer(
            &result,
            |_| Exit::Done,
            |r| context.out.data(&format!("{}\n", r.path)),
        )
    }
}
