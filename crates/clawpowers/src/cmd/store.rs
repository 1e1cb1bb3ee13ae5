//! `store …`

use crate::context::Context;
use crate::exit::Exit;
use clap::{Args, Subcommand};
use clawpowers_api::operations::store;
use clawpowers_api::wire::{Amount, StoreValue};
use clawpowers_api::{ApiError, ErrorCode, display_path, quote};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers store set build:status green
  clawpowers store get build:status unknown
  clawpowers store incr build:count
  clawpowers store list 'debug:*:root_cause'

A key has at most 1,024 bytes and no `/`, `\\`, `..` or control characters. A value is any bytes, at most 16 MiB.")]
pub(crate) enum Command {
    /// Set the value of a key.
    #[command(after_help = "\
Examples:
  clawpowers store set build:status green
  git diff | clawpowers store set review:diff -
  clawpowers store set report:pdf --file report.pdf
  clawpowers store set key -- '--a value that starts with hyphens'")]
    Set(SetArgs),
    /// Print the value of a key, followed by a newline.
    #[command(after_help = "\
Examples:
  clawpowers store get build:status
  clawpowers store get build:status unknown   # a default
  clawpowers store get report:pdf --raw > report.pdf

Exit codes: 0 success, 1 no such key and no default")]
    Get(GetArgs),
    /// Delete a key; a missing key is not an error.
    #[command(after_help = "\
Examples:
  clawpowers store delete build:status")]
    Delete(KeyArgs),
    /// Print the keys that start with a prefix or match a pattern.
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  clawpowers store list
  clawpowers store list plan:auth
  clawpowers store list 'debug:*:root_cause'"
    )]
    List(ListArgs),
    /// Print `key=value` for the keys that start with a prefix or match a pattern.
    #[command(after_help = "\
Examples:
  clawpowers store list-values config:
  clawpowers store list-values --null | …    # for binary values")]
    ListValues(ListValuesArgs),
    /// Test whether a key exists.
    #[command(after_help = "\
Examples:
  clawpowers store exists build:status && echo yes

Exit codes: 0 the key exists, 1 it does not")]
    Exists(KeyArgs),
    /// Add a line to the value of a key.
    #[command(after_help = "\
Examples:
  clawpowers store append build:log 'step 3 done'
  make 2>&1 | clawpowers store append build:log -")]
    Append(SetArgs),
    /// Add a number to the value of a key and print the sum.
    #[command(after_help = "\
Examples:
  clawpowers store incr build:count
  clawpowers store incr build:count -5")]
    Incr(IncrArgs),
    /// Set the value of a key if its current value is the expected one (compare and set).
    #[command(
        after_help = "\
Examples:
  clawpowers store cas lock:deploy free taken
  clawpowers store cas lock:deploy --absent taken

Exit codes: 0 set, 1 the current value differs; it is printed to stderr",
        override_usage = "clawpowers store cas [OPTIONS] <KEY> (<OLD> | --absent) <NEW>"
    )]
    Cas(CasArgs),
    /// Print keys and values as JSON lines.
    #[command(after_help = "\
Examples:
  clawpowers store export > state.jsonl
  clawpowers store export plan: > plans.jsonl")]
    Export(ListArgs),
    /// Set keys from JSON lines, all or nothing.
    #[command(after_help = "\
Examples:
  clawpowers store import state.jsonl
  clawpowers store export --home old | clawpowers store import - --keep")]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The key, such as build:count.
    #[arg(allow_hyphen_values = true)]
    key: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The key, such as build:count.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The value; `-` reads it from stdin, byte for byte [default: an empty value].
    #[arg(allow_hyphen_values = true)]
    value: Option<OsString>,
    /// Read the value from this file, byte for byte.
    #[arg(long, value_name = "FILE", conflicts_with = "value")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The key, such as build:count.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// What to print if the key does not exist.
    #[arg(allow_hyphen_values = true)]
    default: Option<String>,
    /// Print only the value, without a newline after it.
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// A prefix, or a pattern with `*` (any characters), `?` (one character) and `[…]` (one of a set), which matches the
    /// start of a key [default: all keys].
    #[arg(allow_hyphen_values = true)]
    pattern: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListValuesArgs {
    #[command(flatten)]
    list: ListArgs,
    /// Print key, length in bytes and value, each followed by a NUL, so that any value can be parsed.
    #[arg(short = '0', long)]
    null: bool,
}

