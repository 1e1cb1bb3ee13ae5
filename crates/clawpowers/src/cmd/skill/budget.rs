//! `skill budget`

use crate::context::{CatalogArgs, Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::Truncation;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill budget   # for the skills that each client loads
  clawpowers skill budget --root skills/ --context 128000

Claude Code spends 1% of the context and drops whole descriptions; Codex spends 2% and truncates all \
descriptions equally.

Exit codes: 0 nothing is cut, 1 something is cut")]
pub(crate) struct BudgetArgs {
    /// The model's context in tokens.
    #[arg(long, value_name = "TOKENS", default_value_t = 200_000, value_parser = whole_number::<u64>, allow_negative_numbers = true)]
    context: u64,
    /// List every skill that is cut, not only the first 20 of each client.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    select: CatalogArgs,
}

impl BudgetArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::budget::Request {
            context: Some(self.context),
            ..Default::default()
        }
        .with(self.select.selection());
        let result = skill::budget::run(&context.runtime, &request);
        let out = &context.out;
        let code = |r: &skill::budget::Response| {
            let mut skills = r.clients.iter().flat_map(|client| &client.skills);
            match skills.all(|skill| skill.fate == Truncation::Whole) {
                true => Exit::Done,
                false => Exit::Negative,
            }
        };
        out.respond(&result, code, |r| {
            out.print(&render::budget::text(out, r, self.all))
        })
    }
}
