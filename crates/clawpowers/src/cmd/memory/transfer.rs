//! `memory export` and `memory import`

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::memory::{export, import};
use clawpowers_api::{ApiError, ErrorCode, pluralize, quote};
use std::io;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Include checkpoints.
    #[arg(long)]
    checkpoints: bool,
    /// Write to this file, atomically [default: stdout].
    #[arg(long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file or the folder to import; `-` reads stdin.
    #[arg(required_unless_present = "store_keys")]
    path: Option<String>,
    /// Import keys of the store, which stay there, such as 'debug:hypothesis:*': a prefix, or a pattern as in `store list`.
    #[arg(long, value_name = "PATTERN", conflicts_with_all = ["path", "format"])]
    store_keys: Option<String>,
    /// Import only this format, and read every file as it: clawpowers, patterns (of 1.x), episodic, procedural, checkpoint (of
    /// 2.x), mcp (the official memory server), markdown [default: every format that is found].
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Exit with 1 if something was skipped, except hidden files and links; the rest is still imported.
    #[arg(long)]
    strict: bool,
}

pub(super) fn export(context: &Context, args: ExportArgs) -> Exit {
    let out = &context.out;
    let request = export::Request {
        checkpoints: args.checkpoints,
        output: args.output,
    };
    if let Some(path) = &request.output {
        let result = export::run(&context.runtime, &request);
        return out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                let mut what = pluralize(r.count, "entry");
                if r.checkpoints > 0 {
                    what.push_str(&format!(", {}", pluralize(r.checkpoints, "checkpoint")));
                }
                out.eprint(&format!("{what} written to {}\n", quote(path)));
                Exit::Done
            },
        );
    }
    let reply = || export::run(&context.runtime, &request);
    out.respond_stream(reply, |write| {
        let each = |line: &str| write(line.as_bytes()) && write(b"\n");
        export::each(&context.runtime, &request, each).map(|_| ())
    })
}

pub(super) fn import(context: &Context, args: ImportArgs) -> Exit {
    let out = &context.out;
    let result = if args.path.as_deref() == Some("-") {
        import::from_reader(&context.runtime, io::stdin().lock(), "-", args.format.as_deref())
    } else {
        let request = import::Request {
            path: args.path,
            text: None,
            store_keys: args.store_keys,
            format: args.format,
        };
        import::run(&context.runtime, &request)
    };
    let code = |r: &import::Response| {
        let used = r.created + r.merged + r.updated + r.known + r.checkpoints;
        match unusable(r) {
            0 => Exit::Done,
            _ if used == 0 => Exit::Invalid,
            _ if args.strict => Exit::Negative,
            _ => Exit::Done,
        }
    };
    let exit = out.respond(&result, code, |r| {
        let printed = out.print(&render::import::memory(r));
        if code(r) == Exit::Invalid {
            let message = format!(
                "nothing was imported: {} could not be used",
                pluralize(unusable(r), "item")
            );
            let error = ApiError::new(ErrorCode::InvalidInput, message);
            out.eprint_error(&error.hint("`clawpowers memory import --help` lists the formats"));
        }
        printed
    });
    match &result {
        Ok(r) => out.note_done(exit, &format!("{} imported", pluralize(r.created, "entry"))),
        Err(_) => exit,
    }
}

/// Counts what was skipped; hidden files, and what was imported with changes or without a link, do not count.
fn unusable(response: &import::Response) -> u64 {
    let reasons = response.reasons.iter();
    let skipped = reasons.filter(|(reason, _)| !matches!(**reason, "mended" | "hidden" | "link"));
    skipped.map(|(_, count)| count).sum()
}