#[derive(Debug, Args)]
pub(crate) struct IncrArgs {
    /// The key, such as build:count.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The number to add.
    #[arg(allow_hyphen_values = true, default_value = "1", value_name = "N")]
    by: String,
}

#[derive(Debug, Args)]
pub(crate) struct CasArgs {
    /// The key, such as build:count.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The expected value; leave it out with --absent.
    #[arg(allow_hyphen_values = true)]
    old: String,
    /// The new value, which is required.
    #[arg(allow_hyphen_values = true, required_unless_present = "absent")]
    new: Option<String>,
    /// Set NEW only if the key does not exist; takes the place of OLD.
    #[arg(long)]
    absent: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The JSON lines to import; `-` reads stdin.
    file: String,
    /// Do not overwrite existing keys.
    #[arg(long)]
    keep: bool,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Set(args) => match args.value() {
                Ok(value) => set(context, args.key, value),
                Err(error) => context.out.respond_error(&error),
            },
            Self::Append(args) => match args.value() {
                Ok(value) => append(context, args.key, value),
                Err(error) => context.out.respond_error(&error),
            },
            Self::Get(args) => get(context, args.key, args.default, args.raw),
            Self::Delete(args) => delete(context, args.key),
            Self::List(args) => list(context, args.pattern),
            Self::ListValues(args) => list_values(context, args.list.pattern, args.null),
            Self::Exists(args) => exists(context, args.key),
            Self::Incr(args) => incr(context, args.key, Some(args.by)),
            Self::Cas(args) => cas(context, args),
            Self::Export(args) => export(context, args.pattern),
            Self::Import(args) => import(context, args),
        }
    }
}

impl SetArgs {
    /// Returns the value: the argument itself, stdin, or a file.
    fn value(&self) -> Result<StoreValue, ApiError> {
        // One byte above the limit is enough for the operation to reject the value.
        const LIMIT: u64 = 16 * 1024 * 1024 + 1;
        let mut bytes = Vec::new();
        let (read, source) = match (&self.file, self.value.as_deref().map(OsStr::as_encoded_bytes)) {
            (Some(file), _) => {
                let read = File::open(file).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes));
                (read, quote(&display_path(file)))
            }
            (None, Some(b"-")) => {
                let read = io::stdin().lock().take(LIMIT).read_to_end(&mut bytes);
                (read, "stdin".to_owned())
            }
            (None, value) => {
                bytes.extend_from_slice(value.unwrap_or_default());
                (Ok(bytes.len()), String::new())
            }
        };
        read.map_err(|error| {
            ApiError::new(ErrorCode::Io, format!("{source} cannot be read: {error}"))
                .hint("use a readable file; nothing was written")
        })?;
        Ok(StoreValue::new(bytes))
    }
}

pub(super) fn set(context: &Context, key: String, value: StoreValue) -> Exit {
    let StoreValue { value, value_base64 } = value;
    let request = store::set::Request {
        key,
        value,
        value_base64,
    };
    let result = store::set::run(&context.runtime, &request);
    context.out.respond_text(&result, |_| String::new())
}

pub(super) fn append(context: &Context, key: String, value: StoreValue) -> Exit {
    let StoreValue { value, value_base64 } = value;
    let request = store::append::Request {
        key,
        value,
        value_base64,
    };
    let result = store::append::run(&context.runtime, &request);
    context.out.respond_text(&result, |_| String::new())
}

pub(super) fn get(context: &Context, key: String, default: Option<String>, raw: bool) -> Exit {
    let result = store::get::run(&context.runtime, &store::get::Request { key, default });
    let print = |r: &store::get::Response| {
        let mut bytes = r.value.bytes();
        if !raw {
            bytes.push(b'\n');
        }
        context.out.print_bytes(&bytes)
    };
    context.out.respond(&result, |_| Exit::Done, print)
}

pub(super) fn delete(context: &Context, key: String) -> Exit {
    let out = &context.out;
    let result = store::delete::run(&context.runtime, &store::delete::Request { key });
    let print = |r: &store::delete::Response| {
        if r.deleted {
            return out.print_untrusted(&format!("Deleted: {}\n", r.key));
        }
        out.eprint(&format!("Key not found (nothing deleted): {}\n", r.key));
        Exit::Done
    };
    out.respond_to_change(&result, print, |r| match r.deleted {
        true => format!("{} was deleted", quote(&r.key)),
        false => format!("there was no key {}", quote(&r.key)),
    })
}

