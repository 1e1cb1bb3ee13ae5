//! `doctor`

use crate::args::{Context, SelectArgs};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::ops::doctor;

const EXAMPLES: &str = "\
Examples:
  clawpowers doctor                      # look at everything
  clawpowers doctor --root skills/       # look at one folder
  clawpowers doctor --json | jq .ok.not_ready

Exit codes: 0 all is well, 1 something is amiss";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    select: SelectArgs,
}

impl DoctorArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = doctor::Request::default().selecting(self.select.selection());
        let result = doctor::run(&context.runtime, &request);
        let code = |r: &doctor::Response| if r.healthy { Exit::Done } else { Exit::No };
        context.out.answer(&result, code, |r| {
            let printed = context.out.text(&render::doctor::text(&context.out, r));
            context
                .out
                .talk(&render::unknown_profile(r.unknown_profile.as_ref()));
            printed
        })
    }
}
