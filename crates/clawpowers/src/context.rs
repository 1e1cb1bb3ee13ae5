//! What every command gets, and the options that several commands share.

use crate::out::Out;
use clap::Args;
use clawpowers_api::{CLIENTS, CatalogQuery, Runtime, pluralize};

/// What every command gets.
pub(crate) struct Context {
    pub(crate) runtime: Runtime,
    pub(crate) out: Out,
    /// Builds the whole command line, for the completion scripts.
    pub(crate) command: fn() -> clap::Command,
}

impl Context {
    /// Reports the import of a 1.x home, if this command was the first that opened it.
    pub(crate) fn report_import(&self) {
        if let Some(report) = self.runtime.imported().filter(|_| !self.out.json) {
            let left: u64 = report.executions.reasons.values().sum();
            let left = match left {
                0 => String::new(),
                left => format!(
                    "; {} changed or skipped, see `clawpowers import`",
                    pluralize(left, "line")
                ),
            };
            self.out.eprint(&format!(
                "imported {} and {} from ClawPowers 1.x{left}; the original files are not modified\n",
                pluralize(report.keys, "key"),
                pluralize(report.executions.imported, "execution"),
            ));
        }
    }
}

// Which skills a command is about; no documentation, which would become that of the command.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// Look below this folder; may be given several times [default: the folders of project, user and home].
    #[arg(long = "root", value_name = "DIR")]
    roots: Vec<String>,
    /// Keep only this scope: project, user, home, system, extra, bundled; may be given several times [default: all].
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Keep only the skills of this role profile of config.json; an empty name means no profile.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    #[arg(long = "as", value_name = "CLIENT", help = client_help())]
    client: Option<String>,
}

fn client_help() -> String {
    let names: Vec<&str> = CLIENTS.iter().map(|client| client.name).collect();
    format!("Show what this client would see: {}", names.join(", "))
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

/// The largest number that every language reads exactly from JSON.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Reads the value of an option that is a number.
pub(crate) fn whole_number<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|&number| number <= MAX_NUMBER);
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("it has to be a whole number from 0 to {MAX_NUMBER}"))
}
