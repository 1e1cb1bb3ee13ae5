//! `store.sh`

use super::{failed, usage};
use crate::context::Context;
use crate::exit::Exit;
use clawpowers_api::operations::store;
use clawpowers_api::wire;
use clawpowers_api::wire::Amount;
use std::ffi::OsString;

const USAGE: &str = "\
Usage: store.sh <command> [args]
  set <key> [value]       set a value
  get <key> [default]     print a value
  delete <key>            remove a key
  list [prefix|pattern]   list keys
  list-values [prefix]    list keys with their values
  exists <key>            exit 0 if the key is there, else 1
  append <key> [value]    add a line
  incr <key> [n]          add a number and print the sum
";

pub(super) fn run(context: &Context, words: Vec<OsString>) -> Exit {
    let runtime = &context.runtime;
    let mut words = words.into_iter();
    let command = words.next().map(|word| word.to_string_lossy().into_owned());
    let first = words.next();
    // Keys are text; one that is not cannot be there.
    let key = first
        .as_ref()
        .map(|word| word.to_string_lossy().into_owned())
        .unwrap_or_default();
    let second = words.next();
    let text = second.as_ref().map(|word| word.to_string_lossy().into_owned());
    let done = match command.as_deref() {
        Some("set") => {
            let wire::StoreValue { value, value_base64 } = bytes(second);
            let request = store::set::Request {
                key,
                value,
                value_base64,
            };
            store::set::run(runtime, &request).map(|_| Exit::Done)
        }
        Some("append") => {
            let wire::StoreValue { value, value_base64 } = bytes(second);
            let request = store::append::Request {
                key,
                value,
                value_base64,
            };
            store::append::run(runtime, &request).map(|_| Exit::Done)
        }
        Some("get") => store::get::run(runtime, &store::get::Request { key, default: text }).map(|found| {
            let mut bytes = found.value.bytes();
            bytes.push(b'\n');
            context.out.print_bytes(&bytes)
        }),
        Some("delete") => store::delete::run(runtime, &store::delete::Request { key }).map(|done| {
            if done.deleted {
                return context.out.print_untrusted(&format!("Deleted: {}\n", done.key));
            }
            context
                .out
                .eprint(&format!("Key not found (nothing deleted): {}\n", done.key));
            Exit::Done
        }),
        Some("exists") => store::exists::run(runtime, &store::exists::Request { key })
            .map(|found| if found.exists { Exit::Done } else { Exit::Negative }),
        Some("incr") => {
            let by = text.filter(|text| !text.is_empty()).map(Amount);
            store::incr::run(runtime, &store::incr::Request { key, by })
                .map(|sum| context.out.print(&format!("{}\n", sum.value)))
        }
        Some("list") => {
            let pattern = first.is_some().then_some(key);
            let request = store::list::Request { pattern };
            store::list::run(runtime, &request).map(|found| {
                if found.keys.is_empty() {
                    return none(context, request.pattern.as_deref());
                }
                let lines: String = found.keys.iter().map(|key| format!("{key}\n")).collect();
                context.out.print_untrusted(&lines)
            })
        }
        Some("list-values") => {
            let pattern = first.is_some().then_some(key);
            let request = store::list_values::Request { pattern };
            store::list_values::run(runtime, &request).map(|found| {
                if found.entries.is_empty() {
                    return none(context, request.pattern.as_deref());
                }
                let mut lines = Vec::new();
                for entry in &found.entries {
                    lines.extend_from_slice(entry.key.as_bytes());
                    lines.push(b'=');
                    lines.extend_from_slice(&entry.value.bytes());
                    lines.push(b'\n');
                }
                context.out.print_bytes(&lines)
            })
        }
        other => return usage(context, USAGE, "command", other),
    };
    match done {
        Ok(exit) => exit,
        Err(error) => failed(context, &error),
    }
}

fn bytes(word: Option<OsString>) -> wire::StoreValue {
    wire::StoreValue::new(word.unwrap_or_default().into_encoded_bytes())
}

fn none(context: &Context, pattern: Option<&str>) -> Exit {
    if let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) {
        context
            .out
            .eprint(&format!("No keys found with prefix: {pattern}\n"));
    }
    Exit::Done
}
