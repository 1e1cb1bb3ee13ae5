//! `init`, `status` and `import`

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
  clawpowers init                    # create the home
  clawpowers init --legacy-shims .   # also the scripts that skills of 1.x call

With CLAWPOWERS_QUIET=1 it prints nothing.")]
pub(crate) struct InitArgs {
    /// Write the scripts of 1.x in this folder: store.sh, collector.sh, analyze.sh, init.sh and session-start, each of
    /// which calls this program.
    #[arg(long, value_name = "DIR")]
    pub(super) legacy_shims: Option<String>,
}

pub(crate) const STATUS_EXAMPLES: &str = "\
Examples:
  clawpowers status
  clawpowers status --json | jq .ok.executions";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers import                     # from the runtime home itself
  clawpowers import --from /mnt/old/.clawpowers

The original files are not modified. What was imported before is skipped.

Exit codes: 0 success, 1 DIR does not exist, 3 nothing could be imported")]
pub(crate) struct ImportArgs {
    /// The 1.x home [default: the runtime home].
    #[arg(long, value_name = "DIR")]
    from: Option<String>,
}

impl InitArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        // The scripts call this program by its path.
        let program = env::current_exe().map(|path| display_path(&path));
        let request = home::init::Request {
            legacy_shims: self.legacy_shims,
            program: program.ok(),
        };
        let result = home::init::run(&context.runtime, &request);
        let quiet = env::var_os("CLAWPOWERS_QUIET").is_some_and(|value| value == "1");
        let print = |r: &_| match quiet {
            true => Exit::Done,
            false => context.out.print_untrusted(&render::home::init(r)),
        };
        let done = |r: &home::init::Response| format!("{} is initialized", quote(&r.home));
        context.out.respond_to_change(&result, print, done)
    }
}

pub(crate) fn status(context: &Context) -> Exit {
    let result = home::status::run(&context.runtime, &home::status::Request {});
    context
        .out
        .respond_text(&result, |r| render::home::status(&context.out, r))
}

impl ImportArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let named = self.from.is_some();
        let result = home::import::run(&context.runtime, &home::import::Request { from: self.from });
        let code = |r: &_| nothing_imported(r, named).map_or(Exit::Done, |error| error.code.into());
        let exit = context.out.respond(&result, code, |r| {
            let printed = context.out.print(&render::import::report(r));
            if let Some(error) = nothing_imported(r, named) {
                context.out.eprint_error(&error);
            }
            printed
        });
        match result {
            Ok(_) => context.out.note_done(exit, "the import is complete"),
            Err(_) => exit,
        }
    }
}

/// Returns an error if nothing could be imported although there was something, or although the folder was `named`.
fn nothing_imported(report: &home::import::Response, named: bool) -> Option<ApiError> {
    let executions = &report.executions;
    let used = [
        report.keys,
        report.known_keys,
        executions.taken,
        executions.known,
        executions.deleted,
    ];
    // A key kept because of a conflict was readable, so it counts as data.
    let conflicts = executions.reasons.get("conflict").copied().unwrap_or_default();
    let unusable = unusable(executions) - conflicts;
    let message = match (used.iter().sum::<u64>() + conflicts, unusable) {
        (0, 0) if named && report.memory.is_empty() => {
            format!("no data of ClawPowers 1.x in {}", quote(&report.from))
        }
        (0, 1..) => format!("nothing was imported: {unusable} files or lines could not be used"),
        _ => return None,
    };
    let hint = "`--from` takes the 1.x home, the folder that contains `state` and `metrics`";
    Some(ApiError::new(ErrorCode::InvalidInput, message).hint(hint))
}
