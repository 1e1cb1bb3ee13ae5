//! The context of every command, and the options that several commands share.

use crate::out::Out;
use clap::Args;
use clawpowers_api::{
    ApiError, CLIENTS, CatalogQuery, ErrorCode, ExecutionFields, Runtime, is_traceparent, pluralize,
};
use std::env;
use std::io::{self, Read as _};

pub(crate) struct Context {
    pub(crate) runtime: Runtime,
    pub(crate) out: Out,
    /// Builds the whole command line, for the completion scripts.
    pub(crate) command: fn() -> clap::Command,
}

impl Context {
    /// Reports the import of a 1.x home, if this command was the first that opened it.
    pub(crate) fn report_import(&self) {
        let Some(report) = self.runtime.imported().filter(|_| !self.out.json) else {
            return;
        };
        let lines: u64 = report.executions.reasons.values().sum();
        let problems = match lines {
            0 => String::new(),
            _ => format!(
                "; {} skipped or repaired, `clawpowers import` lists them",
                pluralize(lines, "line")
            ),
        };
        self.out.eprint(&format!(
            "imported {} and {} from ClawPowers 1.x{problems}; the original files are not modified\n",
            pluralize(report.keys, "key"),
            pluralize(report.executions.imported, "execution"),
        ));
    }
}

// A doc comment on a flattened struct would become the description of the command.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// Search only this folder; can be repeated [default: the project, user and runtime-home roots].
    #[arg(long = "root", value_name = "DIR")]
    roots: Vec<String>,
    /// Only skills of this scope: project, user, home, system, extra, bundled; can be repeated [default: all].
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Only skills of this role profile of config.json; an empty name turns the active profile off.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    #[arg(long = "as", value_name = "CLIENT", help = client_help("Use only the skills that this client would load"))]
    client: Option<String>,
}

pub(crate) fn client_help(what: &str) -> String {
    let names: Vec<&str> = CLIENTS.iter().map(|client| client.name).collect();
    format!("{what}: {}", names.join(", "))
}

impl CatalogArgs {
    /// The selection, with paths that were given without `--root`.
    pub(crate) fn selection_of(mut self, paths: Vec<String>) -> CatalogQuery {
        self.roots.extend(paths);
        self.selection()
    }

    pub(crate) fn selection(self) -> CatalogQuery {
        CatalogQuery {
            roots: self.roots,
            scopes: self.scopes,
            client: self.client,
            profile: self.profile,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct FieldArgs {
    /// The session to record; it groups executions.
    #[arg(long, value_name = "ID", visible_alias = "session-id")]
    session: Option<String>,
    /// The agent to record, such as claude-code.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The model to record.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// The tier of the model to record: any label, such as large.
    #[arg(long, value_name = "NAME")]
    tier: Option<String>,
    /// The project to record.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The W3C trace context to record [default: `TRACEPARENT` of the environment, if it is valid].
    #[arg(long, value_name = "TRACEPARENT")]
    traceparent: Option<String>,
}

impl From<FieldArgs> for ExecutionFields {
    fn from(args: FieldArgs) -> Self {
        Self {
            session: args.session,
            agent: args.agent,
            model: args.model,
            tier: args.tier,
            project: args.project,
            traceparent: args.traceparent.or_else(inherited_traceparent),
        }
    }
}

/// Returns the trace context of the environment. Another program set it, so one that is not valid is ignored.
fn inherited_traceparent() -> Option<String> {
    env::var("TRACEPARENT").ok().filter(|text| is_traceparent(text))
}

/// Returns an argument that is text, or what stdin has if it is `-`.
pub(crate) fn read_text(argument: String) -> Result<String, ApiError> {
    // One byte above the largest limit is enough for the operation to reject the text.
    const LIMIT: u64 = 16 * 1024 * 1024 + 1;
    if argument != "-" {
        return Ok(argument);
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LIMIT).read_to_end(&mut bytes);
    read.map_err(|error| ApiError::new(ErrorCode::Io, format!("stdin cannot be read: {error}")))?;
    // What is cut at the limit is too long, whatever its last character was.
    let is_cut = bytes.len() as u64 == LIMIT;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if is_cut => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        Err(error) => {
            let byte = error.utf8_error().valid_up_to();
            let message = format!("stdin is not valid UTF-8 at byte {byte}");
            Err(ApiError::invalid_input(message).hint("use text in UTF-8"))
        }
    }
}

/// The largest integer that JSON carries exactly in every language.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Parses the value of a numeric option.
pub(crate) fn whole_number<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|&number| number <= MAX_NUMBER);
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("expected a whole number from 0 to {MAX_NUMBER}"))
}
