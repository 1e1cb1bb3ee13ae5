//! `init`, `status`, `import`: the runtime home as a whole.

use super::metrics::unusable;
use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::home;
use clawpowers_api::{ApiError, ErrorCode, display_path, quote};
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

The original files are not modified; what was imported before is skipped. If nothing could be used, it exits with 3.")]
pub(crate) struct ImportArgs {
    /// The home of 1.x [default: the runtime home].
    #[arg(long, value_name = "DIR")]
    from: Option<String>,
}

impl InitArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        // The scripts have to find this very program, wherever they are called.
        let program = env::current_exe().map(|path| display_path(&path));
        let request = home::init::Request {
            legacy_shims: self.legacy_shims,
            program: program.ok(),
        };
        let result = home::init::run(&context.runtime, &request);
        let quiet = env::var_os("CLAWPOWERS_QUIET").is_some_and(|value| value == "1");
        context.out.respond_to_change(
            &result,
            |r| {
                if quiet {
                    return Exit::Done;
                }
                context.out.print_untrusted(&render::home::init(r))
            },
            |r| format!("{} is initialized", quote(&r.home)),
        )
    }
}

impl StatusArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let result = home::status::run(&context.runtime, &home::status::Request {});
        context.out.respond(
            &result,
            |_| Exit::Done,
            |r| context.out.print(&render::home::status(&context.out, r)),
        )
    }
}

impl ImportArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let named = self.from.is_some();
        let result = home::import::run(&context.runtime, &home::import::Request { from: self.from });
        let exit = context.out.respond(
            &result,
            |r| nothing(r, named).map_or(Exit::Done, |error| Exit::from(error.code)),
            |r| {
                let printed = context.out.print(&render::import::report(r));
                if let Some(error) = nothing(r, named) {
                    context.out.eprint_error(&error);
                }
                printed
            },
        );
        match result {
            Ok(_) => context.out.note_done(exit, "the import is complete"),
            Err(_) => exit,
        }
    }
}

/// Says that an import used nothing, where that is a mistake: there was something, or the folder was `named`.
fn nothing(report: &home::import::Response, named: bool) -> Option<ApiError> {
    let executions = &report.executions;
    let used = [
        report.keys,
        report.known_keys,
        executions.taken,
        executions.known,
        executions.deleted,
    ];
    // A key that has another value here was read, and is kept.
    let kept = executions.reasons.get("conflict").copied().unwrap_or_default();
    let unusable = unusable(executions) - kept;
    let message = match (used.iter().sum::<u64>() + kept, unusable) {
        (0, 0) if named => format!("there is nothing of ClawPowers 1.x in {}", quote(&report.from)),
        (0, 1..) => format!("nothing was imported: {unusable} of its files and lines could not be used"),
        _ => return None,
    };
    let hint = "name the home of 1.x, the folder that holds `state` and `metrics`, with `--from`";
    Some(ApiError::new(ErrorCode::InvalidInput, message).hint(hint))
}
