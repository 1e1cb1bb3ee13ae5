//! `metrics …`

use crate::context::{Context, FieldArgs, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::{Args, Subcommand};
use clawpowers_api::operations::metrics;
use clawpowers_api::wire::Amount;
use clawpowers_api::{ApiError, ErrorCode, ExecutionFilter, Warning, pluralize};
use std::io;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers metrics record --skill review --outcome success --duration 12.5
  clawpowers metrics start --skill release-notes   # prints an id, such as 17
  clawpowers metrics finish 17 --outcome success
  clawpowers metrics summary --since 7d")]
pub(crate) enum Command {
    /// Record an execution that has ended.
    #[command(after_help = "\
Examples:
  clawpowers metrics record --skill release-notes --outcome success
  clawpowers metrics record --skill review --outcome failure --notes 'timed out'
  clawpowers metrics record --skill review --outcome partial --cost 0.0125")]
    Record(Box<RecordArgs>),
    /// Record that an execution has started and print its id; it is open until it is finished.
    #[command(after_help = "\
Examples:
  clawpowers metrics start --skill review --session nightly   # prints the id")]
    Start(Box<StartArgs>),
    /// Finish a started execution; by default its duration is the time since the start.
    #[command(after_help = "\
Examples:
  clawpowers metrics finish 17 --outcome success
  clawpowers metrics finish 17 --outcome failure --notes 'tests failed'")]
    Finish(Box<FinishArgs>),
    /// Delete an execution that was recorded by mistake; homes that import from this one delete it too.
    #[command(after_help = "\
Examples:
  clawpowers metrics show --json --skill release-notes   # with ids
  clawpowers metrics delete 17")]
    Delete {
        /// The id of the execution.
        id: String,
    },
    /// Print the last executions, the oldest first: a table on a terminal, otherwise JSON lines.
    #[command(after_help = "\
Examples:
  clawpowers metrics show --skill release-notes --limit 5
  clawpowers metrics show --outcome open
  clawpowers metrics show --since 2026-11-01 --until 2026-11-08")]
    Show(ShowArgs),
    /// Summarize executions, in total and by skill.
    #[command(after_help = "\
Examples:
  clawpowers metrics summary
  clawpowers metrics summary --skill release-notes
  clawpowers metrics summary --since 7d --json | jq .ok.all")]
    Summary(FilterArgs),
    /// Print executions as JSON lines or CSV.
    #[command(after_help = "\
Examples:
  clawpowers metrics export > executions.jsonl
  clawpowers metrics export --format csv --since 30d > executions.csv")]
    Export(ExportArgs),
    /// Import executions and tombstones from JSON lines; what was imported before is skipped.
    #[command(after_help = "\
Examples:
  clawpowers metrics import executions.jsonl
  ssh host clawpowers metrics export | clawpowers metrics import --strict -

Exit codes: 0 success, 1 a line was skipped (with --strict), 3 every line was skipped")]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The skill to record the execution for.
    #[arg(long, value_name = "NAME")]
    skill: String,
    /// Notes, shown in reports.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    /// Duration in seconds.
    #[arg(long, value_name = "SEC", allow_hyphen_values = true)]
    duration: Option<String>,
    /// Cost in US dollars.
    #[arg(long, value_name = "USD", allow_hyphen_values = true)]
    cost: Option<String>,
    /// Input tokens.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tokens_in: Option<String>,
    /// Output tokens.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tokens_out: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    start: StartArgs,
    /// The outcome: success, failure, partial, skipped.
    #[arg(long, value_name = "OUTCOME")]
    outcome: String,
    #[command(flatten)]
    cost: CostArgs,
    /// When the execution ended, such as 2026-11-03T08:00:00Z or 2026-11-03; not in the future [default: now].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FinishArgs {
    /// The id that `metrics start` printed.
    id: String,
    /// The outcome: success, failure, partial, skipped.
    #[arg(long, value_name = "OUTCOME")]
    outcome: String,
    /// Notes, which replace those given at the start.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    #[command(flatten)]
    cost: CostArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only executions of this skill.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Only executions of this session.
    #[arg(long, value_name = "ID", visible_alias = "session-id")]
    session: Option<String>,
    /// Only executions at this time or later: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only executions before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only executions with this outcome: success, failure, partial, skipped, open.
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// Number of executions to show.
    #[arg(long, value_name = "N", default_value = "20", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// The format: jsonl (that of 1.x with more fields) or csv.
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: String,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The JSON lines to import; `-` reads stdin.
    file: String,
    /// Exit with 1 if a line was skipped; the others are still imported.
    #[arg(long)]
    strict: bool,
}

impl From<FilterArgs> for ExecutionFilter {
    fn from(args: FilterArgs) -> Self {
        Self {
            skill: args.skill,
            session: args.session,
            since: args.since,
            until: args.until,
            outcome: args.outcome,
        }
    }
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Record(args) => record(context, *args),
            Self::Start(args) => start(context, *args),
            Self::Finish(args) => finish(context, *args),
            Self::Show(args) => show(context, args),
            Self::Summary(args) => summary(context, args.into()),
            Self::Export(args) => export(context, args),
            Self::Import(args) => import(context, args),
            Self::Delete { id } => delete(context, id),
        }
    }
}

