//! The default roots.

use super::{Root, Scope};
use std::path::{Path, PathBuf};

/// The skill folders of a project, in the order of precedence.
const PROJECT_FOLDERS: [&str; 11] = [
    ".clawpowers/skills",
    ".agents/skills",
    CLAUDE_FOLDER,
    ".codex/skills",
    ".gemini/skills",
    ".opencode/skills",
    ".github/skills",
    ".goose/skills",
    ".cursor/skills",
    ".pi/skills",
    ".agent/skills",
];

/// The skills folder that most clients read.
pub const COMMON_FOLDER: &str = ".agents/skills";

/// The skills folder of Claude Code, which does not read the common one.
const CLAUDE_FOLDER: &str = ".claude/skills";

/// The skill folders of a user in the home folder, in the order of precedence.
const USER_FOLDERS: [&str; 10] = [
    ".agents/skills",
    ".claude/skills",
    ".codex/skills",
    ".gemini/skills",
    ".config/opencode/skills",
    ".config/goose/skills",
    ".config/agents/skills",
    ".copilot/skills",
    ".openclaw/skills",
    ".cursor/skills",
];

/// What the views of clients depend on; filled in by the program, so that this crate does not read the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The working directory, absolute.
    pub cwd: PathBuf,
    pub user_home: Option<PathBuf>,
    /// The runtime home.
    pub home: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`.
    pub claude_config: Option<PathBuf>,
    /// `SLASH_COMMAND_TOOL_CHAR_BUDGET`: the size limit of Claude Code's list of skills, in characters, which overrides
    /// the context.
    pub claude_budget: Option<u64>,
    /// `CODEX_HOME`.
    pub codex_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `COPILOT_HOME`.
    pub copilot_home: Option<PathBuf>,
    /// `COPILOT_SKILLS_DIRS`.
    pub copilot_skills: Vec<PathBuf>,
    /// `PI_CODING_AGENT_DIR`.
    pub pi_agent_dir: Option<PathBuf>,
}

impl Environment {
    /// Returns the folders from the working directory up to the one with `.git`; without one, the working directory
    /// alone. The user's home folder is not a project.
    #[must_use]
    pub fn project_folders(&self) -> Vec<PathBuf> {
        let root = self
            .cwd
            .ancestors()
            .position(|folder| folder.join(".git").exists());
        let folders = self.cwd.ancestors().take(root.map_or(1, |root| root + 1));
        let folders = folders.filter(|folder| !self.is_home(folder));
        folders.map(Path::to_owned).collect()
    }

    fn is_home(&self, folder: &Path) -> bool {
        self.user_home.as_ref().is_some_and(|home| {
            // By its canonical path too: a working directory is often canonical, a home folder often a symlink.
            let real = |path: &Path| path.canonicalize().ok();
            folder == home || real(home).is_some_and(|home| real(folder) == Some(home))
        })
    }

    /// Returns the folder with `.git`, else the working directory.
    #[must_use]
    pub fn project_root(&self) -> PathBuf {
        self.project_folders().pop().unwrap_or_else(|| self.cwd.clone())
    }

    /// Returns the skills folder in which to create a skill: the first one that exists, from the working directory up to
    /// the project's root. If there is none, it is `.agents/skills` of that root, or `.claude/skills` if Claude Code, which
    /// does not read the former, is the only client with a folder. In the user's home folder it is the user's.
    ///
    /// The folders that clients read come before the one that only ClawPowers reads.
    #[must_use]
    pub fn new_skill_folder(&self) -> PathBuf {
        let first = |base: &Path, folders: &[&str]| {
            let mut paths = folders.iter().map(|below| base.join(below));
            paths.find(|path| path.is_dir())
        };
        if self.is_home(&self.cwd) {
            return first(&self.cwd, &USER_FOLDERS).unwrap_or_else(|| self.cwd.join(COMMON_FOLDER));
        }
        let [own, clients @ ..] = &PROJECT_FOLDERS;
        let folders = self.project_folders();
        let of_clients = folders.iter().find_map(|base| first(base, clients));
        of_clients
            .or_else(|| folders.iter().find_map(|base| first(base, &[own])))
            .or_else(|| {
                let base = folders.iter().find(|base| is_of_claude_alone(base))?;
                Some(base.join(CLAUDE_FOLDER))
            })
            .unwrap_or_else(|| self.project_root().join(COMMON_FOLDER))
    }

    /// Returns the roots at the relative paths `below` in one project folder; their symlinks must stay inside the
    /// project.
    pub(crate) fn project(&self, folder: &Path, below: &[&str]) -> Vec<Root> {
        if self.is_home(folder) {
            return Vec::new();
        }
        project_roots(folder, below, &self.project_root()).collect()
    }

    /// Returns the roots at the relative paths `below` in every project folder, the working directory's first.
    pub(crate) fn projects(&self, below: &[&str]) -> Vec<Root> {
        let folders = self.project_folders();
        let Some(boundary) = folders.last() else {
            return Vec::new();
        };
        let roots = folders
            .iter()
            .flat_map(|folder| project_roots(folder, below, boundary));
        roots.collect()
    }

    /// Returns the folder that an environment variable names, else its default in the user's home folder.
    pub(crate) fn folder(&self, variable: &Option<PathBuf>, default: &str) -> Option<PathBuf> {
        let default = || self.user_home.as_ref().map(|home| home.join(default));
        variable.clone().or_else(default)
    }

    /// Returns the roots at the relative paths `below` in the user's home folder.
    pub(crate) fn user(&self, below: &[&str]) -> Vec<Root> {
        let home = self.user_home.iter();
        home.flat_map(|home| below.iter().map(|below| user_root(home.join(below))))
            .collect()
    }
}

fn project_roots(folder: &Path, below: &[&str], boundary: &Path) -> impl Iterator<Item = Root> {
    below.iter().map(|below| Root {
        boundary: Some(boundary.to_owned()),
        ..Root::unbounded(folder.join(below), Scope::Project)
    })
}

/// Returns whether Claude Code is the only client with a folder in this one; `.github` does not count, because most
/// projects have it.
fn is_of_claude_alone(base: &Path) -> bool {
    let clients = PROJECT_FOLDERS
        .iter()
        .filter_map(|below| Path::new(below).parent());
    let has = |folder: &Path| base.join(folder).is_dir();
    let [own, claude, github] = [".clawpowers", ".claude", ".github"].map(Path::new);
    has(claude)
        && !clients
            .into_iter()
            .any(|folder| ![own, claude, github].contains(&folder) && has(folder))
}

/// Returns a root of the user, whose symlinks may lead anywhere.
pub(crate) const fn user_root(path: PathBuf) -> Root {
    Root::unbounded(path, Scope::User)
}

/// Returns ClawPowers' own roots, the first of highest precedence: the project from the working directory up, the user,
/// the runtime home. They need not exist.
#[must_use]
pub fn default_roots(environment: &Environment) -> Vec<Root> {
    let mut roots = environment.projects(&PROJECT_FOLDERS);
    roots.extend(environment.user(&USER_FOLDERS));
    let home = environment.home.as_ref().map(|home| home.join("skills"));
    roots.extend(home.map(|path| Root::unbounded(path, Scope::Home)));
    roots
}
