//! `skill new`

use crate::context::Context;
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{COMMON_FOLDER, quote};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill new release-notes
  clawpowers skill new release-notes --dir .agents/skills

It never changes existing files.")]
pub(crate) struct NewArgs {
    /// The name: lower-case letters, digits and single hyphens.
    #[arg(allow_hyphen_values = true)]
    name: String,
    /// Where to create the skill's folder [default: the project's skills folder].
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
        let print = |r: &skill::new::Response| {
            let printed = context.out.print_untrusted(&format!("{}\n", r.path));
            context.out.eprint(&readers(r));
            printed
        };
        let done = |r: &skill::new::Response| format!("{} was created", quote(&r.path));
        context.out.respond_to_change(&result, print, done)
    }
}

/// Says which clients find the skill, or how to create one that clients find.
fn readers(response: &skill::new::Response) -> String {
    let common = format!("`--dir {COMMON_FOLDER}` creates one in a folder that most clients read");
    match (response.clients.as_slice(), response.listed) {
        ([], false) => format!(
            "no client reads this folder\nhint: {common}; `skill list --root DIR` lists the skills of any folder\n"
        ),
        ([], true) => format!("only clawpowers reads this folder\nhint: {common}\n"),
        (clients, _) => format!("clients that read this folder: {}\n", clients.join(", ")),
    }
}
