//! `metrics …`

use crate::cmd::fields::FieldArgs;
use crate::context::{Context, whole_number};
use crate::exit::Exit;
use crate::render;
use clap::{Args, Subcommand};
use clawpowers_api::ExecutionFilter;
use clawpowers_api::operations::metrics;
use clawpowers_api::wire::Amount;
use clawpowers_api::{ApiError, ErrorCode, Warning, pluralize};
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
  clawpowers metrics record --skill review --outcome failure --notes 'tests red'
  clawpowers metrics record --skill review --outcome partial --cost 0.0125")]
    Record(Box<RecordArgs>),
    /// Start an execution and print its id; it is open until it is finished.
    #[command(after_help = "\
Examples:
  clawpowers metrics start --skill review --session-id nightly   # prints the id")]
    Start(Box<StartArgs>),
    /// Finish an execution that was started; its duration is measured.
    #[command(after_help = "\
Examples:
  clawpowers metrics finish 17 --outcome success
  clawpowers metrics finish 17 --outcome failure --notes 'tests red'")]
    Finish(Box<FinishArgs>),
    /// Delete an execution that was recorded by mistake; homes that import from this one delete it too.
    #[command(after_help = "\
Examples:
  clawpowers metrics show --skill release-notes   # with ids
  clawpowers metrics delete 17")]
    Delete {
        /// The id of the execution.
        id: String,
    },
    /// Print the last executions, the oldest first: a table on a terminal, else JSON lines.
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
    Summary(PickArgs),
    /// Write every execution as JSON lines or CSV.
    #[command(after_help = "\
Examples:
  clawpowers metrics export > executions.jsonl
  clawpowers metrics export --format csv --since 30d > executions.csv")]
    Export(ExportArgs),
    /// Import executions, and deletions, from JSON lines; what was imported before is skipped.
    #[command(after_help = "\
Examples:
  clawpowers metrics import executions.jsonl
  ssh host clawpowers metrics export | clawpowers metrics import --strict -

Exit code 3 means that no line could be used; with --strict, 1 means that some could not.")]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The skill.
    #[arg(long, value_name = "NAME")]
    skill: String,
    /// Notes for people who read the report.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    /// How long it took, in seconds.
    #[arg(long, value_name = "SEC", allow_hyphen_values = true)]
    duration: Option<String>,
    /// Cost in US dollars.
    #[arg(long, value_name = "USD", allow_hyphen_values = true)]
    cost: Option<String>,
    /// Tokens that the model read.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tokens_in: Option<String>,
    /// Tokens that the model wrote.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tokens_out: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    start: StartArgs,
    /// How it ended: success, failure, partial, skipped.
    #[arg(long, value_name = "OUTCOME")]
    outcome: String,
    #[command(flatten)]
    cost: CostArgs,
    /// Time of the execution, such as 2026-11-03T08:00:00Z or 2026-11-03; not in the future [default: now].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FinishArgs {
    /// The id that `metrics start` printed.
    id: String,
    /// How it ended: success, failure, partial, skipped.
    #[arg(long, value_name = "OUTCOME")]
    outcome: String,
    /// Notes; they replace those given at the start.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    #[command(flatten)]
    cost: CostArgs,
}

// Which executions a command is about.
#[derive(Debug, Args)]
pub(crate) struct PickArgs {
    /// Only of this skill.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Only of this session.
    #[arg(long, value_name = "ID", visible_alias = "session-id")]
    session: Option<String>,
    /// Only at this time or later: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only with this outcome: success, failure, partial, skipped, open.
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pick: PickArgs,
    /// Number of executions to show.
    #[arg(long, value_name = "N", default_value = "20", value_parser = whole_number::<usize>, allow_hyphen_values = true)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pick: PickArgs,
    /// jsonl, the form of 1.x with further fields, or csv.
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: String,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file; `-` reads standard input.
    file: String,
    /// Exit with 1 if a line could not be used; the others are still imported.
    #[arg(long)]
    strict: bool,
}

