//! `skill budget`

use crate::context::{CatalogArgs, Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill budget                     # of each client's own skills
  clawpowers skill budget --root skills/ --context 128000

Claude Code spends 1 % of the context and drops whole descriptions; Codex spends 2 % and shortens all alike.

Exit codes: 0 nothing is cut, 1 something is";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
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
        let whole = |r: &skill::budget::Response| {
            r.clients.iter().all(|c| {
                c.skills
                    .iter()
                    .all(|s| s.fate == clawpowers_api::Truncation::Whole)
            })
        };
        let code = |r: &skill::budget::Response| if whole(r) { Exit::Done } else { Exit::Negative };
        context.out.respond(&result, code, |r| {
            context
                .out
                .print(&render::budget::text(&context.out, r, self.all))
        })
    }
}
