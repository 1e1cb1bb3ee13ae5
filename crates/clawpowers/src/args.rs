//! Global options and commands.

use crate::cmd::{
    analyze, checkpoint, completions, config, doctor, home, legacy, memory, metrics, run, skill, store,
};
use crate::context::Context;
use crate::exit::Exit;
use crate::out::Out;
use clap::{ArgAction, Args, ColorChoice, CommandFactory as _, Parser, Subcommand, ValueEnum as _};
use clawpowers_api::{Options, Runtime};
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill list                 # skills that are visible in this folder
  clawpowers skill validate my-skill/   # the output of the reference validator
  clawpowers skill fix skills/ --write  # repair what can be repaired
  clawpowers store incr build:count     # atomic across processes
  clawpowers metrics summary            # outcomes by skill
  clawpowers doctor                     # problems with skills and database

The runtime home is $CLAWPOWERS_DIR, else ~/.clawpowers, or $XDG_STATE_HOME/clawpowers if that variable is set and \
~/.clawpowers does not exist.

Exit codes: 0 success, 1 negative result (not found, problems found), 2 usage error, 3 invalid input, 4 storage or file \
system error, 70 internal error";

const GLOBAL: &str = "Global options";

/// Find, check and repair agent skills, keep agents' state, and report which skills work.
#[derive(Debug, Parser)]
#[command(
    name = "clawpowers",
    bin_name = "clawpowers",
    version,
    after_help = EXAMPLES,
    max_term_width = 100,
    // Declared later, under the heading of the other global options.
    disable_help_flag = true,
    disable_version_flag = true
)]
pub(crate) struct Cli {
    /// The runtime home [default: $CLAWPOWERS_DIR, else ~/.clawpowers].
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    home: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// When to use color.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = GLOBAL)]
    color: ColorChoice,
    /// Print help.
    #[arg(short = 'h', long = "help", global = true, action = ArgAction::Help, help_heading = GLOBAL, display_order = 100)]
    _help: Option<bool>,
    /// Print the version.
    #[arg(short = 'V', long = "version", action = ArgAction::Version, help_heading = GLOBAL, display_order = 101)]
    _version: Option<bool>,
    #[command(subcommand)]
    command: TopCommand,
}

/// The global options of a command line that does not parse.
pub(crate) struct GlobalFlags {
    pub(crate) json: bool,
    pub(crate) color: ColorChoice,
}

impl GlobalFlags {
    /// Reads what it can from the arguments after the program's name.
    pub(crate) fn of(words: &[OsString]) -> Self {
        let before_separator = words.iter().take_while(|word| *word != "--");
        let mut words = before_separator.filter_map(|word| word.to_str()).peekable();
        let (mut json, mut color) = (false, ColorChoice::Auto);
        while let Some(word) = words.next() {
            json |= word == "--json";
            let value = match word {
                "--color" => words.peek().copied(),
                _ => word.strip_prefix("--color="),
            };
            color = value.map_or(color, |value| {
                ColorChoice::from_str(value, false).unwrap_or(color)
            });
        }
        Self { json, color }
    }
}

/// Applies a color choice to all output, including the parser's own.
pub(crate) fn use_color(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

// `defer` declares the options of a command only if it is named: declaring all takes longer than most commands run.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum TopCommand {
    /// Find, check and repair skills.
    #[command(visible_alias = "skills")]
    Skill(Box<Group<skill::Command>>),
    /// Keep state in a key-value store that many processes can use at once.
    Store(Box<Group<store::Command>>),
    /// Remember what agents learned, and find it by its text.
    Memory(Box<Group<memory::Command>>),
    /// Save the states of tasks that can be resumed.
    Checkpoint(Box<Group<checkpoint::Command>>),
    /// Record and summarize executions of skills.
    Metrics(Box<Group<metrics::Command>>),
    /// Report which skills work and which got worse.
    Analyze(Box<analyze::AnalyzeArgs>),
    /// Run a command for a skill and record how it ended.
    Run(Box<run::RunArgs>),
    /// Read and change the settings in config.json.
    Config(Box<Group<config::Command>>),
    /// Create the runtime home; existing files are kept.
    Init(home::InitArgs),
    /// Show the runtime home: schema, sizes, counts, last executions.
    #[command(after_help = home::STATUS_EXAMPLES)]
    Status,
    /// Import the state and executions of a 1.x home.
    Import(home::ImportArgs),
    /// Check skills, config.json and the database and report problems.
    Doctor(Box<doctor::DoctorArgs>),
    /// Print a shell completion script.
    Completions(completions::CompletionsArgs),
    /// Act as a script of ClawPowers 1.x; only the scripts that `init --legacy-shims` writes call this.
    #[command(hide = true)]
    Legacy(legacy::LegacyArgs),
}

// The subcommands of a command; clap defers them only if they are a field of an `Args` struct.
#[derive(Debug, Args)]
struct Group<C: Subcommand> {
    #[command(subcommand)]
    command: C,
}

impl Cli {
    pub(crate) fn run(self) -> Exit {
        use_color(self.color);
        let options = Options {
            home: self.home,
            ..Options::default()
        };
        let mut context = Context {
            runtime: Runtime::open(options),
            out: Out::new(self.json),
            command: Self::command,
        };
        if matches!(self.command, TopCommand::Legacy(_)) {
            context.out.word_error = legacy::word_error;
        }
        let exit = self.command.run(&context);
        context.report_import();
        exit
    }
}

impl TopCommand {
    fn run(self, context: &Context) -> Exit {
        match self {
            Self::Skill(group) => group.command.run(context),
            Self::Store(group) => group.command.run(context),
            Self::Memory(group) => group.command.run(context),
            Self::Checkpoint(group) => group.command.run(context),
            Self::Metrics(group) => group.command.run(context),
            Self::Analyze(args) => args.run(context),
            Self::Run(args) => args.run(context),
            Self::Config(group) => group.command.run(context),
            Self::Init(args) => args.run(context),
            Self::Status => home::status(context),
            Self::Import(args) => args.run(context),
            Self::Doctor(args) => args.run(context),
            Self::Completions(args) => args.run(context),
            Self::Legacy(args) => args.run(context),
        }
    }
}
