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
  clawpowers skill budget --as claude --context 1000000
  clawpowers skill budget --rank-by use   # which skills to remove first
  clawpowers skill budget --check   # in CI

Claude Code spends 1% of the context and drops whole descriptions; Codex spends 2% and truncates all \
descriptions equally. SLASH_COMMAND_TOOL_CHAR_BUDGET, in characters, replaces Claude Code's 1%.

Exit codes: 0 nothing is cut, 1 something is cut")]
pub(crate) struct BudgetArgs {
    /// The model's context in tokens.
    #[arg(long, value_name = "TOKENS", default_value_t = 200_000, value_parser = whole_number::<u64>, allow_negative_numbers = true)]
    context: u64,
    /// Order of removal: `use` lists skills that were never executed first, then those that never succeeded, then the
    /// least used [default: the order of the client's list].
    #[arg(long, value_name = "ORDER")]
    rank_by: Option<String>,
    /// Print only what is cut, one skill on a line.
    #[arg(long)]
    check: bool,
    /// List every skill, not only the first 20 of each client.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    select: CatalogArgs,
}

impl BudgetArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::budget::Request {
            context: Some(self.context),
            rank_by: self.rank_by,
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
            out.print(&match self.check {
                true => render::budget::cuts(r),
                false => render::budget::text(out, r, self.all),
            })
        })
    }
}
