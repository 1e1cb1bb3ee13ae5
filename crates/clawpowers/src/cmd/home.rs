//! `init`, `status`, `import`: the runtime home as a whole.

use crate::args::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::ops::{import, init, status};
use clawpowers_api::{display_path, quoted};
use std::env;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers init                       # create the home
  clawpowers init --legacy-shims .      # the scripts that skills of 1.x call

CLAWPOWERS_QUIET=1 keeps it silent.")]
pub(crate) struct InitArgs {
    /// Write runtime/…/store.sh, collector.sh, analyze.sh, runtime/init.sh and hooks/session-start below this folder, each
    /// a call of this program.
    #[arg(long, value_name = "DIR")]
    legacy_shims: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers status
  clawpowers status --json | jq .ok.executions")]
pub(crate) struct StatusArgs {}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers import                     # what 1.x left in the runtime home
  clawpowers import --from /mnt/old/.clawpowers

The original files are not modified; what was imported before is skipped.")]
pub(crate) struct ImportArgs {
    /// The home of 1.x [default: the runtime home].
    #[arg(long, value_name = "DIR")]
    from: Option<String>,
}

impl InitArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        // The scripts have to find this very program, wherever they are called.
        let program = env::current_exe().map(|path| display_path(&path));
        let request = init::Request {
            legacy_shims: self.legacy_shims,
            program: program.ok(),
        };
        let result = init::run(&context.runtime, &request);
        let quiet = env::var_os("CLAWPOWERS_QUIET").is_some_and(|value| value == "1");
        context.out.answer_done(
            &result,
            |r| {
                if quiet {
                    return Exit::Done;
                }
                context.out.data(&render::home::init(r))
            },
            |r| format!("{} is initialized", quoted(&r.home)),
        )
    }
}

impl StatusArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let result = status::run(&context.runtime, &status::Request {});
        context.out.answer(
            &result,
            |_| Exit::Done,
            |r| context.out.text(&render::home::status(&context.out, r)),
        )
    }
}

impl ImportArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let result = import::run(&context.runtime, &import::Request { from: self.from });
        context.out.answer_done(
            &result,
            |r| context.out.text(&render::import::report(r)),
            |_| "the import is complete".to_owned(),
        )
    }
}