impl PickArgs {
    pub(crate) fn filter(self) -> ExecutionFilter {
        ExecutionFilter {
            skill: self.skill,
            session: self.session,
            since: self.since,
            until: self.until,
            outcome: self.outcome,
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
            Self::Summary(args) => summary(context, args),
            Self::Export(args) => export(context, args),
            Self::Import(args) => import(context, &args),
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
    context.out.respond_to_change(
        &result,
        |r| {
            let printed = context.out.print_untrusted(&render::metrics::recorded(r));
            warn(context, r.warning.as_ref());
            printed
        },
        |r| format!("the execution {} was recorded", r.id),
    )
}

fn warn(context: &Context, warning: Option<&Warning>) {
    if let Some(warning) = warning {
        context
            .out
            .eprint(&format!("warning: {}\nhint: {}\n", warning.message, warning.hint));
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
    context.out.respond_to_change(
        &result,
        |r| {
            let printed = context.out.print(&format!("{}\n", r.id));
            warn(context, r.warning.as_ref());
            printed
        },
        |r| format!("the execution {} was started", r.id),
    )
}

fn delete(context: &Context, id: String) -> Exit {
    let result = metrics::delete::run(&context.runtime, &metrics::delete::Request { id });
    context.out.respond_to_change(
        &result,
        |r| {
            context
                .out
                .print_untrusted(&render::metrics::deleted(&r.execution))
        },
        |r| format!("the execution {} was deleted", r.execution.id),
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
    let result = metrics::finish::run(&context.runtime, &request);
    context.out.respond_to_change(
        &result,
        |r| {
            context
                .out
                .print_untrusted(&render::metrics::finished(&r.execution))
        },
        |r| format!("the execution {} was finished", r.execution.id),
    )
}

fn show(context: &Context, args: ShowArgs) -> Exit {
    let request = metrics::show::Request {
        limit: Some(args.limit),
        ..Default::default()
    }
    .with(args.pick.filter());
    if context.out.json {
        let result = metrics::show::run(&context.runtime, &request);
        return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
    }
    let (result, damage) = match metrics::show::readable(&context.runtime, &request) {
        Ok((response, damage)) => (Ok(response), damage),
        Err(error) => (Err(error), None),
    };
    let exit = context.out.respond(
        &result,
        |_| Exit::Done,
        |r| match context.out.width {
            Some(_) => context
                .out
                .print(&render::metrics::table(&context.out, &r.executions)),
            None => context
                .out
                .print_untrusted(&r.lines.iter().map(|line| format!("{line}\n")).collect::<String>()),
        },
    );
    // The rows that can be read first, then what is wrong with the others.
    match damage {
        Some(error) if exit == Exit::Done => context.out.eprint_error(&error),
        _ => exit,
    }
}

fn summary(context: &Context, args: PickArgs) -> Exit {
    let request = metrics::summary::Request::default().with(args.filter());
    let result = metrics::summary::run(&context.runtime, &request);
    context.out.respond(
        &result,
        |_| Exit::Done,
        |r| {
            context
                .out
                .print_untrusted(&render::metrics::summary(r, request.skill.as_deref()))
        },
    )
}

fn export(context: &Context, args: ExportArgs) -> Exit {
    let request = metrics::export::Request {
        format: Some(args.format),
        ..Default::default()
    }
    .with(args.pick.filter());
    if context.out.json {
        let result = metrics::export::run(&context.runtime, &request);
        return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
    }
    context.out.print_stream(|write| {
        let each = |line: &str| write(line.as_bytes()) && write(b"\n");
        metrics::export::each(&context.runtime, &request, each).map(|_| ())
    })
}

fn import(context: &Context, args: &ImportArgs) -> Exit {
    let file = args.file.as_str();
    let result = if file == "-" {
        metrics::import::from_reader(&context.runtime, io::stdin().lock(), "-")
    } else {
        let request = metrics::import::Request {
            path: Some(file.to_owned()),
            text: None,
        };
        metrics::import::run(&context.runtime, &request)
    };
    let exit = context.out.respond(
        &result,
        |r| usable(r, args.strict),
        |r| {
            let printed = context.out.print(&render::import::executions(r));
            if usable(r, args.strict) == Exit::Invalid {
                let lines = pluralize(unusable(r), "line");
                let error = ApiError::new(
                    ErrorCode::InvalidInput,
                    format!("nothing was imported: {lines} could not be used"),
                );
                context
                    .out
                    .eprint_error(&error.hint("import what `clawpowers metrics export` or 1.x wrote"));
            }
            printed
        },
    );
    match &result {
        Ok(r) => {
            let taken = pluralize(r.taken, "execution");
            context.out.note_done(exit, &format!("{taken} imported"))
        }
        Err(_) => exit,
    }
}

/// Tells how an import ends.
fn usable(report: &metrics::import::Response, strict: bool) -> Exit {
    let used = report.taken + report.known + report.deleted;
    match unusable(report) {
        0 => Exit::Done,
        _ if used == 0 => Exit::Invalid,
        _ if strict => Exit::Negative,
        _ => Exit::Done,
    }
}

/// Counts the lines and files that could not be used, or not whole.
pub(super) fn unusable(report: &metrics::import::Response) -> u64 {
    let reasons = report.reasons.iter().filter(|(reason, _)| **reason != "mended");
    reasons.map(|(_, count)| count).sum()
}
