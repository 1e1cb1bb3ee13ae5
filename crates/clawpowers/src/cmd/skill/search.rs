//! `skill search`

use crate::context::{CatalogArgs, Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill search race condition
  clawpowers skill search pdf --limit 3 --json

Exit codes: 0 success, 1 no skill matches")]
pub(crate) struct SearchArgs {
    /// Words to search for in names, tags, descriptions and headings.
    #[arg(required = true)]
    words: Vec<String>,
    /// Maximum number of results.
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
        let out = &context.out;
        let code = |r: &skill::search::Response| match r.hits.is_empty() {
            true => Exit::Negative,
            false => Exit::Done,
        };
        out.respond(&result, code, |r| {
            if r.hits.is_empty() {
                out.eprint("no skill matches\nhint: try fewer or other words\n");
            }
            out.print(&render::list::hits(out, &r.hits))
        })
    }
}