pub(super) fn list(context: &Context, pattern: Option<String>) -> Exit {
    let request = store::list::Request { pattern };
    let mut found = false;
    let reply = || store::list::run(&context.runtime, &request);
    let exit = context.out.respond_stream(reply, |write| {
        store::list::each(&context.runtime, &request, |key| {
            found = true;
            write(key.as_bytes()) && write(b"\n")
        })
    });
    report_none(context, found || exit != Exit::Done, request.pattern.as_deref());
    exit
}

/// Says that no key matches a pattern; without one, an empty list needs no message.
fn report_none(context: &Context, printed: bool, pattern: Option<&str>) {
    if let Some(pattern) = pattern.filter(|pattern| !printed && !context.out.json && !pattern.is_empty()) {
        let text = format!("No keys found with prefix: {pattern}\n");
        context.out.eprint(&text);
    }
}

pub(super) fn list_values(context: &Context, pattern: Option<String>, null: bool) -> Exit {
    let request = store::list_values::Request { pattern };
    let mut found = false;
    let reply = || store::list_values::run(&context.runtime, &request);
    let exit = context.out.respond_stream(reply, |write| {
        store::list_values::each(&context.runtime, &request, |entry| {
            found = true;
            let value = entry.value.bytes();
            let mut bytes = entry.key.into_bytes();
            if null {
                bytes.extend_from_slice(format!("\0{}\0", value.len()).as_bytes());
            } else {
                bytes.push(b'=');
            }
            bytes.extend_from_slice(&value);
            bytes.push(if null { 0 } else { b'\n' });
            write(&bytes)
        })
    });
    report_none(context, found || exit != Exit::Done, request.pattern.as_deref());
    exit
}

pub(super) fn exists(context: &Context, key: String) -> Exit {
    let result = store::exists::run(&context.runtime, &store::exists::Request { key });
    let code = |r: &store::exists::Response| if r.exists { Exit::Done } else { Exit::Negative };
    context.out.respond(&result, code, |_| Exit::Done)
}

pub(super) fn incr(context: &Context, key: String, by: Option<String>) -> Exit {
    let by = by.map(Amount);
    let result = store::incr::run(&context.runtime, &store::incr::Request { key, by });
    context.out.respond_to_change(
        &result,
        |r| context.out.print(&format!("{}\n", r.value)),
        |r| format!("the increment was applied: {} is {} now", quote(&r.key), r.value),
    )
}

fn cas(context: &Context, args: CasArgs) -> Exit {
    let (old, new) = match (args.absent, args.old, args.new) {
        (true, new, None) => (None, Some(new)),
        (false, old, new) => (Some(old), new),
        (true, _, Some(_)) => {
            let message = "an old value cannot be used with `--absent`";
            let error = ApiError::new(ErrorCode::InvalidRequest, message);
            let error = error.hint("usage: `clawpowers store cas KEY --absent NEW`");
            return context.out.respond_error(&error);
        }
    };
    let request = store::cas::Request {
        key: args.key,
        old,
        new,
        ..store::cas::Request::default()
    };
    let result = store::cas::run(&context.runtime, &request);
    let code = |r: &store::cas::Response| if r.swapped { Exit::Done } else { Exit::Negative };
    context.out.respond(&result, code, |r| {
        if !r.swapped {
            let value = r.current.as_ref().map(StoreValue::bytes);
            let value = value.map(|bytes| quote(&String::from_utf8_lossy(&bytes)));
            let text = match value {
                Some(value) => format!("the value of {} is {value}", quote(&r.key)),
                None => format!("the key {} does not exist", quote(&r.key)),
            };
            context.out.eprint(&format!("{text}; nothing was written\n"));
        }
        Exit::Done
    })
}

fn export(context: &Context, pattern: Option<String>) -> Exit {
    let request = store::export::Request { pattern };
    let reply = || store::export::run(&context.runtime, &request);
    context.out.respond_stream(reply, |write| {
        let each = |line: &str| write(line.as_bytes()) && write(b"\n");
        store::export::each(&context.runtime, &request, each).map(|_| ())
    })
}

fn import(context: &Context, args: ImportArgs) -> Exit {
    let result = if args.file == "-" {
        store::import::from_reader(&context.runtime, io::stdin().lock(), "-", args.keep)
    } else {
        let request = store::import::Request {
            path: Some(args.file),
            text: None,
            keep: args.keep,
        };
        store::import::run(&context.runtime, &request)
    };
    let print = |r: &store::import::Response| {
        context.out.eprint(&format!("{} set, {} kept\n", r.set, r.kept));
        Exit::Done
    };
    context.out.respond(&result, |_| Exit::Done, print)
}
