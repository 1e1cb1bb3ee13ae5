//! `skill new`

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{COMMON_FOLDER, quote};

const EXAMPLES: &str = "\
Examples:
  clawpowers skill new release-notes
  clawpowers skill new release-notes --dir .agents/skills

Existing files are never changed.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// The name: lower-case letters, digits and single hyphens.
    #[arg(allow_hyphen_values = true)]
    name: String,
    /// The folder in which to create the skill's folder [default: the project's skills folder].
    #[arg(long, value_name = "DIR")]
    dir: Option<String>,
    /// What the skill does and when to use it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl NewArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::new::Request {
            name: self.name,
            dir: self.dir,
            description: self.description,
        };
        let result = skill::new::run(&context.runtime, &request);
        context.out.respond_to_change(
            &result,
            |r| {
                let printed = context.out.print_untrusted(&format!("{}\n", r.path));
                context.out.eprint(&readers(r));
                printed
            },
            |r| format!("{} was created", quote(&r.path)),
        )
    }
}

/// Says which clients will find the skill, or how one would.
fn readers(response: &skill::new::Response) -> String {
    let common = format!("`--dir {COMMON_FOLDER}` creates one in a folder that most clients read");
    match (response.clients.as_slice(), response.listed) {
        ([], false) => {
            format!(
                "no client reads this folder\nhint: {common}; `skill list --root DIR` lists the skills of any folder\n"
            )
        }
        ([], true) => format!("only clawpowers reads this folder\nhint: {common}\n"),
        (clients, _) => format!("clients that read this folder: {}\n", clients.join(", ")),
    }
}
