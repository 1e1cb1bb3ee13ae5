//! `analyze`

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use clap::Args;
use clawpowers_api::operations::feedback;
use clawpowers_api::{ApiError, ErrorCode, display_path};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clawpowers analyze                        # every skill and what changed
  clawpowers analyze --skill release-notes
  clawpowers analyze --recommendations
  clawpowers analyze --format html > skills.html
  clawpowers analyze --skill release-notes --compare 1.2.0 1.3.0
  clawpowers analyze --skill release-notes --compare ..2026-10-01 2026-10-01..
  clawpowers analyze --plan auth-rework

A skill whose success rate has not changed is flagged with a probability of at most 5 % over 200 runs (about 10 % \
over any number), no matter how often you check.")]
pub(crate) struct AnalyzeArgs {
    /// Only this skill, in full.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Only executions at this time or later: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME", conflicts_with_all = ["plan", "worktrees", "compare"])]
    since: Option<String>,
    /// Only executions before this time; the report is as of then.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["plan", "worktrees", "compare"])]
    until: Option<String>,
    /// Compare the estimate of this plan with the actual time, and list its tasks.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["skill", "worktrees", "recommendations"])]
    plan: Option<String>,
    /// List the worktrees that skills have registered.
    #[arg(long, conflicts_with_all = ["skill", "recommendations"])]
    worktrees: bool,
    /// Also write the report to `feedback/analysis-DATE` in the runtime home, in the same format.
    #[arg(long, conflicts_with_all = ["plan", "worktrees", "compare"])]
    save: bool,
    /// Compare two versions of the skill (a version, or the start of a digest), or two times that do not overlap (FROM..TO,
    /// either may be left out).
    #[arg(long, num_args = 2, value_names = ["A", "B"], requires = "skill", conflicts_with = "recommendations")]
    compare: Vec<String>,
    /// Print only recommendations; JSON is the whole reply, with them in the field `recommendations`.
    #[arg(long)]
    recommendations: bool,
    /// The output format; html is one self-contained file with charts [default: text, or json with --json].
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Html,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Html => "html",
        }
    }
}

impl AnalyzeArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let runtime = &context.runtime;
        let report = self.plan.is_none() && !self.worktrees && self.compare.is_empty();
        // An explicit format counts more than the global option.
        let format = self.format.unwrap_or(match context.out.json {
            true => Format::Json,
            false => Format::Text,
        });
        if !report && matches!(format, Format::Markdown | Format::Html) {
            let error = ApiError::new(
                ErrorCode::InvalidInput,
                "plans, worktrees and comparisons have no form in Markdown or HTML",
            );
            return context
                .out
                .eprint_error(&error.hint("take --format text or json"));
        }
        let out = context.out.with_json(format == Format::Json);
        if let Some(plan) = self.plan {
            let result = feedback::plan::run(runtime, &feedback::plan::Request { plan });
            return out.respond(
                &result,
                |_| Exit::Done,
                |r| out.print_untrusted(&render::analyze::plan(r, "unknown")),
            );
        }
        if self.worktrees {
            let result = feedback::worktrees::run(runtime, &feedback::worktrees::Request {});
            return out.respond(
                &result,
                |_| Exit::Done,
                |r| out.print_untrusted(&render::analyze::worktrees(r)),
            );
        }
        if let ([a, b], Some(skill)) = (self.compare.as_slice(), &self.skill) {
            let request = feedback::compare::Request {
                skill: skill.clone(),
                a: a.clone(),
                b: b.clone(),
            };
            let result = feedback::compare::run(runtime, &request);
            return out.respond(
                &result,
                |_| Exit::Done,
                |r| out.print(&render::analyze::comparison(r)),
            );
        }
        // Where one skill or all of them are shown in full.
        let models = format == Format::Html || self.skill.is_some();
        let home = runtime.home_folder().map(display_path);
        let request = feedback::analyze::Request {
            skill: self.skill,
            since: self.since,
            until: self.until,
            models,
        };
        let result = feedback::analyze::run(runtime, &request);
        let keep = |extension: &str, text: &str| match runtime.save_report(extension, text) {
            Ok(path) => {
                out.eprint(&format!("saved to {}\n", display_path(&path)));
                Exit::Done
            }
            Err(error) => out.eprint_error(&error),
        };
        if let (true, true, Ok(_)) = (self.save, out.json, &result) {
            let saved = keep("json", &clawpowers_api::reply(&result));
            if saved != Exit::Done {
                return saved;
            }
        }
        out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                let text = match (format, self.recommendations) {
                    (Format::Markdown, false) => render::analyze::markdown(r),
                    (Format::Markdown, true) => render::analyze::markdown_recommendations(r),
                    (Format::Html, false) => render::html::report(r, home.as_deref()),
                    (Format::Html, true) => render::html::recommendations(r),
                    (_, true) if r.recommendations.is_empty() => "nothing to recommend\n".to_owned(),
                    (_, true) => render::analyze::recommendations(&out, &r.recommendations, usize::MAX),
                    _ if request.skill.is_some() => render::analyze::skill(&out, r),
                    _ => render::analyze::text(&out, r),
                };
                let printed = out.print(&text);
                if self.save {
                    let saved = keep(format.extension(), &text);
                    if saved != Exit::Done {
                        return saved;
                    }
                }
                if r.skills.is_empty() {
                    out.eprint(
                        "hint: record one with `clawpowers metrics record --skill NAME --outcome success`\n",
                    );
                }
                printed
            },
        )
    }
}
