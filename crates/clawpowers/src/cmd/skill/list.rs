//! `skill list`

use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill list                        # of project, user and program
  clawpowers skill list skills/ --json         # one folder, for a program
  clawpowers skill list --as codex             # what Codex would see
  clawpowers skill list --profile dev          # the skills of a role

Without a path: project folders from here up to the repository root, user folders, the runtime home, the bundled \
skills. If config.json sets a role profile, a column says which skills belong to it.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ListArgs {
    /// A skill's folder, its SKILL.md, or a folder of skills; the default folders if omitted.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    select: CatalogArgs,
}

impl ListArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::list::Request::default().with(self.select.selection_of(self.paths));
        let result = skill::list::run(&context.runtime, &request);
        context.out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                let printed = render::list::print(&context.out, r);
                context
                    .out
                    .eprint(&render::unknown_profile(r.unknown_profile.as_ref()));
                printed
            },
        )
    }
}
