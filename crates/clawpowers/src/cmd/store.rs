//! `store …`

use crate::context::Context;
use crate::exit::Exit;
use clap::{Args, Subcommand};
use clawpowers_api::operations::store;
use clawpowers_api::wire;
use clawpowers_api::wire::Amount;
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

A key has no `/`, `\\`, `..` and control characters and at most 1,024 bytes; a value has any bytes, at most 16 MiB.")]
pub(crate) enum Command {
    /// Set the value of a key.
    #[command(after_help = "\
Examples:
  clawpowers store set build:status green
  git diff | clawpowers store set review:diff -
  clawpowers store set report:pdf --file report.pdf
  clawpowers store set key -- --a value with two hyphens")]
    Set(SetArgs),
    /// Print the value of a key, followed by a newline.
    #[command(after_help = "\
Examples:
  clawpowers store get build:status
  clawpowers store get build:status unknown   # a default
  clawpowers store get report:pdf --raw > report.pdf

Exit codes: 0 found or defaulted, 1 not found")]
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
  clawpowers store list-values --null | …    # for values of any bytes")]
    ListValues(ListValuesArgs),
    /// Exit with 0 if a key exists, else with 1.
    #[command(after_help = "\
Examples:
  clawpowers store exists build:status && echo yes

Exit codes: 0 exists, 1 does not exist")]
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
    /// Set the value of a key if it is the expected one (compare and set).
    #[command(after_help = "\
Examples:
  clawpowers store cas lock:deploy free taken
  clawpowers store cas lock:deploy --absent taken

Exit codes: 0 set, 1 the value was another one; it is printed to standard error")]
    Cas(CasArgs),
    /// Write keys and values as JSON lines.
    #[command(after_help = "\
Examples:
  clawpowers store export > state.jsonl
  clawpowers store export plan: > plans.jsonl")]
    Export(ListArgs),
    /// Set keys from JSON lines, all or none.
    #[command(after_help = "\
Examples:
  clawpowers store import state.jsonl
  clawpowers store export --home old | clawpowers store import - --keep")]
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The key.
    #[arg(allow_hyphen_values = true)]
    key: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The key.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The value; `-` reads it from standard input, byte for byte [default: an empty value].
    #[arg(allow_hyphen_values = true)]
    value: Option<OsString>,
    /// Read the value from this file, byte for byte.
    #[arg(long, value_name = "FILE", conflicts_with = "value")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The key.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// What to print if the key does not exist.
    #[arg(allow_hyphen_values = true)]
    default: Option<String>,
    /// Print the bytes of the value and nothing else, not even a line end.
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// A prefix, or a pattern: `*` any characters, `?` one, `[…]` one of a set; both go on to the end of the key
    /// [default: all keys].
    #[arg(allow_hyphen_values = true)]
    pattern: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListValuesArgs {
    #[command(flatten)]
    list: ListArgs,
    /// Print key, number of bytes and value, each with a NUL behind it, which reads back whatever the bytes are.
    #[arg(short = '0', long)]
    null: bool,
}

#[derive(Debug, Args)]
pub(crate) struct IncrArgs {
    /// The key.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// What to add.
    #[arg(allow_hyphen_values = true, default_value = "1", value_name = "N")]
    by: String,
}

#[derive(Debug, Args)]
pub(crate) struct CasArgs {
    /// The key.
    #[arg(allow_hyphen_values = true)]
    key: String,
    /// The value that is expected.
    #[arg(allow_hyphen_values = true)]
    old: String,
    /// The value to set.
    #[arg(allow_hyphen_values = true, required_unless_present = "absent")]
    new: Option<String>,
    /// Expect the key to be missing; the new value comes in place of the old one.
    #[arg(long)]
    absent: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file; `-` reads standard input.
    file: String,
    /// Let keys that are there keep their values.
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
            Self::Get(args) => get(context, args),
            Self::Delete(args) => delete(context, args.key),
            Self::List(args) => list(context, args.pattern),
            Self::ListValues(args) => list_values(context, args),
            Self::Exists(args) => exists(context, args.key),
            Self::Incr(args) => incr(context, args),
            Self::Cas(args) => cas(context, args),
            Self::Export(args) => export(context, args.pattern),
            Self::Import(args) => import(context, args),
        }
    }
}

impl SetArgs {
    /// Returns the value: the word itself, standard input, or a file.
    fn value(&self) -> Result<wire::StoreValue, ApiError> {
        // One byte above the limit is enough to be refused.
        const LIMIT: u64 = 16 * 1024 * 1024 + 1;
        let mut bytes = Vec::new();
        let (read, source) = match (&self.file, self.value.as_deref().map(OsStr::as_encoded_bytes)) {
            (Some(file), _) => {
                let read = File::open(file).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes));
                (read, quote(&display_path(file)))
            }
            (None, Some(b"-")) => {
                let read = io::stdin().lock().take(LIMIT).read_to_end(&mut bytes);
                (read, "standard input".to_owned())
            }
            (None, value) => {
                bytes.extend_from_slice(value.unwrap_or_default());
                (Ok(bytes.len()), String::new())
            }
        };
        read.map_err(|error| {
            ApiError::new(ErrorCode::Io, format!("{source} cannot be read: {error}"))
                .hint("name a file that is there and readable; nothing was written")
        })?;
        Ok(wire::StoreValue::new(bytes))
    }
}

