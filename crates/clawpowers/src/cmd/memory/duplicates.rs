//! `memory duplicates` and `memory stats`

use crate::context::{Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::memory::{duplicates, stats};
use clawpowers_api::pluralize;

#[derive(Debug, Args)]
pub(crate) struct DuplicatesArgs {
    /// Only entries of this project, and those of none.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The share of the words of two entries that must be in both, above 0 and at most 1.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "0.6",
        allow_hyphen_values = true
    )]
    min_shared: f64,
    /// Number of groups to print.
    #[arg(long, value_name = "N", default_value = "20", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Only entries of this project, and those of none.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

pub(super) fn duplicates(context: &Context, args: DuplicatesArgs) -> Exit {
    let out = &context.out;
    let request = duplicates::Request {
        project: args.project,
        min_shared: Some(args.min_shared),
        limit: Some(args.limit),
    };
    let result = duplicates::run(&context.runtime, &request);
    let exit = out.respond_untrusted(&result, render::memory::duplicates);
    if let Ok(response) = result.as_ref()
        && !out.json
    {
        let mut notes = String::new();
        if response.groups.is_empty() && response.found == 0 {
            notes.push_str(&format!(
                "No new duplicates among {}\n",
                pluralize(response.compared, "entry")
            ));
        }
        if response.found > response.groups.len() {
            let more = response.found - response.groups.len();
            notes.push_str(&format!("{more} more: use --limit\n"));
        }
        if response.bounded {
            notes.push_str("some entries were not compared with all others, because more than 100 have the same rare words\n");
        }
        out.eprint(&notes);
    }
    exit
}

pub(super) fn stats(context: &Context, args: StatsArgs) -> Exit {
    let request = stats::Request {
        project: args.project,
    };
    let result = stats::run(&context.runtime, &request);
    context.out.respond_untrusted(&result, render::memory::stats)
}
