//! `completions`

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clap_complete::{Shell, generate};
use serde::Serialize;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(clawpowers completions bash)               # in ~/.bashrc
  clawpowers completions zsh > ~/.zfunc/_clawpowers   # a folder of $fpath
  clawpowers completions fish > ~/.config/fish/completions/clawpowers.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell to print the script for.
    shell: Shell,
}

#[derive(Serialize)]
struct Response {
    shell: String,
    script: String,
}

impl CompletionsArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let mut script = Vec::new();
        generate(self.shell, &mut (context.command)(), "clawpowers", &mut script);
        let response = Response {
            shell: self.shell.to_string(),
            script: String::from_utf8_lossy(&script).into_owned(),
        };
        context.out.respond_text(&Ok(response), |r| r.script.clone())
    }
}
