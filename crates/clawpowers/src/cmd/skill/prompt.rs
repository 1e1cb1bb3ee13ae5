//! `skill prompt`

use crate::context::{CatalogArgs, Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill prompt                     # for a system prompt
  clawpowers skill prompt --format markdown --budget 800
  clawpowers skill prompt skills/ --format skills-ref

To fit the budget, descriptions are shortened, then omitted, then skills are left out and counted. Skills with the most \
executions come first and are left out last. In xml and markdown, a folder that many skills share is written once: the \
location `r1/NAME/SKILL.md` is in the folder with the id `r1`.

Skills that only the user may invoke are omitted, and so are skills outside the active role profile of config.json. \
--profile selects another profile; with --as no profile is active.")]
pub(crate) struct PromptArgs {
    /// A skill's folder, its SKILL.md, or a folder of skills; without it, the default folders.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// The output format: xml, skills-ref, markdown, json.
    #[arg(long, value_name = "FORMAT", default_value = "xml")]
    format: String,
    /// Maximum number of tokens; a token is estimated as four characters [default: no limit].
    #[arg(long, value_name = "TOKENS", value_parser = whole_number::<usize>, allow_negative_numbers = true)]
    budget: Option<usize>,
    #[command(flatten)]
    select: CatalogArgs,
}

impl PromptArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::prompt::Request {
            format: Some(self.format),
            budget: self.budget,
            ..Default::default()
        }
        .with(self.select.selection_of(self.paths));
        let result = skill::prompt::run(&context.runtime, &request);
        let print = |r: &skill::prompt::Response| {
            let printed = match r.text.as_str() {
                "" => Exit::Done,
                text => context.out.print_untrusted(&format!("{text}\n")),
            };
            context.out.eprint(&render::prompt::messages(r));
            printed
        };
        context.out.respond(&result, |_| Exit::Done, print)
    }
}
