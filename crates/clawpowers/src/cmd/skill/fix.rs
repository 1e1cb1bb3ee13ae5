//! `skill fix`

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill fix my-skill/           # show what would change
  clawpowers skill fix skills/ --write     # repair every skill in a folder

A file that parses keeps its meaning. A second run changes nothing. If a file cannot be written, because it is read-only \
or a symlink out of its folder, the others are still repaired.

Exit codes: 0 nothing to repair or everything written, 1 something to repair, or a file that still does not load, 4 a \
file could not be written")]
pub(crate) struct FixArgs {
    /// A SKILL.md, a skill's folder, or a folder of skills.
    #[arg(required = true)]
    paths: Vec<String>,
    /// Apply the repairs; without this option they are only shown.
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
        let out = &context.out;
        out.respond(&result, code, |r| {
            let (diff, messages) = render::diagnostics::repairs(out, r);
            let printed = match out.palette.enabled {
                true => out.print(&render::diagnostics::diff(out.palette, &diff)),
                false => out.print_untrusted(&diff),
            };
            out.eprint_escaped(&messages);
            printed
        })
    }
}
