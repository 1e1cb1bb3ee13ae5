//! `store.sh`

use super::usage;
use crate::cmd::store;
use crate::context::Context;
use crate::exit::Exit;
use clawpowers_api::wire::StoreValue;
use std::ffi::OsString;

const USAGE: &str = "\
Usage: store.sh <command> [args]
  set <key> [value]       set a value
  get <key> [default]     print a value
  delete <key>            remove a key
  list [prefix|pattern]   list keys
  list-values [prefix]    list keys with their values
  exists <key>            exit 0 if the key exists, else 1
  append <key> [value]    add a line
  incr <key> [n]          add a number and print the sum
";

pub(super) fn run(context: &Context, words: Vec<OsString>) -> Exit {
    let text = |word: &OsString| word.to_string_lossy().into_owned();
    let mut words = words.into_iter();
    let command = words.next().as_ref().map(text);
    let pattern = words.next().as_ref().map(text);
    // A key that is not UTF-8 cannot exist.
    let key = pattern.clone().unwrap_or_default();
    let argument = words.next();
    let argument_text = argument.as_ref().map(text);
    let value = StoreValue::new(argument.unwrap_or_default().into_encoded_bytes());
    match command.as_deref() {
        Some("set") => store::set(context, key, value),
        Some("append") => store::append(context, key, value),
        Some("get") => store::get(context, key, argument_text, false),
        Some("delete") => store::delete(context, key),
        Some("exists") => store::exists(context, key),
        Some("incr") => store::incr(context, key, argument_text.filter(|text| !text.is_empty())),
        Some("list") => store::list(context, pattern),
        Some("list-values") => store::list_values(context, pattern, false),
        other => usage(context, USAGE, "command", other),
    }
}
