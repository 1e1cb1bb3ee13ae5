//! `config …`

use crate::context::Context;
use crate::exit::Exit;
use clap::{Args, Subcommand};
use clawpowers_api::operations::config;
use clawpowers_api::{ApiError, ErrorCode, escape_line, quote, to_json};
use serde_json::Value;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers config list
  clawpowers config get payments.mode
  clawpowers config set logging.level debug
  clawpowers config unset profile")]
pub(crate) enum Command {
    /// Print one setting of config.json.
    #[command(after_help = "\
Examples:
  clawpowers config get profile
  clawpowers config get payments            # an object is printed as JSON
  clawpowers config get rsi.tiers.t4 --json

Exit codes: 0 success, 1 no such setting, 3 config.json is not valid")]
    Get(KeyArgs),
    /// Change one setting of config.json; the rest of the file is not changed.
    #[command(after_help = "\
Examples:
  clawpowers config set profile dev
  clawpowers config set profiles.dev.skills '[\"triage\", \"release-notes\"]'
  clawpowers config set payments.daily_limit_usd 5
  clawpowers config set payments.allowlist '[\"a\", \"b\"]' --json-value

The value is parsed as the type of the setting, or else as the type of its current value. An unknown setting is rejected \
unless the file already has it.

Exit codes: 0 success, 3 the setting, the value or config.json is not valid, 4 config.json cannot be written")]
    Set(SetArgs),
    /// Remove one setting from config.json; the rest of the file is not changed.
    #[command(after_help = "\
Examples:
  clawpowers config unset profile
  clawpowers config unset profiles.dev

Exit codes: 0 success, 1 no such setting, 3 config.json is not valid, 4 config.json cannot be written")]
    Unset(KeyArgs),
    /// List the settings of config.json.
    #[command(
        visible_alias = "ls",
        after_help = "\
Examples:
  clawpowers config list
  clawpowers config list --json | jq .ok.dialect"
    )]
    List,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The dotted key, such as `payments.mode`.
    key: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The dotted key, such as `payments.mode`.
    key: String,
    /// The new value.
    #[arg(allow_negative_numbers = true)]
    value: String,
    /// Parse the value as JSON, whatever type the setting has.
    #[arg(long)]
    json_value: bool,
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Get(args) => get(context, args.key),
            Self::Set(args) => set(context, args),
            Self::Unset(args) => unset(context, args.key),
            Self::List => list(context),
        }
    }
}

fn get(context: &Context, key: String) -> Exit {
    let result = config::get::run(&context.runtime, &config::get::Request { key });
    context.out.respond_untrusted(&result, |r| match &r.value {
        Value::String(text) => format!("{text}\n"),
        // The alternate form is indented JSON.
        other => format!("{other:#}\n"),
    })
}

fn set(context: &Context, args: SetArgs) -> Exit {
    let out = &context.out;
    let result = args
        .request()
        .and_then(|request| config::set::run(&context.runtime, &request));
    let print = |r: &config::set::Response| {
        let value = match &r.value {
            Value::String(text) => escape_line(text),
            other => to_json(other),
        };
        let printed = out.print(&format!("Set {} = {value}\n", escape_line(&r.key)));
        if !r.changed {
            out.eprint("nothing was written: the setting already has this value\n");
        }
        printed
    };
    out.respond_to_change(&result, print, |r| format!("{} was set", quote(&r.key)))
}

impl SetArgs {
    fn request(self) -> Result<config::set::Request, ApiError> {
        let (text, value) = match self.json_value {
            true => (None, Some(parse_json(&self.value)?)),
            false => (Some(self.value), None),
        };
        let key = self.key;
        Ok(config::set::Request { key, text, value })
    }
}

fn parse_json(text: &str) -> Result<Value, ApiError> {
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the value {} is not JSON: {error}", quote(text));
        ApiError::new(ErrorCode::InvalidInput, message)
            .hint("put strings in double quotes, or omit `--json-value`")
    })
}

fn unset(context: &Context, key: String) -> Exit {
    let result = config::unset::run(&context.runtime, &config::unset::Request { key });
    let print = |r: &config::unset::Response| {
        let (key, previous) = (escape_line(&r.key), to_json(&r.previous));
        context.out.print(&format!("Unset {key} (was {previous})\n"))
    };
    let done = |r: &config::unset::Response| format!("{} was unset", quote(&r.key));
    context.out.respond_to_change(&result, print, done)
}

fn list(context: &Context) -> Exit {
    let result = config::list::run(&context.runtime, &config::list::Request {});
    context.out.respond_text(&result, |r| {
        if !r.exists {
            context
                .out
                .eprint(&format!("{} does not exist\n", quote(&r.path)));
        }
        let line = |entry: &config::list::Setting| {
            format!("{} = {}\n", escape_line(&entry.key), to_json(&entry.value))
        };
        r.entries.iter().map(line).collect()
    })
}