fn record(context: &Context, args: RecordArgs) -> Exit {
    let request = metrics::record::Request {
        skill: args.start.skill,
        outcome: args.outcome,
        duration: args.cost.duration.map(Amount),
        notes: args.start.notes,
        cost: args.cost.cost.map(Amount),
        tokens_in: args.cost.tokens_in.map(Amount),
        tokens_out: args.cost.tokens_out.map(Amount),
        at: args.at,
        ..Default::default()
    }
    .with(args.start.fields.into());
    let result = metrics::record::run(&context.runtime, &request);
    let print = |r: &metrics::record::Response| {
        let printed = context.out.print_untrusted(&render::metrics::recorded(r));
        warn(context, r.warning.as_ref());
        printed
    };
    let done = |r: &metrics::record::Response| format!("execution {} was recorded", r.id);
    context.out.respond_to_change(&result, print, done)
}

fn warn(context: &Context, warning: Option<&Warning>) {
    if let Some(Warning { message, hint }) = warning {
        context.out.eprint(&format!("warning: {message}\nhint: {hint}\n"));
    }
}

fn start(context: &Context, args: StartArgs) -> Exit {
    let request = metrics::start::Request {
        skill: args.skill,
        notes: args.notes,
        ..Default::default()
    }
    .with(args.fields.into());
    let result = metrics::start::run(&context.runtime, &request);
    let print = |r: &metrics::start::Response| {
        let printed = context.out.print(&format!("{}\n", r.id));
        warn(context, r.warning.as_ref());
        printed
    };
    let done = |r: &metrics::start::Response| format!("execution {} was started", r.id);
    context.out.respond_to_change(&result, print, done)
}

fn delete(context: &Context, id: String) -> Exit {
    let out = &context.out;
    let result = metrics::delete::run(&context.runtime, &metrics::delete::Request { id });
    out.respond_to_change(
        &result,
        |r| out.print_untrusted(&render::metrics::deleted(&r.execution)),
        |r| format!("execution {} was deleted", r.execution.id),
    )
}

fn finish(context: &Context, args: FinishArgs) -> Exit {
    let request = metrics::finish::Request {
        id: args.id,
        outcome: args.outcome,
        duration: args.cost.duration.map(Amount),
        notes: args.notes,
        cost: args.cost.cost.map(Amount),
        tokens_in: args.cost.tokens_in.map(Amount),
        tokens_out: args.cost.tokens_out.map(Amount),
    };
    let out = &context.out;
    let result = metrics::finish::run(&context.runtime, &request);
    out.respond_to_change(
        &result,
        |r| out.print_untrusted(&render::metrics::finished(&r.execution)),
        |r| format!("execution {} was finished", r.execution.id),
    )
}

fn show(context: &Context, args: ShowArgs) -> Exit {
    let out = &context.out;
    let request = metrics::show::Request {
        limit: Some(args.limit),
        ..Default::default()
    }
    .with(args.filter.into());
    if out.json {
        let result = metrics::show::run(&context.runtime, &request);
        return out.respond_text(&result, |_| String::new());
    }
    let (response, damage) = match metrics::show::readable(&context.runtime, &request) {
        Ok(found) => found,
        Err(error) => return out.eprint_error(&error),
    };
    let printed = match out.width {
        Some(_) => out.print(&render::metrics::table(out, &response.executions)),
        None => out.print_untrusted(&render::metrics::lines(&response)),
    };
    // The rows that can be read come first, then the damage.
    match damage {
        Some(error) if printed == Exit::Done => out.eprint_error(&error),
        _ => printed,
    }
}

pub(super) fn summary(context: &Context, filter: ExecutionFilter) -> Exit {
    let request = metrics::summary::Request::default().with(filter);
    let result = metrics::summary::run(&context.runtime, &request);
    let text = |r: &_| render::metrics::summary(r, request.skill.as_deref());
    context.out.respond_untrusted(&result, text)
}

fn export(context: &Context, args: ExportArgs) -> Exit {
    let request = metrics::export::Request {
        format: Some(args.format),
        ..Default::default()
    }
    .with(args.filter.into());
    let reply = || metrics::export::run(&context.runtime, &request);
    context.out.respond_stream(reply, |write| {
        let each = |line: &str| write(line.as_bytes()) && write(b"\n");
        metrics::export::each(&context.runtime, &request, each).map(|_| ())
    })
}

fn import(context: &Context, args: ImportArgs) -> Exit {
    let out = &context.out;
    let result = if args.file == "-" {
        metrics::import::from_reader(&context.runtime, io::stdin().lock(), "-")
    } else {
        let request = metrics::import::Request {
            path: Some(args.file),
            text: None,
        };
        metrics::import::run(&context.runtime, &request)
    };
    let code = |r: &metrics::import::Response| {
        let used = r.taken + r.known + r.deleted;
        match unusable(r) {
            0 => Exit::Done,
            _ if used == 0 => Exit::Invalid,
            _ if args.strict => Exit::Negative,
            _ => Exit::Done,
        }
    };
    let exit = out.respond(&result, code, |r| {
        let printed = out.print(&render::import::executions(r));
        if code(r) == Exit::Invalid {
            let lines = pluralize(unusable(r), "line");
            let message = format!("nothing was imported: {lines} could not be used");
            let error = ApiError::new(ErrorCode::InvalidInput, message);
            let hint = "import files that `clawpowers metrics export` or 1.x wrote";
            out.eprint_error(&error.hint(hint));
        }
        printed
    });
    match &result {
        Ok(r) => out.note_done(exit, &format!("{} imported", pluralize(r.taken, "execution"))),
        Err(_) => exit,
    }
}

/// Counts the lines and files that were skipped, or imported only in part.
pub(super) fn unusable(report: &metrics::import::Response) -> u64 {
    let reasons = report.reasons.iter().filter(|(reason, _)| **reason != "mended");
    reasons.map(|(_, count)| count).sum()
}
