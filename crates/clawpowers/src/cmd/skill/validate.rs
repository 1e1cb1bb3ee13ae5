//! `skill validate`

use crate::context::Context;
use crate::exit::Exit;
use crate::out::Out;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{ApiError, ErrorCode, quote};
use std::io::IsTerminal as _;
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill validate my-skill/           # as the reference validator
  clawpowers skill validate my-skill/ --target claude
  clawpowers skill validate my-skill/ --strict  # fails on warnings too
  clawpowers skill validate skills/ --format sarif > skills.sarif

With one skill and no option the output is that of the reference validator, byte for byte. With --target, --format, \
--strict, several paths, or a folder of skills, every problem is shown.

Exit codes: 0 valid, 1 not valid, or a warning with --strict";

const FORMATS: [&str; 3] = ["text", "json", "sarif"];

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ValidateArgs {
    /// A SKILL.md, a skill's folder, or a folder of skills.
    #[arg(required = true)]
    paths: Vec<String>,
    /// Whose rules to apply: spec, claude, codex, openclaw, clawpowers [default: spec, with --strict clawpowers].
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// How to print the problems: text; json, the reply that every binding returns; or sarif, SARIF 2.1.0 for code
    /// review tools [default: text].
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Fail on warnings too.
    #[arg(long)]
    strict: bool,
}

impl ValidateArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        if self.target.is_none()
            && self.format.is_none()
            && !self.strict
            && !context.out.json
            && let [path] = self.paths.as_slice()
            && is_one_skill(Path::new(path))
        {
            return reference(context, path);
        }
        if let Some(format) = self.format.as_deref()
            && !FORMATS.contains(&format)
        {
            let message = format!("there is no format {}", quote(format));
            let error = ApiError::new(ErrorCode::InvalidInput, message)
                .hint(format!("the formats are {}", FORMATS.join(", ")));
            let result: Result<skill::validate::Response, _> = Err(error);
            return context.out.respond(&result, |_| Exit::Done, |_| Exit::Done);
        }
        let sarif = self.format.as_deref() == Some("sarif");
        // An explicit format counts more than the global option.
        let json = self
            .format
            .as_deref()
            .map_or(context.out.json, |format| format == "json");
        let out = Out::new(json);
        // The rules of the specification know no placeholders and no paths in code.
        let target = self
            .target
            .or_else(|| self.strict.then(|| "clawpowers".to_owned()));
        let request = skill::validate::Request {
            paths: self.paths,
            target,
        };
        let result = skill::validate::run(&context.runtime, &request);
        let code = |r: &skill::validate::Response| match r {
            r if r.errors > 0 || (self.strict && r.warnings > 0) => Exit::Negative,
            _ => Exit::Done,
        };
        out.respond(&result, code, |r| {
            out.print(&if sarif {
                render::sarif::text(r)
            } else {
                render::findings::text(&out, r)
            })
        })
    }
}

/// A folder that has no SKILL.md but holds skills further down is not one skill.
fn is_one_skill(path: &Path) -> bool {
    let own = |folder: &Path| {
        ["SKILL.md", "skill.md"]
            .iter()
            .any(|name| folder.join(name).symlink_metadata().is_ok())
    };
    let below = |folder: &Path| {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).any(|path| path.is_dir())
    };
    !path.is_dir() || own(path) || !below(path)
}

fn reference(context: &Context, path: &str) -> Exit {
    let request = skill::reference_validate::Request {
        path: path.to_owned(),
    };
    let out = &context.out;
    match skill::reference_validate::run(&context.runtime, &request) {
        Err(error) => out.eprint_error(&error),
        Ok(verdict) => {
            let ended = if verdict.valid {
                out.print_untrusted(&format!("Valid skill: {}\n", verdict.path))
            } else {
                let errors = verdict.errors.iter().map(|error| format!("  - {error}\n"));
                let errors: String = errors.collect();
                out.eprint(&format!("Validation failed for {}:\n{errors}", verdict.path));
                Exit::Negative
            };
            if std::io::stderr().is_terminal() {
                out.eprint("hint: --target clawpowers shows every problem with its line and column\n");
            }
            ended
        }
    }
}
