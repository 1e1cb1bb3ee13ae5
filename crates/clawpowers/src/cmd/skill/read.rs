//! `skill read`

use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::display::has_hidden;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill read using-clawpowers
  clawpowers skill read deep-debugger references/tools-go.md
  clawpowers skill read using-clawpowers --wrap   # for a model")]
pub(crate) struct ReadArgs {
    /// The skill's name, its folder's name, or the path of its folder or SKILL.md.
    name: String,
    /// A file in the skill's folder [default: its SKILL.md].
    resource: Option<String>,
    /// Wrap the body in `<skill_content>` with the folder and the list of files.
    #[arg(long, conflicts_with = "resource")]
    wrap: bool,
    #[command(flatten)]
    select: CatalogArgs,
}

impl ReadArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::read::Request {
            name: self.name,
            resource: self.resource,
            wrap: self.wrap,
            ..Default::default()
        }
        .with(self.select.selection());
        let result = skill::read::run(&context.runtime, &request);
        let exit = context.out.respond_untrusted(&result, |r| r.text.clone());
        // On a terminal they are shown as escapes.
        let is_raw = !context.out.json && context.out.width.is_none();
        if is_raw && result.is_ok_and(|read| has_hidden(&read.text)) {
            context.out.eprint(
                "warning: the text has characters that a model reads and people do not see; \
                 `skill validate --target clawpowers` lists them\n",
            );
        }
        exit
    }
}
