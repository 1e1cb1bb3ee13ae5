//! `skill why`

use crate::context::{Context, client_help, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill why release-notes
  clawpowers skill why release-notes --as claude
  clawpowers skill why release-notes --as claude --context 1000000

Exit codes: 0 success, 1 the client of --as does not show the skill to the model")]
pub(crate) struct WhyArgs {
    /// The name of the skill, or of its folder.
    name: String,
    #[arg(long = "as", value_name = "CLIENT", help = client_help("Explain only this client"))]
    client: Option<String>,
    /// The model's context in tokens, on which the budget of some clients depends.
    #[arg(long, value_name = "TOKENS", default_value_t = 200_000, value_parser = whole_number::<u64>, allow_negative_numbers = true)]
    context: u64,
}

impl WhyArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let one = self.client.is_some();
        let request = skill::why::Request {
            name: self.name,
            client: self.client,
            context: Some(self.context),
        };
        let result = skill::why::run(&context.runtime, &request);
        let out = &context.out;
        let code = |r: &skill::why::Response| match r.clients.iter().all(|view| view.status == "visible") {
            true => Exit::Done,
            // All clients are many more than a user has.
            false if one => Exit::Negative,
            false => Exit::Done,
        };
        out.respond(&result, code, |r| out.print(&render::why::text(out, r, one)))
    }
}
