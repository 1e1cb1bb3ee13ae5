//! `skill validate`

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::skill;
use clawpowers_api::{ApiError, ErrorCode, Target, quote};
use std::io::IsTerminal as _;
use std::path::Path;

const FORMATS: [&str; 3] = ["text", "json", "sarif"];

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers skill validate my-skill/  # as the reference validator does
  clawpowers skill validate my-skill/ --target claude-code
  clawpowers skill validate my-skill/ --target all  # who takes it, and who not
  clawpowers skill validate my-skill/ --strict  # fails on warnings, too
  clawpowers skill validate skills/ --format sarif > skills.sarif

With one skill and no options, the output is that of the reference validator, byte for byte. With --target, --format, \
--strict, several paths, or a folder of skills, it lists every problem.

Exit codes: 0 valid, 1 not valid (with --strict, even if there are only warnings)")]
pub(crate) struct ValidateArgs {
    /// A SKILL.md, a skill's folder, or a folder of skills.
    #[arg(required = true)]
    paths: Vec<String>,
    #[arg(long, value_name = "TARGET", help = target_help())]
    target: Option<String>,
    /// The output format: text, json or sarif (SARIF 2.1.0, for code review tools)
    /// [default: text].
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Also fail on warnings.
    #[arg(long)]
    strict: bool,
}

fn target_help() -> String {
    let names = Target::ALL.map(Target::as_str).join(", ");
    format!("Whose rules to check: {names}, all [default: spec; with --strict, clawpowers]")
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
            return validate_as_reference(context, path.clone());
        }
        // An explicit format takes precedence over the global option.
        let default = if context.out.json { "json" } else { "text" };
        let format = self.format.as_deref().unwrap_or(default);
        if !FORMATS.contains(&format) {
            let error = ApiError::new(
                ErrorCode::InvalidInput,
                format!("unknown format {}", quote(format)),
            );
            let hint = format!("the formats are {}", FORMATS.join(", "));
            return context.out.respond_error(&error.hint(hint));
        }
        let out = context.out.with_json(format == "json");
        // The rules of the specification do not check placeholders and paths in code.
        let strict_target = || self.strict.then(|| "clawpowers".to_owned());
        let request = skill::validate::Request {
            paths: self.paths,
            target: self.target.or_else(strict_target),
        };
        let result = skill::validate::run(&context.runtime, &request);
        let code = |r: &skill::validate::Response| match r {
            r if r.errors > 0 || (self.strict && r.warnings > 0) => Exit::Negative,
            _ => Exit::Done,
        };
        out.respond(&result, code, |r| match format {
            "sarif" => out.print(&render::sarif::text(r)),
            _ if r.target.is_none() => out.print(&render::matrix::text(&out, r)),
            _ => out.print(&render::diagnostics::text(&out, r)),
        })
    }
}

/// Returns whether a path is one skill and not a folder of skills: it has a SKILL.md, or no folders.
fn is_one_skill(path: &Path) -> bool {
    let has_skill_file = ["SKILL.md", "skill.md"]
        .iter()
        .any(|name| path.join(name).symlink_metadata().is_ok());
    let mut entries = path.read_dir().into_iter().flatten().flatten();
    !path.is_dir() || has_skill_file || !entries.any(|entry| entry.path().is_dir())
}

/// Validates one skill as the reference validator does.
fn validate_as_reference(context: &Context, path: String) -> Exit {
    let request = skill::reference_validate::Request { path };
    let out = &context.out;
    let verdict = match skill::reference_validate::run(&context.runtime, &request) {
        Ok(verdict) => verdict,
        Err(error) => return out.eprint_error(&error),
    };
    let exit = if verdict.valid {
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
    exit
}
