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

A skill whose success rate has not changed is flagged with a probability of at most 5% over 200 executions (about 10% \
over any number), no matter how often you check.")]
pub(crate) struct AnalyzeArgs {
    /// Only this skill, in full.
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// Only executions at this time or later: 2026-11-03T08:00:00Z, 2026-11-03, or how long ago (7d, 12h).
    #[arg(long, value_name = "TIME", conflicts_with_all = ["plan", "worktrees", "compare"])]
    since: Option<String>,
    /// Only executions before this time; the report is as of that time.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["plan", "worktrees", "compare"])]
    until: Option<String>,
    /// Compare the estimated with the actual duration of this plan, and list its tasks.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["skill", "worktrees", "recommendations"])]
    plan: Option<String>,
    /// List the worktrees that skills have registered.
    #[arg(long, conflicts_with_all = ["skill", "recommendations"])]
    worktrees: bool,
    /// Also save the report as `feedback/analysis-DATE` in the runtime home, in the same format.
    #[arg(long, conflicts_with_all = ["plan", "worktrees", "compare"])]
    save: bool,
    /// Compare two versions of the skill (a version, or a digest prefix), or two periods that do not overlap (FROM..TO,
    /// either can be omitted).
    #[arg(long, num_args = 2, value_names = ["A", "B"], requires = "skill", conflicts_with = "recommendations")]
    compare: Vec<String>,
    /// Print only recommendations, except as JSON, which is always the whole reply.
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
        // An explicit format takes precedence over the global option.
        let default = if context.out.json {
            Format::Json
        } else {
            Format::Text
        };
        let format = self.format.unwrap_or(default);
        let out = &context.out.with_json(format == Format::Json);
        let runtime = &context.runtime;
        let is_report = self.plan.is_none() && !self.worktrees && self.compare.is_empty();
        if !is_report && matches!(format, Format::Markdown | Format::Html) {
            let message = "plans, worktrees and comparisons are not available as Markdown or HTML";
            let error = ApiError::new(ErrorCode::InvalidInput, message);
            return out.eprint_error(&error.hint("use --format text or json"));
        }
        if let Some(plan) = self.plan {
            let result = feedback::plan::run(runtime, &feedback::plan::Request { plan });
            return out.respond_untrusted(&result, |r| render::analyze::plan(r, "unknown"));
        }
        if self.worktrees {
            let result = feedback::worktrees::run(runtime, &feedback::worktrees::Request {});
            return out.respond_untrusted(&result, render::analyze::worktrees);
        }
        if let ([a, b], Some(skill)) = (self.compare.as_slice(), &self.skill) {
            let (skill, a, b) = (skill.clone(), a.clone(), b.clone());
            let result = feedback::compare::run(runtime, &feedback::compare::Request { skill, a, b });
            return out.respond_text(&result, render::analyze::comparison);
        }
        let request = feedback::analyze::Request {
            // Only a report in full shows models.
            models: format == Format::Html || self.skill.is_some(),
            skill: self.skill,
            since: self.since,
            until: self.until,
        };
        let result = feedback::analyze::run(runtime, &request);
        let text = |r: &_| render_report(context, format, self.recommendations, &request, r);
        let save = |report: &str| match runtime.save_report(format.extension(), report) {
            Ok(path) => {
                out.eprint(&format!("saved to {}\n", display_path(&path)));
                Exit::Done
            }
            Err(error) => out.eprint_error(&error),
        };
        // A complete reply on stdout must not be followed by an error.
        if self.save && out.json && result.is_ok() {
            let saved = save(&clawpowers_api::reply(&result));
            if saved != Exit::Done {
                return saved;
            }
        }
        out.respond(
            &result,
            |_| Exit::Done,
            |r| {
                let report = text(r);
                let printed = out.print(&report);
                let saved = if self.save { save(&report) } else { Exit::Done };
                if r.skills.is_empty() {
                    let hint =
                        "record an execution with `clawpowers metrics record --skill NAME --outcome success`";
                    out.eprint(&format!("hint: {hint}\n"));
                }
                if printed == Exit::Done { saved } else { printed }
            },
        )
    }
}

fn render_report(
    context: &Context,
    format: Format,
    recommendations: bool,
    request: &feedback::analyze::Request,
    response: &feedback::analyze::Response,
) -> String {
    let out = &context.out;
    match (format, recommendations) {
        (Format::Markdown, false) => render::analyze::markdown(response),
        (Format::Markdown, true) => render::analyze::markdown_recommendations(response),
        (Format::Html, false) => {
            let home = context.runtime.home_folder().map(display_path);
            render::html::report(response, home.as_deref())
        }
        (Format::Html, true) => render::html::recommendations(response),
        (_, true) if response.recommendations.is_empty() => "nothing to recommend\n".to_owned(),
        (_, true) => render::analyze::recommendations(out, &response.recommendations, usize::MAX),
        _ if request.skill.is_some() => render::analyze::skill(out, response),
        _ => render::analyze::text(out, response),
    }
}
