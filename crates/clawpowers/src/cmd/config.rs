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
    Get(GetArgs),
    /// Change one setting of config.json and leave the rest as it is.
    Set(SetArgs),
    /// Remove one setting from config.json and leave the rest as it is.
    Unset(UnsetArgs),
    /// List the settings of config.json.
    #[command(visible_alias = "ls")]
    List(ListArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers config get profile
  clawpowers config get payments            # an object is printed as JSON
  clawpowers config get rsi.tiers.t4 --json

Exit codes: 0 done, 1 there is no such setting, 3 config.json is not valid")]
pub(crate) struct GetArgs {
    /// The setting, its levels separated by dots.
    key: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers config set profile dev
  clawpowers config set profiles.dev.skills '[\"triage\", \"release-notes\"]'
  clawpowers config set payments.daily_limit_usd 5
  clawpowers config set payments.allowlist '[\"a\", \"b\"]' --json-value

The value is parsed by the type of the setting, or else by the type of its current value. The rest of the file is not \
changed. An unknown setting is refused unless the file already has it.

Exit codes: 0 done, 3 the setting, the value or config.json is not valid, 4 it cannot be written")]
pub(crate) struct SetArgs {
    /// The setting, its levels separated by dots.
    key: String,
    /// The new value.
    #[arg(allow_negative_numbers = true)]
    value: String,
    /// Parse the value as JSON, whatever type the setting has.
    #[arg(long)]
    json_value: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers config unset profile
  clawpowers config unset profiles.dev

Exit codes: 0 done, 1 there is no such setting, 3 config.json is not valid, 4 it cannot be written")]
pub(crate) struct UnsetArgs {
    /// The setting, its levels separated by dots.
    key: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers config list
  clawpowers config list --json | jq .ok.dialect")]
pub(crate) struct ListArgs {}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::Get(args) => args.run(context),
            Self::Set(args) => args.run(context),
            Self::Unset(args) => args.run(context),
            Self::List(args) => args.run(context),
        }
    }
}

impl GetArgs {
    fn run(self, context: &Context) -> Exit {
        let request = config::get::Request { key: self.key };
        let result = config::get::run(&context.runtime, &request);
        context.out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                let text = match &r.value {
                    Value::String(text) => text.clone(),
                    // The alternate form is JSON indented by two.
                    other => format!("{other:#}"),
                };
                context.out.print_untrusted(&format!("{text}\n"))
            },
        )
    }
}

impl SetArgs {
    fn run(self, context: &Context) -> Exit {
        let result = self
            .request()
            .and_then(|request| config::set::run(&context.runtime, &request));
        context.out.respond_to_change(
            &result,
            |r| {
                let value = match &r.value {
                    Value::String(text) => escape_line(text),
                    other => to_json(other),
                };
                let printed = context
                    .out
                    .print(&format!("Set {} = {value}\n", escape_line(&r.key)));
                if !r.changed {
                    context
                        .out
                        .eprint("nothing was written: it had this value already\n");
                }
                printed
            },
            |r| format!("{} was set", quote(&r.key)),
        )
    }

    fn request(self) -> Result<config::set::Request, ApiError> {
        if !self.json_value {
            return Ok(config::set::Request {
                key: self.key,
                text: Some(self.value),
                value: None,
            });
        }
        let value = serde_json::from_str(&self.value).map_err(|error| {
            let message = format!("the value {} is not JSON: {error}", quote(&self.value));
            ApiError::new(ErrorCode::InvalidInput, message)
                .hint("write texts in double quotes, or leave `--json-value` out")
        })?;
        Ok(config::set::Request {
            key: self.key,
            text: None,
            value: Some(value),
        })
    }
}

impl UnsetArgs {
    fn run(self, context: &Context) -> Exit {
        let result = config::unset::run(&context.runtime, &config::unset::Request { key: self.key });
        context.out.respond_to_change(
            &result,
            |r| {
                let text = format!("Unset {} (was {})\n", escape_line(&r.key), to_json(&r.previous));
                context.out.print(&text)
            },
            |r| format!("{} was unset", quote(&r.key)),
        )
    }
}

impl ListArgs {
    fn run(self, context: &Context) -> Exit {
        let result = config::list::run(&context.runtime, &config::list::Request {});
        context.out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                if !r.exists {
                    context.out.eprint(&format!("there is no {}\n", quote(&r.path)));
                }
                let line = |entry: &config::list::Setting| {
                    format!("{} = {}\n", escape_line(&entry.key), to_json(&entry.value))
                };
                context.out.print(&r.entries.iter().map(line).collect::<String>())
            },
        )
    }
}
