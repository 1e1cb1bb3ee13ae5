//! `skill search`

use crate::context::{CatalogArgs, Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill search race condition
  clawpowers skill search pdf --limit 3 --json

Exit codes: 0 something was found, 1 nothing was";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SearchArgs {
    /// The words to look for in names, tags, descriptions and headings.
    #[arg(required = true)]
    words: Vec<String>,
    /// How many hits to show at most.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = whole_number::<usize>, allow_negative_numbers = true)]
    limit: usize,
    #[command(flatten)]
    select: CatalogArgs,
}

impl SearchArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::search::Request {
            words: self.words.join(" "),
            limit: Some(self.limit),
            ..Default::default()
        }
        .with(self.select.selection());
        let result = skill::search::run(&context.runtime, &request);
        let code = |r: &skill::search::Response| {
            if r.hits.is_empty() {
                Exit::Negative
            } else {
                Exit::Done
            }
        };
        context.out.respond(&result, code, |r| {
            if r.hits.is_empty() {
                context
                    .out
                    .eprint("no skill matches\nhint: try fewer or other words\n");
            }
            context.out.print(&render::list::hits(&context.out, &r.hits))
        })
    }
}
