//! `skill prompt`

use crate::args::{Context, SelectArgs};
use crate::exit::Exit;
use clap::Args;
use clawpowers_api::ops::skill_prompt;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill prompt                                  <available_skills> for a system prompt
  clawpowers skill prompt --format markdown --budget 800   at most 800 estimated tokens
  clawpowers skill prompt --root skills/ --format skills-ref

Over the budget descriptions are shortened, then left out, then skills are dropped with a count.
Skills that only the user may start are left out.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PromptArgs {
    /// The layout: xml, skills-ref, markdown, json.
    #[arg(long, value_name = "FORMAT", default_value = "xml")]
    format: String,
    /// How many tokens it may cost; a token is taken to be four characters.
    #[arg(long, value_name = "TOKENS")]
    budget: Option<usize>,
    #[command(flatten)]
    select: SelectArgs,
}

impl PromptArgs {
    pub(crate) fn run(self, context: &Context) -> Exit {
        let request = skill_prompt::Request {
            format: Some(self.format),
            budget: self.budget,
            ..Default::default()
        }
        .selecting(self.select.selection());
        let result = skill_prompt::run(&context.runtime, &request);
        context.out.answer(
            &result,
            |_| Exit::Done,
            |r| {
                let printed = if r.text.is_empty() {
                    Exit::Done
                } else {
                    context.out.data(&format!("{}\n", r.text))
                };
                if r.level != "full" {
                    context.out.talk(&format!(
                        "the budget holds {} of {} skills, rung `{}`, about {} tokens\n",
                        r.shown,
                        r.shown + r.dropped,
                        r.level,
                        r.tokens
                    ));
                }
                printed
            },
        )
    }
}
