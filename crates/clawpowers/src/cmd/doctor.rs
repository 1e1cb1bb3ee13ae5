//! `doctor`

use crate::context::{CatalogArgs, Context};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::home;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers doctor                      # skills, config.json, database
  clawpowers doctor --deep               # also every index of the database
  clawpowers doctor --root skills/       # the skills of one folder
  clawpowers doctor --json | jq .ok.not_ready
  clawpowers doctor --recover ../new-home

Exit codes: 0 no problems, 1 problems found or data lost")]
pub(crate) struct DoctorArgs {
    /// Also compare every index of the database with its table, which takes longer.
    #[arg(long)]
    deep: bool,
    /// Save what is readable in a damaged database to this new folder and list what was lost; check nothing else.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["deep", "roots", "scopes", "client", "profile"])]
    recover: Option<String>,
    #[command(flatten)]
    select: CatalogArgs,
}

impl DoctorArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        if let Some(to) = self.recover {
            return recover(context, to);
        }
        let request = home::doctor::Request {
            deep: self.deep,
            ..Default::default()
        }
        .with(self.select.selection());
        let result = home::doctor::run(&context.runtime, &request);
        let code = |r: &home::doctor::Response| if r.healthy { Exit::Done } else { Exit::Negative };
        context.out.respond(&result, code, |r| {
            let printed = context.out.print(&render::doctor::text(&context.out, r));
            let warning = render::unknown_profile(r.unknown_profile.as_ref());
            context.out.eprint(&warning);
            printed
        })
    }
}

fn recover(context: &Context, to: String) -> Exit {
    let result = home::recover::run(&context.runtime, &home::recover::Request { to });
    let code = |r: &home::recover::Response| match r.lost_keys + r.lost_executions + r.lost_entries {
        0 if r.exact => Exit::Done,
        _ => Exit::Negative,
    };
    context.out.respond(&result, code, |r| {
        context.out.print(&render::doctor::recovered(&context.out, r))
    })
}
