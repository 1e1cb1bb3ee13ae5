//! `skill …`

mod budget;
mod fix;
mod list;
mod new;
mod prompt;
mod read;
mod reference;
mod search;
mod show;
mod validate;
mod why;

use crate::cmd::run::SkillRunArgs;
use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  clawpowers skill list --as codex
  clawpowers skill show systematic-debugging
  clawpowers skill why systematic-debugging --as claude
  clawpowers skill search \"race condition\"
  clawpowers skill validate skills/ --target spec --format sarif > skills.sarif
  clawpowers skill prompt --budget 2000")]
pub(crate) enum Command {
    /// List the skills that are loaded, shadowed or rejected.
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Show one skill: fields, outline, files, digest, requirements, problems.
    #[command(visible_alias = "info")]
    Show(show::ShowArgs),
    /// Print the SKILL.md of a skill, or another of its files.
    Read(read::ReadArgs),
    /// Rank skills by how well they match words.
    #[command(visible_alias = "find")]
    Search(search::SearchArgs),
    /// Explain whether each client shows a skill to the model, and why not.
    Why(why::WhyArgs),
    /// Check skills against the rules of a target.
    #[command(visible_alias = "check")]
    Validate(validate::ValidateArgs),
    /// Repair skill files: show the repairs, or apply them.
    Fix(fix::FixArgs),
    /// Print the list of skills for a model, within a token budget.
    Prompt(prompt::PromptArgs),
    /// Show what Claude Code and Codex would cut from their lists of skills.
    Budget(budget::BudgetArgs),
    /// Run a script of a skill and record how it ended.
    Run(Box<SkillRunArgs>),
    /// Create a skill folder with a SKILL.md template.
    #[command(visible_alias = "init")]
    New(new::NewArgs),
    /// Print a skill's properties as the reference validator does.
    ReadProperties(reference::ReadPropertiesArgs),
    /// Print skills as the reference validator's prompt block.
    ToPrompt(reference::ToPromptArgs),
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Exit {
        match self {
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Read(args) => args.run(context),
            Self::Search(args) => args.run(context),
            Self::Why(args) => args.run(context),
            Self::Validate(args) => args.run(context),
            Self::Fix(args) => args.run(context),
            Self::Prompt(args) => args.run(context),
            Self::Budget(args) => args.run(context),
            Self::Run(args) => args.run(context),
            Self::New(args) => args.run(context),
            Self::ReadProperties(args) => args.run(context),
            Self::ToPrompt(args) => args.run(context),
        }
    }
}
