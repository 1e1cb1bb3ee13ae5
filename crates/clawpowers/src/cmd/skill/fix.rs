//! `skill fix`

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill fix my-skill/           # show what would change
  clawpowers skill fix skills/ --write     # repair every skill of a folder

A file that parses keeps its meaning; fixing twice changes nothing more. A file that cannot be written, because it is \
read-only or a link out of its folder, does not keep the others from repair.

Exit codes: 0 nothing to repair or all written, 1 repairs to write, or a file that does not load even so, \
4 a file that cannot be written";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FixArgs {
    /// A SKILL.md, a skill's folder, or a folder of skills.
    #[arg(required = true)]
    paths: Vec<String>,
    /// Write the repairs; without, they are only shown.
    #[arg(long)]
    write: bool,
}

impl FixArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill::fix::Request {
            paths: self.paths,
            write: self.write,
        };
        let result = skill::fix::run(&context.runtime, &request);
        let code = |r: &skill::fix::Response| match r {
            r if r.failed > 0 => Exit::Storage,
            r if r.changed > r.written || r.broken > 0 => Exit::Negative,
            _ => Exit::Done,
        };
        context.out.respond(&result, code, |r| {
            let (diff, talk) = render::findings::repairs(&context.out, r);
            let out = &context.out;
            let printed = match out.palette.enabled {
                true => out.print(&render::findings::diff(out.palette, &diff)),
                false => out.print_untrusted(&diff),
            };
            out.eprint_escaped(&talk);
            printed
        })
    }
}
