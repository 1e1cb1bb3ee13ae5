//! `skill show`

use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill show using-clawpowers
  clawpowers skill show .claude/skills/my-skill
  clawpowers skill show my-skill --root skills/ --json | jq .ok.digest")]
pub(crate) struct ShowArgs {
    /// The skill's name, its folder's name, or the path of its folder or SKILL.md.
    name: String,
    #[command(flatten)]
    select: CatalogArgs,
}

impl ShowArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::show::Request {
            name: self.name,
            ..Default::default()
        }
        .with(self.select.selection());
        let result = skill::show::run(&context.runtime, &request);
        context
            .out
            .respond_text(&result, |r| render::show::text(&context.out, r))
    }
}