fn set(context: &Context, key: String, value: wire::StoreValue) -> Exit {
    let request = store::set::Request {
        key,
        value: value.value,
        value_base64: value.value_base64,
    };
    let result = store::set::run(&context.runtime, &request);
    context.out.respond(&result, |_| Exit::Done, |_| Exit::Done)
}

fn append(context: &Context, key: String, value: wire::StoreValue) -> Exit {
    let request = store::append::Request {
        key,
        value: value.value,
        value_base64: value.value_base64,
    };
    let result = store::append::run(&context.runtime, &request);
    context.out.respond(&result, |_| Exit::Done, |_| Exit::Done)
}

fn get(context: &Context, args: GetArgs) -> Exit {
    let request = store::get::Request {
        key: args.key,
        default: args.default,
    };
    let result = store::get::run(&context.runtime, &request);
    context.out.respond(
        &result,
        |_| Exit::Done,
        |r| {
            let mut bytes = r.value.bytes();
            if !args.raw {
                bytes.push(b'\n');
            }
            context.out.print_bytes(&bytes)
        },
    )
}

fn delete(context: &Context, key: String) -> Exit {
    let result = store::delete::run(&context.runtime, &store::delete::Request { key });
    let exit = context.out.respond(
        &result,
        |_| Exit::Done,
        |r| {
            if r.deleted {
                return context.out.print_untrusted(&format!("Deleted: {}\n", r.key));
            }
            context
                .out
                .eprint(&format!("Key not found (nothing deleted): {}\n", r.key));
            Exit::Done
        },
    );
    match &result {
        Ok(r) if r.deleted => context
            .out
            .note_done(exit, &format!("{} was deleted", quote(&r.key))),
        _ => exit,
    }
}

fn list(context: &Context, pattern: Option<String>) -> Exit {
    let request = store::list::Request { pattern };
    if context.out.json {
        let result = store::list::run(&context.runtime, &request);
        return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
    }
    let mut found = false;
    let exit = context.out.print_stream(|write| {
        store::list::each(&context.runtime, &request, |key| {
            found = true;
            write(key.as_bytes()) && write(b"\n")
        })
    });
    if found || exit != Exit::Done {
        return exit;
    }
    none(context, request.pattern.as_deref())
}

/// Says that no key was found, if one was asked for; that there are none at all is said by silence.
fn none(context: &Context, pattern: Option<&str>) -> Exit {
    if let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) {
        context
            .out
            .eprint(&format!("No keys found with prefix: {pattern}\n"));
    }
    Exit::Done
}

fn list_values(context: &Context, args: ListValuesArgs) -> Exit {
    let request = store::list_values::Request {
        pattern: args.list.pattern,
    };
    if context.out.json {
        let result = store::list_values::run(&context.runtime, &request);
        return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
    }
    let mut found = false;
    let exit = context.out.print_stream(|write| {
        store::list_values::each(&context.runtime, &request, |entry| {
            found = true;
            let value = entry.value.bytes();
            let mut bytes = entry.key.into_bytes();
            if args.null {
                bytes.extend_from_slice(format!("\0{}\0", value.len()).as_bytes());
            } else {
                bytes.push(b'=');
            }
            bytes.extend_from_slice(&value);
            bytes.push(if args.null { 0 } else { b'\n' });
            write(&bytes)
        })
    });
    if found || exit != Exit::Done {
        return exit;
    }
    none(context, request.pattern.as_deref())
}

fn exists(context: &Context, key: String) -> Exit {
    let result = store::exists::run(&context.runtime, &store::exists::Request { key });
    let code = |r: &store::exists::Response| if r.exists { Exit::Done } else { Exit::Negative };
    context.out.respond(&result, code, |_| Exit::Done)
}

fn incr(context: &Context, args: IncrArgs) -> Exit {
    let request = store::incr::Request {
        key: args.key,
        by: Some(Amount(args.by)),
    };
    let result = store::incr::run(&context.runtime, &request);
    let exit = context.out.respond(
        &result,
        |_| Exit::Done,
        |r| context.out.print(&format!("{}\n", r.value)),
    );
    match &result {
        Ok(r) => {
            let key = quote(&r.key);
            context.out.note_done(
                exit,
                &format!("the increment was applied: {key} is {} now", r.value),
            )
        }
        Err(_) => exit,
    }
}

fn cas(context: &Context, args: CasArgs) -> Exit {
    let (old, new) = match (args.absent, args.old, args.new) {
        (true, new, None) => (None, Some(new)),
        (false, old, new) => (Some(old), new),
        (true, _, Some(_)) => {
            let error = ApiError::new(
                ErrorCode::InvalidRequest,
                "there is both an old value and `--absent`",
            )
            .hint("the usage is `clawpowers store cas KEY --absent NEW`");
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
            let there = match &r.current {
                Some(value) => quote(&String::from_utf8_lossy(&value.bytes())),
                None => "missing".to_owned(),
            };
            context.out.eprint(&format!(
                "the value of {} is {there}; nothing was written\n",
                quote(&r.key)
            ));
        }
        Exit::Done
    })
}

fn export(context: &Context, pattern: Option<String>) -> Exit {
    let request = store::export::Request { pattern };
    if context.out.json {
        let result = store::export::run(&context.runtime, &request);
        return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
    }
    context.out.print_stream(|write| {
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
    context.out.respond(
        &result,
        |_| Exit::Done,
        |r| {
            context.out.eprint(&format!("{} set, {} kept\n", r.set, r.kept));
            Exit::Done
        },
    )
}
