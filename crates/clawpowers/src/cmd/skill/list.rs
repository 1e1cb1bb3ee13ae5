//! `skill list`

use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill list                   # skills in the default folders
  clawpowers skill list skills/ --json    # one folder, for a program
  clawpowers skill list --as codex        # what Codex would load
  clawpowers skill list --profile dev     # the skills of a role profile

Without a path, the folders of the project (from the working directory up to the repository root), of the user and of the \
runtime home are searched, and bundled skills are listed. If config.json sets a role profile, a column says which skills \
belong to it.")]
pub(crate) struct ListArgs {
    /// A skill's folder, its SKILL.md, or a folder of skills; without it, the default folders.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    select: CatalogArgs,
}

impl ListArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::list::Request::default().with(self.select.selection_of(self.paths));
        let result = skill::list::run(&context.runtime, &request);
        let print = |r: &skill::list::Response| {
            let printed = render::list::print(&context.out, r);
            let warning = render::unknown_profile(r.unknown_profile.as_ref());
            context.out.eprint(&warning);
            printed
        };
        context.out.respond(&result, |_| Exit::Done, print)
    }
}
