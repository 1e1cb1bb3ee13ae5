//! A client: a program that loads skills according to its own rules.

use super::file::{ClientFile, ClientSkill, Refusal};
use crate::discovery::{Environment, Markdown, Root, RootKind, WalkRules};
use crate::lint::Target;
use std::path::Path;

/// What a client does with two skills with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collision {
    /// The one whose root comes first in [`Client::roots`] takes precedence.
    FirstWins,
    /// Both are kept.
    KeepAll,
    /// One is kept; which one may change from run to run.
    Undetermined,
}

/// The order of a client's skills.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Whether all skills are sorted by name, as people sort words; else by root and path.
    pub by_name: bool,
    /// Whether the paths of a root are compared without case.
    pub folds_case: bool,
    /// Whether the last path of a root comes first.
    pub reversed: bool,
    /// Whether symlinks are sorted among real folders; else they come after them.
    pub links_in_order: bool,
    /// If two paths lead to one file: whether the one without a symlink is listed, or the first.
    pub prefers_real: bool,
    /// Shortens the descriptions of the skills that the model is shown.
    pub(crate) shorten: Option<fn(&mut [ListedSkill<'_>])>,
}

/// A skill in the list that the model is shown.
pub(crate) struct ListedSkill<'a> {
    pub(crate) name: String,
    /// Whether it is the project's, not the user's.
    pub(crate) is_project: bool,
    pub(crate) description: &'a mut String,
}

impl Listing {
    /// Returns whether only the first line of each description may be shown if the list is long.
    #[must_use]
    pub const fn may_keep_first_lines(&self) -> bool {
        self.shorten.is_some()
    }

    pub(super) const BY_PATH: Self = Self {
        by_name: false,
        folds_case: false,
        reversed: false,
        links_in_order: false,
        prefers_real: true,
        shorten: None,
    };
}

/// A program that loads skills, and its rules.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// The name used on the command line.
    pub name: &'static str,
    pub(super) aliases: &'static [&'static str],
    /// The version whose behavior was recorded; `None` if the rules come from documentation or source alone.
    pub verified: Option<&'static str>,
    /// The folder in a project that only its users have; `None` if there is none, or if its rules were not recorded.
    pub(super) project_folder: Option<&'static str>,
    /// The rules its files are checked against.
    pub target: Target,
    pub collision: Collision,
    pub listing: Listing,
    pub walk: WalkRules,
    pub(super) roots: fn(&Environment) -> Vec<Root>,
    /// Reads a file as the client does.
    pub(crate) read: fn(&ClientFile<'_>) -> Result<ClientSkill, Refusal>,
}

impl Client {
    /// Returns the other names that [`Client::named`] accepts.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.aliases.iter().copied()
    }

    /// Returns the client's roots, the first of highest precedence.
    #[must_use]
    pub fn roots(&self, environment: &Environment) -> Vec<Root> {
        (self.roots)(environment)
    }

    /// Returns whether a folder of the client with files shows that it is used in the project.
    #[must_use]
    pub fn is_used_in_project(&self, environment: &Environment) -> bool {
        let folders = || environment.project_folders().into_iter();
        self.project_folder
            .is_some_and(|own| folders().any(|folder| contains_files(&folder.join(own))))
    }

    /// Returns how the client searches a root.
    #[must_use]
    pub fn walk_of(&self, root: &Root) -> WalkRules {
        match root.kind {
            RootKind::Skills | RootKind::Later => self.walk,
            RootKind::TwoLevels => WalkRules {
                max_depth: 2,
                ..self.walk
            },
            RootKind::SkillsAndHidden => WalkRules {
                skip_hidden: false,
                ..self.walk
            },
            RootKind::SkillsAndMarkdown => WalkRules {
                markdown: Markdown::Root,
                ..self.walk
            },
            RootKind::Commands => COMMANDS,
            RootKind::NestedCommands => WalkRules {
                max_depth: 16,
                markdown: Markdown::Everywhere,
                stop_at_skill: true,
                ..COMMANDS
            },
        }
    }

    /// Returns whether the client searches `folder`, which must exist, for skills.
    #[must_use]
    pub fn looks_in(&self, folder: &Path, environment: &Environment) -> bool {
        let roots = self.roots(environment);
        let mut skills = roots.iter().filter(|root| !root.kind.is_commands());
        skills.any(|root| root.reaches(folder, self.walk.max_depth))
    }
}

/// Returns whether a folder contains more than empty folders.
fn contains_files(folder: &Path) -> bool {
    let entries = |folder: &Path| folder.read_dir().into_iter().flatten().flatten();
    entries(folder).any(|entry| {
        let path = entry.path();
        !path.is_dir() || entries(&path).next().is_some()
    })
}

pub(super) const CHILDREN: WalkRules = WalkRules {
    max_depth: 1,
    exact_name: true,
    reports_near_misses: true,
    ..WalkRules::OWN
};
pub(super) const SIX_DEEP: WalkRules = WalkRules {
    max_depth: 6,
    max_folders: 2000,
    max_entries: 20_000,
    skipped: &[],
    skip_hidden: true,
    ..CHILDREN
};
pub(super) const ANY_DEPTH: WalkRules = WalkRules {
    max_depth: 16,
    ..CHILDREN
};
/// Commands are Markdown files directly in their root.
const COMMANDS: WalkRules = WalkRules {
    max_depth: 0,
    markdown: Markdown::Root,
    follows_out: true,
    reports_near_misses: false,
    ..CHILDREN
};
