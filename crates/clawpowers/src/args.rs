//! The command line as a whole: global options and commands.

use crate::cmd::{analyze, completions, config, doctor, home, legacy, metrics, run, skill, store};
use crate::context::Context;
use crate::exit::Exit;
use crate::out::Out;
use clap::error::ErrorKind;
use clap::{
    Arg, ArgAction, ArgMatches, Args, ColorChoice, Command, FromArgMatches, Parser, Subcommand,
    ValueEnum as _,
};
use clawpowers_api::{Options, Runtime};
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  clawpowers skill list                 # skills that load here, and why not
  clawpowers skill validate my-skill/   # what the reference validator says
  clawpowers skill fix skills/ --write  # repair what can be repaired
  clawpowers store incr build:count     # exact with any number of processes
  clawpowers metrics summary            # how the skills' executions went
  clawpowers doctor                     # what is wrong with the skills here

Exit codes: 0 done, 1 negative result (not found, problems found), 2 usage, 3 invalid input, 4 storage or file system, 70 internal";

/// The heading of the options that every command has.
const GLOBAL: &str = "Global options";

/// The agent-skill runtime: loads any SKILL.md package, says exactly what is wrong with it, and repairs it.
#[derive(Debug, Parser)]
#[command(
    name = "clawpowers",
    bin_name = "clawpowers",
    version,
    after_help = EXAMPLES,
    max_term_width = 100,
    // They have the heading of the other global options below.
    disable_help_flag = true,
    disable_version_flag = true,
    arg(help_option()),
    arg(version_option())
)]
pub(crate) struct Cli {
    /// The runtime home [default: $CLAWPOWERS_DIR, else ~/.clawpowers].
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    home: Option<PathBuf>,
    /// Print the reply as JSON, as every binding returns it.
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// When to use color.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = GLOBAL)]
    color: ColorChoice,
    #[command(subcommand)]
    command: TopCommand,
}

fn help_option() -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .help("Print help")
        .action(ArgAction::Help)
        .global(true)
        .help_heading(GLOBAL)
        .display_order(100)
}

fn version_option() -> Arg {
    Arg::new("version")
        .short('V')
        .long("version")
        .help("Print the version")
        .action(ArgAction::Version)
        .help_heading(GLOBAL)
        .display_order(101)
}

/// The global options of a command line that cannot be parsed, as far as they can be read.
pub(crate) struct GlobalFlags {
    pub(crate) json: bool,
    pub(crate) color: ColorChoice,
}

impl GlobalFlags {
    /// Reads the words behind the program's name.
    pub(crate) fn of(words: &[OsString]) -> Self {
        let mut flags = Self {
            json: false,
            color: ColorChoice::Auto,
        };
        let own = words.iter().take_while(|word| *word != "--");
        let mut own = own.filter_map(|word| word.to_str()).peekable();
        while let Some(word) = own.next() {
            let choice = match word.split_once('=') {
                _ if word == "--json" => {
                    flags.json = true;
                    continue;
                }
                _ if word == "--color" => own.peek().copied(),
                Some(("--color", choice)) => Some(choice),
                _ => None,
            };
            if let Some(choice) = choice.and_then(|choice| ColorChoice::from_str(choice, false).ok()) {
                flags.color = choice;
            }
        }
        flags
    }
}

/// Puts a choice of colour in force for all output, that of the parser as well.
pub(crate) fn use_color(choice: ColorChoice) {
    let choice = match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Declares the commands. Each is built only when it is the one that is named: to build all commands takes longer than most
/// of them run.
macro_rules! commands {
    ($($variant:ident($args:ty) $name:literal $($alias:literal)?, $build:expr, $about:literal;)*) => {
        #[derive(Debug)]
        enum TopCommand {
            $($variant(Box<$args>),)*
        }

        impl Subcommand for TopCommand {
            fn augment_subcommands(command: Command) -> Command {
                command.subcommand_required(true).arg_required_else_help(true)
                $(.subcommand(
                    Command::new($name)
                        .about($about)
                        // Only the scripts that `init --legacy-shims` writes call it.
                        .hide($name == "legacy")
                        $(.visible_alias($alias))?
                        .defer($build),
                ))*
            }

            fn augment_subcommands_for_update(command: Command) -> Command {
                Self::augment_subcommands(command)
            }

            fn has_subcommand(name: &str) -> bool {
                [$($name $(, $alias)?),*].contains(&name)
            }
        }

        impl FromArgMatches for TopCommand {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($name, found)) => Ok(Self::$variant(Box::new(<$args>::from_arg_matches(found)?))),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl TopCommand {
            fn run(self, context: &Context) -> Exit {
                match self {
                    $(Self::$variant(args) => args.run(context),)*
                }
            }
        }
    };
}

/// Adds the subcommands of a command.
fn subcommands<T: Subcommand>(command: Command) -> Command {
    T::augment_subcommands(command.subcommand_required(true).arg_required_else_help(true))
}

commands! {
    Skill(skill::Command) "skill" "skills", subcommands::<skill::Command>, "Skills: list, show, read, search, validate, fix, prompt";
    Store(store::Command) "store", subcommands::<store::Command>, "State: values under keys, safe with concurrent processes";
    Metrics(metrics::Command) "metrics", subcommands::<metrics::Command>, "Executions of skills: record, start, finish, show, summarize";
    Analyze(analyze::AnalyzeArgs) "analyze", analyze::AnalyzeArgs::augment_args, "Say which skills work and which got worse";
    Run(run::RunArgs) "run", run::RunArgs::augment_args, "Run a command for a skill and record how it ended";
    Config(config::Command) "config", subcommands::<config::Command>, "Settings: read and change config.json";
    Init(home::InitArgs) "init", home::InitArgs::augment_args, "Create the runtime home; existing files are kept";
    Status(home::StatusArgs) "status", home::StatusArgs::augment_args, "Show the runtime home: schema, sizes, counts, last executions";
    Import(home::ImportArgs) "import", home::ImportArgs::augment_args, "Import the state and executions of a 1.x home";
    Doctor(doctor::DoctorArgs) "doctor", doctor::DoctorArgs::augment_args, "Check skills, config.json and the database and report problems";
    Completions(completions::CompletionsArgs) "completions", completions::CompletionsArgs::augment_args, "Print a shell completion script";
    Legacy(legacy::LegacyArgs) "legacy", legacy::LegacyArgs::augment_args, "Answer as a script of ClawPowers 1.x";
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> Exit {
        use_color(self.color);
        let runtime = Runtime::open(Options {
            home: self.home,
            ..Options::default()
        });
        let context = Context {
            runtime,
            out: Out::new(self.json),
            command: <Self as clap::CommandFactory>::command,
        };
        let exit = self.command.run(&context);
        context.report_import();
        exit
    }
}
